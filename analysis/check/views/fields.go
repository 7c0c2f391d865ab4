package views

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/diagnostics"
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
			case v.Fields != nil && (len(v.Fields.Items) > 0 || v.Fields.State != definition.Known):
				continue // what cannot be read is reported where it is read
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
