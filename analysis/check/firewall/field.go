package firewall

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/diagnostics"
)

// UnknownField looks at the columns of the predicate form.
var UnknownField = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB3007", Title: "Firewall predicate on a column that does not exist", Since: "0.1.0", Locked: true,
		Why: "A predicate on a column that does not exist filters nothing.",
		Fix: "Write the name of a column of the table, as its property is called.",
		Bad: check.Example("", "firewall: [{ field: 'orgId', equals: 'ctx.activeOrgId' }],"), Good: check.Example("", "firewall: [{ field: 'organizationId', equals: 'ctx.activeOrgId' }],"),
		Related: []diagnostics.Code{"QB3004"}, CWE: []int{639, 863},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		d := p.Policy()
		if d == nil || d.Firewall == nil {
			return
		}
		reported := map[string]bool{}
		for _, c := range d.Firewall.Predicates {
			if c.Field.Text == "" || p.Column(c.Field.Text) != nil || p.Unread(c.Field.Text) || reported[c.Field.Text] {
				continue
			}
			reported[c.Field.Text] = true
			at := p.At(c.Field.At)
			help, fixes := check.Rename(c.Field.Text, p.ColumnKeys(), at)
			report(diagnostics.Diagnostic{
				At: at, Message: fmt.Sprintf("The firewall filters by %q, which is no column of %s.", c.Field.Text, p.Table()),
				Help: help, Fixes: fixes, Key: p.Subject("firewall", c.Field.Text),
			})
		}
	},
}
