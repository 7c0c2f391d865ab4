// Package render writes diagnostics for people and for programs.
//
// A format is a function from an Input to bytes, and the same Input always gives the same bytes. Here, and on the wire of
// the language server, byte offsets become lines and characters; nothing below knows them. What is printed comes from files
// that somebody else may have written: control characters never reach a terminal.
package render

import (
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// Input is what a format writes.
type Input struct {
	Projects  []Project
	Catalogue *diagnostics.Catalogue // for formats that describe rules; may be nil
	Version   string                 // of qbls, for formats that name their maker
	RuleURL   func(diagnostics.Code) string
	Elapsed   time.Duration // how long it took, for people; 0: not said
	Strict    bool          // warnings count as failures
	Color     bool          // ANSI colours, where the format is for a terminal
	Width     int           // columns of the terminal; 0: as wide as it gets
}

// Project is one project and what was found in it.
type Project struct {
	Root        string                     // as the reader knows the project: the folder as it was given
	Dir         text.Path                  // the project's folder within the paths below; "" or ".": they are relative to it already
	Files       func(text.Path) *text.File // the text of a path of Diagnostics; nil, or an answer of nil: no frame and no position
	Checked     int                        // how many files were read; 0: count those with findings
	Diagnostics []diagnostics.Diagnostic
	Suppressed  []diagnostics.Suppressed // what comments keep from being shown, for formats that keep account of it
}

// Format writes an input. Its error is the writer's.
type Format func(io.Writer, Input) error

var formats = map[string]Format{
	"pretty":   Pretty,
	"json":     JSON,
	"sarif":    SARIF,
	"github":   GitHub,
	"junit":    JUnit,
	"markdown": Markdown,
}

// ByName returns a format.
func ByName(name string) (Format, bool) {
	f, ok := formats[name]
	return f, ok
}

// Names returns the names of the formats, sorted.
func Names() []string { return slices.Sorted(maps.Keys(formats)) }

// ordered returns the projects by root and the findings of each in reading order, without touching the input's slices.
func ordered(projects []Project) []Project {
	out := slices.Clone(projects)
	slices.SortStableFunc(out, func(a, b Project) int { return strings.Compare(a.Root, b.Root) })
	for i := range out {
		out[i].Diagnostics = slices.Clone(out[i].Diagnostics)
		diagnostics.Sort(out[i].Diagnostics)
	}
	return out
}

// file returns the text of a path, or nil.
func (p Project) file(at text.Path) *text.File {
	if p.Files == nil {
		return nil
	}
	return p.Files(at)
}

// relative is a path as seen from the project's folder.
func (p Project) relative(at text.Path) string {
	if p.Dir == "" || p.Dir == "." {
		return string(at)
	}
	if inside, ok := strings.CutPrefix(string(at), string(p.Dir)+"/"); ok {
		return inside
	}
	up := strings.Repeat("../", strings.Count(string(p.Dir), "/")+1) // a file beside the project, such as a shared module
	return up + string(at)
}

// shown is a path that a terminal can open from where the command ran.
func (p Project) shown(at text.Path) string {
	root := strings.ReplaceAll(p.Root, `\`, "/")
	if root == "" || root == "." {
		return p.relative(at)
	}
	return path.Join(root, p.relative(at))
}

// count is how many findings there are of each severity.
type count struct{ errors, warnings, infos int }

func (c *count) add(s diagnostics.Severity) {
	switch s {
	case diagnostics.Error:
		c.errors++
	case diagnostics.Warning:
		c.warnings++
	default:
		c.infos++
	}
}

func codeOf(d diagnostics.Diagnostic) (diagnostics.Code, diagnostics.Severity) {
	if d.Rule == nil { // nobody vouches for it: as bad as it gets
		return "", diagnostics.Error
	}
	return d.Rule.Code, d.Rule.Severity
}
