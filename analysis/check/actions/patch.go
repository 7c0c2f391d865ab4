package actions

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/diagnostics"
)

func patchExample(returned string) string {
	return "-- features/things/things.ts --\nimport { feature, q } from '@quickback/compiler';\n\nexport default feature('things', {\n" +
		"  columns: { id: q.id(), stage: q.text().default('new').protected(), organizationId: q.scope('organization') },\n" +
		"  read: { access: { roles: ['member'] } },\n" +
		"  actions: { finish: { description: 'Ends it', access: { roles: ['admin'] }, execute: async () => (" + returned + ") } },\n});\n"
}

// Patch: in feature() an action returns what is to be written to the record (language.md, Views, actions).
var Patch = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB7016", Title: "Action returns what is no column", Since: "0.1.0",
		Why: "What execute returns in feature() is written to the record. What is no column cannot be: the action answers 500.",
		Fix: "Return columns of the table, or an empty object; make the action standalone to return data.",
		Bad: patchExample("{ stege: 'done' }"), Good: patchExample("{ stage: 'done' }"),
		Related: []diagnostics.Code{"QB7010"},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		for _, a := range p.Resource.Actions {
			if !a.Patch || p.Resource.Table == nil {
				continue
			}
			returns := a.Source.Returns
			if a.Handler != nil {
				returns = append(returns[:len(returns):len(returns)], a.Handler.Returns...)
			}
			for _, n := range returns {
				if p.Column(n.Text) != nil || p.Unread(n.Text) {
					continue
				}
				at := p.At(n.At)
				help, fixes := check.Near(n.Text, p.ColumnKeys(), at)
				report(diagnostics.Diagnostic{
					At: at, Message: fmt.Sprintf("The action %s returns %q to be written to the record, and %s has no such column.", a.Name, n.Text, p.Table()),
					Help: help, Fixes: fixes, Key: p.Subject(a.Name, n.Text),
				})
			}
		}
	},
}
