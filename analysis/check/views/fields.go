package views

import (
	"fmt"
	"strings"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// NoFields: a view is a list of fields.
var NoFields = check.FileRule{
	Doc: &diagnostics.Rule{
		Code: "QB6006", Title: "View without fields", Since: "0.1.0", Locked: true,
		Why: "A view says which columns its readers get. Without any it would return nothing, or, read carelessly, everything.",
		Fix: "List the columns: fields: ['id', 'name'].",
		Bad: check.Example("", "views: { names: { fields: [], access: { roles: ['member'] } } },"), Good: check.Example("", "views: { names: { fields: ['id', 'name'], access: { roles: ['member'] } } },"),
		Related: []diagnostics.Code{"QB6005"},
	},
	Run: func(p *check.FilePass, report check.Report) {
		if p.File.Table == nil {
			return
		}
		for _, v := range p.File.Table.Views {
			at := v.Name.At
			switch {
			case v.Fields == nil && written(p, v.At, "fields"):
				continue // it is no list, which is reported where it is read
			case v.Fields != nil && (len(v.Fields.Items) > 0 || hasGap(p, v.Fields.At)):
				continue
			case v.Fields != nil:
				at = v.Fields.At
			}
			report(diagnostics.Diagnostic{
				At: p.At(at), Message: fmt.Sprintf("The view %s lists no fields, so there is nothing it could return.", v.Name.Text),
				Help: "List its columns: fields: ['id', 'name'].", Key: p.Subject(v.Name.Text),
			})
		}
	},
}

// written says whether a key stands in an object although nothing of it could be read.
func written(p *check.FilePass, object text.Anchor, key string) bool {
	if p.Tree == nil || p.Tree() == nil {
		return false
	}
	span, source := p.File.Place(object).Span, p.Tree().File().Text
	return int(span.End) <= len(source) && strings.Contains(source[span.Start:span.End], key)
}

// hasGap says whether something inside a list could not be read: it is then not empty.
func hasGap(p *check.FilePass, list text.Anchor) bool {
	outer := p.File.Place(list).Span
	for _, g := range p.File.Gaps {
		if s := p.File.Place(g.At).Span; s.Start >= outer.Start && s.End <= outer.End {
			return true
		}
	}
	return false
}
