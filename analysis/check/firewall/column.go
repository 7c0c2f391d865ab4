package firewall

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/diagnostics"
)

// UnknownScopeColumn looks for the column of every named scope.
var UnknownScopeColumn = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB3004", Title: "Scope without its column", Since: "0.1.0", Locked: true,
		Why: "A scope filters by a column. When there is none, it filters nothing.",
		Fix: "Add the column to the table, or name the one that holds the owner in the scope's column.",
		Bad: check.Example("", "firewall: { organization: { column: 'orgnizationId' } },"), Good: check.Example("", "firewall: { organization: { column: 'organizationId' } },"),
		Related: []diagnostics.Code{"QB3001", "QB2011"}, CWE: []int{639, 863},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		d := p.Policy()
		if d == nil || d.Firewall == nil {
			return
		}
		for _, s := range d.Firewall.Scopes {
			scopeWithoutColumn(p, s, report)
		}
		if s := d.Firewall.SoftDelete; s != nil {
			scopeWithoutColumn(p, *s, report)
		}
	},
}

var usualColumns = map[string]string{"organization": "organizationId", "owner": "ownerId", "team": "teamId", "softDelete": model.DeletedAt}

func scopeWithoutColumn(p *check.ResourcePass, s definition.Scope, report check.Report) {
	found := diagnostics.Diagnostic{At: p.At(s.At), Key: p.Subject("firewall", s.Kind)}
	if column, ok := s.Column.Get(); ok {
		if p.ColumnLike(column) != nil || p.Unread(column) {
			return
		}
		found.At = p.At(s.Column.At)
		found.Message = fmt.Sprintf("The %s scope filters by %q, which is no column of %s.", s.Kind, column, p.Table())
		found.Help, found.Fixes = check.Rename(column, p.ColumnKeys(), found.At)
		report(found)
		return
	}
	if s.Column.Present() { // unreadable: the reader has reported it
		return
	}
	usual := usualColumns[s.Kind]
	if s.Kind == "softDelete" {
		if p.ColumnLike(usual) != nil || p.ColumnLike("deleted_at") != nil {
			return
		}
		found.Message = fmt.Sprintf("%s has no %s column for the softDelete scope: its rows are deleted for good.", p.Table(), usual)
		found.Help = "Remove softDelete, or let crud.delete be soft and keep the audit columns on."
		report(found)
		return
	}
	if model.Derive(p.Resource.Table, s.Kind) != nil {
		return
	}
	found.Message = fmt.Sprintf("%s has no column that the %s scope could filter by.", p.Table(), s.Kind)
	found.Help = fmt.Sprintf("Add a column %s, or name the column: %s: { column: '…' }.", usual, s.Kind)
	report(found)
}
