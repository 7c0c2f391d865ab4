package actions

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/diagnostics"
)

// NoAccess: an action without access is open to nobody.
var NoAccess = check.FileRule{
	Doc: &diagnostics.Rule{
		Code: "QB7005", Title: "Action without access", Since: "0.1.0", Locked: true,
		Why: "Nothing says who may call it. Actions change protected fields, so nobody may.",
		Fix: "Write who may call it: access: { roles: ['…'] }.",
		Bad: action("  description: 'Archives it',\n  execute: async () => ({}),"), Good: action(ordinary),
		Related: []diagnostics.Code{"QB4003"}, CWE: []int{862},
	},
	Run: func(p *check.FilePass, report check.Report) {
		each(p, func(a *definition.Action) {
			if a.Access == nil {
				report(diagnostics.Diagnostic{At: p.At(a.Name.At), Message: fmt.Sprintf("The action %s says nothing about who may call it.", a.Name.Text), Help: "Add access: { roles: ['…'] }.", Key: p.Subject(a.Name.Text)})
			}
		})
	},
}
