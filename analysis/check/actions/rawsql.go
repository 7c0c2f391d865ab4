package actions

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/diagnostics"
)

// RawSQL: what is written as text is not seen by the row isolation that the query builder goes through.
var RawSQL = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB7008", Title: "Raw SQL without allowRawSql", Since: "0.1.0", Locked: true, Waivable: true,
		Why:  "Raw SQL can read and change the rows of other tenants, and a value pasted into it is an injection.",
		Fix:  "Use the query builder, or write allowRawSql: true on the action to say that this is meant.",
		Bad:  action("  description: 'Archives it',\n  access: { roles: ['admin'] },\n  execute: async ({ db }) => db.execute('select 1'),"),
		Good: action("  description: 'Archives it',\n  allowRawSql: true,\n  access: { roles: ['admin'] },\n  execute: async ({ db }) => db.execute('select 1'),"),
		CWE:  []int{89, 639},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		for _, a := range p.Resource.Actions {
			if a.Source.AllowRawSQL.V {
				continue
			}
			raw := a.Source.RawSQL
			if a.Handler != nil {
				raw = append(raw[:len(raw):len(raw)], a.Handler.RawSQL...)
			}
			for _, r := range raw {
				report(diagnostics.Diagnostic{
					At: p.At(r.At), Message: fmt.Sprintf("The action %s runs raw SQL (%s), which passes the row isolation by.", a.Name, r.What),
					Help: "Use the query builder, or add allowRawSql: true to the action.", Key: p.Subject(a.Name),
				})
			}
		}
	},
}
