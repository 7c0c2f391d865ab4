package access

import (
	"iter"
	"slices"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
	"github.com/qbls/qbls/diagnostics/text"
)

// door is one access rule of the linked resource: who comes in by it, and with which rows.
type door struct {
	operation *model.Operation // one of the three
	view      *model.View
	action    *model.Action
	at        text.Anchor
	access    *model.Access
	row       bool // a record is at hand, so that conditions can hold
}

func (d door) label() string {
	switch {
	case d.operation != nil:
		return "crud." + string(d.operation.Op)
	case d.view != nil:
		return "the view " + d.view.Name
	}
	return "the action " + d.action.Name
}

func (d door) verdict(e *policy.Effective, roles []string) policy.Verdict {
	switch {
	case d.operation != nil:
		return e.May(roles, d.operation.Op)
	case d.view != nil:
		return e.MayView(roles, d.view.Name)
	}
	return e.MayAct(roles, d.action.Name)
}

// doors lists the access rules of a resource as they are linked. A batch operation that comes with its single form has that one's
// rule, and what read says of list and get is one rule: each is listed once.
func doors(p *check.ResourcePass) iter.Seq[door] {
	return func(yield func(door) bool) {
		for _, op := range p.Resource.Operations {
			reading := op.Op == model.Get && op.Source != nil && len(op.Source.Path) > 0 && op.Source.Path[0] == "read"
			if op.Derived || op.Access == nil || reading {
				continue
			}
			if !yield(door{operation: op, at: op.At, access: op.Access, row: op.Op != model.Create && op.Op != model.BatchCreate}) {
				return
			}
		}
		for _, v := range p.Resource.Views {
			if v.Access != nil && !yield(door{view: v, at: v.At, access: v.Access, row: true}) {
				return
			}
		}
		for _, a := range p.Resource.Actions {
			if a.Access != nil && !yield(door{action: a, at: a.At, access: a.Access, row: !a.Standalone}) {
				return
			}
		}
	}
}

// sound says whether a condition is read as it was meant. What is wrong with the others has rules of its own, and mending it may
// mend the rest.
func sound(p *check.ResourcePass, c model.Condition) bool {
	column := p.Column(c.Column)
	if column == nil || !slices.Contains(policy.Operators, c.Op) {
		return false
	}
	if c.Ctx != "" || c.Op == policy.OpIsNull {
		return true
	}
	values, list := c.Value.([]any)
	if !list {
		values = []any{c.Value}
	}
	if column.Type() == "boolean" && c.Op != policy.OpEquals && c.Op != policy.OpNotEquals && c.Op != policy.OpIn && c.Op != policy.OpNotIn {
		return false
	}
	return len(values) > 0 && !slices.ContainsFunc(values, func(v any) bool { return !possible(column, v) })
}

func possible(column *model.Column, v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return column.Type() == "date" || column.Type() == "string" && (len(column.Enum) == 0 || slices.Contains(column.Enum, v))
	case float64:
		return column.Type() == "number"
	case bool:
		return column.Type() == "boolean"
	}
	return false
}

// allSound is sound for every condition of a rule.
func allSound(p *check.ResourcePass, a *model.Access) bool {
	return !slices.ContainsFunc(a.Where, func(c model.Condition) bool { return !sound(p, c) }) &&
		!slices.ContainsFunc(a.Sub, func(sub *model.Access) bool { return !allSound(p, sub) })
}

// narrow restricts what is known of a row by a conjunction's conditions, one after the other, and calls found at the first that leaves
// no row.
func narrow(p *check.ResourcePass, a *model.Access, known policy.Predicate, found func(c model.Condition, before policy.Predicate)) policy.Predicate {
	switch a.Kind {
	case model.AccessAll:
		for _, sub := range a.Sub {
			if next := narrow(p, sub, known, found); sub.Kind != model.AccessAny {
				known = next
			}
		}
	case model.AccessAny:
		for _, sub := range a.Sub {
			narrow(p, sub, known, found)
		}
	case model.AccessWhere:
		for _, c := range a.Where {
			if known.IsNever() || !sound(p, c) {
				continue
			}
			next := known.And(p.Effective.Domain(c.Column)).And(p.Effective.Condition(c.Column, c.Op, c.Ctx, c.Value))
			if next.IsNever() {
				found(c, known)
			}
			known = next
		}
	}
	return known
}
