package check

import (
	"slices"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
)

// UnfilledOnCreate says whether the resource has a create operation that somebody may call, and no such operation can fill
// the column: clients may not send it, no default fills it, and the system does not stamp it.
func (p *ResourcePass) UnfilledOnCreate(c *model.Column) bool {
	if AwaitsScope(p.Resource, c) {
		return false
	}
	creates := false
	for _, op := range p.Resource.Operations {
		if op.Op != model.Create && op.Op != model.BatchCreate || op.Access == nil {
			continue
		}
		creates = true
		if p.Effective.Guarded(op.Op, c.Key) == "" || slices.ContainsFunc(op.Defaults, func(d definition.FieldDefault) bool { return d.Field.Text == c.Key }) {
			return false
		}
	}
	return creates
}

// AwaitsScope says whether a column will be stamped once a mistake in the firewall is mended: it is named like a scope, and
// the firewall does not isolate, or not by the column that it means to. Reporting the column too would say one thing twice.
func AwaitsScope(r *model.Resource, c *model.Column) bool {
	if r.Source == nil || r.Table == nil || r.Firewall.Exception || c.Role != model.Plain {
		return false
	}
	for _, kind := range []string{"organization", "owner", "team"} {
		if model.Derive(r.Table, kind) != c {
			continue
		}
		if !slices.ContainsFunc(r.Firewall.Rows, func(row model.Row) bool { return row.Ctx != "" }) {
			return true
		}
		fw := r.Source.Firewall
		return fw == nil || slices.ContainsFunc(fw.Scopes, func(s definition.Scope) bool { return s.Kind == kind }) ||
			slices.ContainsFunc(fw.Predicates, func(p definition.Condition) bool { return r.Table.Column(p.Field.Text) == nil })
	}
	return false
}
