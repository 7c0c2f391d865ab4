// Package views holds the rules about named projections.
package views

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/diagnostics"
)

// Set are the rules of this package.
func Set() check.Set {
	return check.Set{
		File:     []check.FileRule{NoAccess, NoFields, OutsideFields},
		Resource: []check.ResourceRule{OnlyMasked, Unqueryable, Wider},
	}
}

// NoAccess: a view has an access rule of its own; it does not take that of list.
var NoAccess = check.FileRule{
	Doc: &diagnostics.Rule{
		Code: "QB6005", Title: "View without access", Since: "0.1.0", Locked: true,
		Why: "A view is a door of its own, and nothing says for whom it is open.",
		Fix: "Write who may read it: access: { roles: ['…'] }.",
		Bad: check.Example("", "views: { names: { fields: ['id', 'name'] } },"), Good: check.Example("", "views: { names: { fields: ['id', 'name'], access: { roles: ['member'] } } },"),
		Related: []diagnostics.Code{"QB4003"}, CWE: []int{862},
	},
	Run: func(p *check.FilePass, report check.Report) {
		if p.File.Table == nil {
			return
		}
		for _, v := range p.File.Table.Views {
			if v.Access == nil {
				report(diagnostics.Diagnostic{
					At: p.At(v.Name.At), Message: fmt.Sprintf("The view %s says nothing about who may read it.", v.Name.Text),
					Help: "Add access: { roles: ['…'] }.", Key: p.Subject(v.Name.Text),
				})
			}
		}
	},
}
