package model

import (
	"path"
	"strings"

	"github.com/qbls/qbls/diagnostics/text"
)

// about is what a file may declare by where it lies (language.md, Layouts).
type about uint8

const (
	outside      about = iota // nothing that is compiled
	aboutTables               // features/<f>/<table>.ts, features/<f>.ts, features/<f>/resource.ts
	aboutActions              // features/<f>/actions.ts, features/<f>/actions/…
	aboutSchema               // definitions/schema/…
	aboutCode                 // features/<f>/handlers, lib, pages: read, and part of no resource by itself
)

// where is what the path of a file says.
type where struct {
	kind    about
	feature string
	segment string // of the URL
	table   string // segment of the table that actions/<table>/<name>.ts is bound to
}

// schemaFeature holds the tables of definitions/schema that no resource exposes.
const schemaFeature = "schema"

// placeOf reads a path. All layouts may be mixed: what lies in features/ may also lie in definitions/features/.
func placeOf(source, p text.Path) where {
	rest := string(p)
	if source != "" && source != "." {
		below, ok := strings.CutPrefix(rest, string(source)+"/")
		if !ok {
			return where{}
		}
		rest = below
	}
	rest, split := strings.CutPrefix(rest, "definitions/")
	base := strings.TrimSuffix(path.Base(rest), ".ts")
	if _, ok := strings.CutPrefix(rest, "schema/"); ok && split {
		return where{kind: aboutSchema, feature: schemaFeature, segment: base}
	}
	rest, ok := strings.CutPrefix(rest, "features/")
	if !ok {
		return where{}
	}
	parts := strings.Split(rest, "/")
	w := where{kind: aboutTables, feature: strings.TrimSuffix(parts[0], ".ts"), segment: base}
	switch {
	case len(parts) == 1: // a feature in one file
	case parts[1] == "actions" && len(parts) > 2:
		w.kind = aboutActions
		if len(parts) == 4 {
			w.table = parts[2]
		} else if len(parts) > 4 {
			return where{kind: aboutCode, feature: w.feature}
		}
	case len(parts) > 2:
		return where{kind: aboutCode, feature: w.feature}
	case base == "resource":
		w.segment = w.feature
	}
	return w
}
