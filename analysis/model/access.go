package model

import (
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/definition"
)

// access brings a rule into normal form: the keys of one object AND together. nil stays nil: nobody. An empty rule becomes an
// "any" without arms, which grants nobody either.
func (l *linker) access(t *Table, a *definition.Access) *Access {
	if a == nil {
		return nil
	}
	if a.Func {
		return &Access{Kind: AccessFunc, At: a.At}
	}
	var room [4]*Access // most rules are of one part
	parts := room[:0]
	if a.Roles != nil {
		roles, _ := l.expand(a.Roles)
		parts = append(parts, &Access{Kind: AccessRoles, Roles: roles, At: a.Roles.At})
	}
	if a.UserRole != nil {
		parts = append(parts, &Access{Kind: AccessUserRole, Roles: texts(a.UserRole.Items), At: a.UserRole.At})
	}
	if len(a.Record) > 0 {
		parts = append(parts, &Access{Kind: AccessWhere, Where: conditions(a.Record), At: a.At})
	}
	if a.HasOr {
		parts = append(parts, l.combined(t, AccessAny, a.Or, a))
	}
	if a.HasAnd {
		parts = append(parts, l.combined(t, AccessAll, a.And, a))
	}
	switch len(parts) {
	case 0:
		return &Access{Kind: AccessAny, At: a.At}
	case 1:
		return parts[0]
	}
	return &Access{Kind: AccessAll, Sub: slices.Clone(parts), At: a.At}
}

func (l *linker) combined(t *Table, kind AccessKind, arms []definition.Access, a *definition.Access) *Access {
	out := &Access{Kind: kind, At: a.At}
	for i := range arms {
		out.Sub = append(out.Sub, l.access(t, &arms[i]))
	}
	if len(out.Sub) == 0 {
		out.Kind = AccessAny // an empty list grants nobody
	}
	if len(out.Sub) == 1 {
		return out.Sub[0]
	}
	return out
}

func conditions(record []definition.Condition) (out []Condition) {
	for _, c := range record {
		cond := Condition{Column: c.Field.Text, Op: operator(c.Op.Text), Ctx: c.Value.Ctx, Value: c.Value.Literal, At: c.Field.At}
		if cond.Ctx == "orgId" {
			cond.Ctx = "activeOrgId"
		}
		if cond.Ctx == "" && cond.Value == nil && (cond.Op == "equals" || cond.Op == "notEquals") { // = null is never true in SQL
			cond.Op, cond.Value = "isNull", cond.Op == "equals"
		}
		out = append(out, cond)
	}
	return out
}

// expand replaces "x+" by x and every role above it. ok is false when a role with + is not ranked; it is then left out.
func (l *linker) expand(r *definition.Roles) (out []string, ok bool) {
	if ok = true; len(r.Items) == 0 {
		return nil, ok
	}
	out = make([]string, 0, len(r.Items))
	add := func(name string) {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	for _, n := range r.Items {
		base, plus := strings.CutSuffix(n.Text, "+")
		if !plus {
			add(n.Text)
			continue
		}
		i := slices.Index(l.config.Hierarchy, base)
		if i < 0 {
			ok = false
			continue
		}
		for _, name := range l.config.Hierarchy[i:] {
			add(name)
		}
	}
	return out, ok
}
