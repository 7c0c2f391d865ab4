package actions

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/diagnostics"
)

// NotSupported: forms of actions that this version does not emit.
var NotSupported = check.FileRule{
	Doc: &diagnostics.Rule{
		Code: "QB7011", Title: "unsafe in a form that this version does not emit", Since: "0.1.0", Locked: true,
		Why: "An action of no table that gets a database without a firewall says nowhere whose rows it is about: neither a reviewer nor its audit row could tell.",
		Fix: "Write targetScope: 'all' or 'organization', or bind the actions to a table.",
		Bad: tablelessExample("{ reason: 'Support asks for totals' }"), Good: tablelessExample("{ reason: 'Support asks for totals', targetScope: 'all' }"),
		Related: []diagnostics.Code{"QB7021"}, CWE: []int{639},
	},
	Run: func(p *check.FilePass, report check.Report) {
		each(p, func(a *definition.Action) {
			if a.Unsafe != nil && p.File.Actions.Tableless && !a.Unsafe.TargetScope.Present() {
				report(diagnostics.Diagnostic{
					At: p.At(a.Unsafe.At), Message: fmt.Sprintf("unsafe of the action %s, which has no table, does not say whose rows it is about; that is not emitted.", a.Name.Text),
					Help: "Add targetScope: 'all', or 'organization' for those of the caller's own.", Key: p.Subject(a.Name.Text),
				})
			}
		})
	},
}

// tablelessExample is an unsafe action of no table.
func tablelessExample(unsafe string) string {
	return "-- features/reports/actions.ts --\nimport { defineActions } from '@quickback/compiler';\n\nexport default defineActions(null, {\n" +
		"  totals: { description: 'Totals of all tenants', path: '/reports/totals', standalone: true, unsafe: " + unsafe + ", access: { roles: ['owner'] }, execute: async () => ({}) },\n});\n"
}
