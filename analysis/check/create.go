package check

import (
	"slices"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
)

// Scope is a scope of a firewall as written.
type Scope = definition.Scope

// UnfilledOnCreate says whether the resource has a create operation that somebody may call, and no such operation can fill
// the column: clients may not send it, no default fills it, and the system does not stamp it.
func (p *ResourcePass) UnfilledOnCreate(c *model.Column) bool {
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
