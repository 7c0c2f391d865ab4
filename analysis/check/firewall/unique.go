package firewall

import (
	"fmt"
	"slices"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/diagnostics"
)

// SharedUniqueness compares what is unique with what isolates the rows.
var SharedUniqueness = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB3016", Title: "Value that is unique over all tenants", Since: "0.1.0", Severity: diagnostics.Warning,
		Why:  "The database compares the value with rows of every tenant. Whoever sends one that another tenant has is answered 409, and so learns that it is there; and whoever is first keeps it from all others.",
		Fix:  "Make it unique together with the column of the scope: unique: [{ columns: ['organizationId', 'email'] }] instead of .unique(). Suppress this where the value is meant to be one of a kind, such as a public address.",
		Bad:  check.Example("email: text('email').notNull().unique(),", "guards: { createable: ['name', 'email'], updatable: ['name'] },", "masking: { email: { type: 'email', show: { roles: ['member'] } } },"),
		Good: check.Example("email: text('email').notNull(),", "guards: { createable: ['name', 'email'], updatable: ['name'] },", "masking: { email: { type: 'email', show: { roles: ['member'] } } },", "unique: [{ columns: ['organizationId', 'email'] }],"),
		CWE:  []int{203}, Related: []diagnostics.Code{"QB3012"},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		if p.Policy() == nil || !settled(p.Resource) {
			return
		}
		scope, kind := isolating(p.Resource)
		if scope == "" {
			return
		}
		for _, i := range p.Resource.Table.Indexes {
			if i.Kind != "uniqueIndex" || i.Injected || len(i.Parts) > 0 || slices.Contains(i.Columns, scope) || !slices.ContainsFunc(i.Columns, func(c string) bool { return sent(p.Resource, c) }) {
				continue
			}
			if slices.ContainsFunc(i.Columns, func(c string) bool { return tied(p.Resource, c) }) {
				continue
			}
			first := p.Column(i.Columns[0])
			if first == nil || first.Source == nil {
				continue
			}
			report(diagnostics.Diagnostic{
				At: p.At(first.Source.Key.At), Message: fmt.Sprintf("%s is unique over all rows of %s, which belong to %s each: a conflict tells one of them what another has.", check.List(i.Columns), p.Table(), ofKind[kind]),
				Help: fmt.Sprintf("Write unique: [{ columns: ['%s', …] }] instead, so that it is unique within the scope.", scope), Key: p.Subject(i.Columns...),
			})
		}
	},
}

// isolating is the column of the widest scope that holds for every caller.
func isolating(r *model.Resource) (column, kind string) {
	for _, want := range []string{"organization", "team", "owner"} {
		for _, row := range r.Firewall.Rows {
			if row.Kind == want && row.Ctx != "" && len(row.Unless) == 0 {
				return row.Column, want
			}
		}
	}
	return "", ""
}

// sent says whether a client may choose the value.
func sent(r *model.Resource, column string) bool {
	return r.Guards.Open || slices.Contains(r.Guards.Create, column) || slices.Contains(r.Guards.Update, column) || slices.Contains(r.Guards.Immutable, column)
}

// tied says whether a column can only hold what the tenant has already: a key of rows that the writer can see, or the row's own.
func tied(r *model.Resource, column string) bool {
	c := r.Table.Column(column)
	return c == nil || c.PrimaryKey || c.Role == model.ScopeColumn || slices.ContainsFunc(r.Foreign, func(k *model.ForeignKey) bool { return k.Column == column })
}
