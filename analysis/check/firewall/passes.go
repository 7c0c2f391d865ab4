package firewall

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/diagnostics"
)

// PassesNone: predicates of a firewall all hold at once.
var PassesNone = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB3014", Title: "Firewall that no row passes", Since: "0.1.0", Locked: true,
		Why:     "All predicates hold at once. When two exclude each other nobody ever sees a row, and what is created is lost to sight.",
		Fix:     "Correct the predicate, or join the values that are meant in one `in: […]`.",
		Bad:     check.Example("kind: text('kind').notNull(),", "firewall: [\n  { field: 'organizationId', equals: 'ctx.activeOrgId' },\n  { field: 'kind', equals: 'open' },\n  { field: 'kind', equals: 'shared' },\n],", "guards: { createable: ['name', 'kind'], updatable: ['name'] },"),
		Good:    check.Example("kind: text('kind').notNull(),", "firewall: [\n  { field: 'organizationId', equals: 'ctx.activeOrgId' },\n  { field: 'kind', in: ['open', 'shared'] },\n],", "guards: { createable: ['name', 'kind'], updatable: ['name'] },"),
		Related: []diagnostics.Code{"QB4012"}, CWE: []int{570},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		d := p.Policy()
		if d == nil || d.Firewall == nil {
			return
		}
		rows := p.Effective.Where()
		if rows.IsNever() || rows.And(p.Effective.Domain(rows.Columns()...)).IsNever() {
			report(diagnostics.Diagnostic{
				At: p.At(d.Firewall.At), Message: fmt.Sprintf("No row of %s passes its firewall: the predicates exclude each other.", p.Table()),
				Help: "All of them hold at once. Write one predicate with in: […] for alternatives.", Key: p.Subject("firewall"),
			})
		}
	},
}
