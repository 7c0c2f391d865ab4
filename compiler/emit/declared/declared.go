// Package declared says the model in the words of the definition language again, as JSON: for the schema registry, and for
// x-quickback-access in the OpenAPI file. Role expressions stay expanded, and derived firewalls are written out.
package declared

import (
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/emit/ordered"
)

// Access returns an access rule. Nil, which grants nobody, is an empty list of roles; a function is { function: true }.
func Access(a *model.Access) *ordered.Map {
	o := ordered.New()
	if a == nil {
		return o.Set("roles", []string{})
	}
	switch a.Kind {
	case model.AccessRoles:
		o.Set("roles", list(a.Roles))
	case model.AccessUserRole:
		o.Set("userRole", list(a.Roles))
	case model.AccessWhere:
		o = record(a.Where)
	case model.AccessAny:
		o.Set("or", arms(a.Sub))
	case model.AccessAll:
		o = all(a.Sub)
	case model.AccessFunc:
		o.Set("function", true)
	}
	return o
}

// all writes a conjunction as one object when the keys allow it, as authors do: { roles, record }.
func all(sub []*model.Access) *ordered.Map {
	o := ordered.New()
	for _, s := range sub {
		part := Access(s)
		for _, k := range part.Keys() {
			if _, taken := o.Get(k); taken || k == "and" {
				return ordered.New().Set("and", arms(sub))
			}
			v, _ := part.Get(k)
			o.Set(k, v)
		}
	}
	return o
}

func arms(sub []*model.Access) []any {
	out := make([]any, len(sub))
	for i, s := range sub {
		out[i] = Access(s)
	}
	return out
}

// record writes conditions; two with the same operator on one column need an "and".
func record(where []model.Condition) *ordered.Map {
	fields := ordered.New()
	for _, c := range where {
		known, ok := fields.Get(c.Column)
		if !ok {
			known = ordered.New()
			fields.Set(c.Column, known)
		}
		ops := known.(*ordered.Map)
		if _, taken := ops.Get(c.Op); taken {
			return split(where)
		}
		ops.Set(c.Op, Operand(c.Ctx, c.Value))
	}
	return ordered.New().Set("record", fields)
}

func split(where []model.Condition) *ordered.Map {
	var parts []any
	for i := range where {
		parts = append(parts, record(where[i:i+1]))
	}
	return ordered.New().Set("and", parts)
}

// Operand is what a condition compares with.
func Operand(ctx string, value any) any {
	if ctx != "" {
		return "$ctx." + ctx
	}
	return value
}

// Firewall returns the row isolation: named scopes where they are ones, other predicates in a list.
func Firewall(r *model.Resource) *ordered.Map {
	o := ordered.New()
	if r.Firewall.Exception {
		o.Set("exception", true)
	}
	var custom []any
	for _, row := range r.Firewall.Rows {
		switch row.Kind {
		case "softDelete":
			o.Set(row.Kind, ordered.New().Set("column", row.Column))
		case "organization", "owner", "team":
			s := ordered.New().Set("column", row.Column).Set("source", "ctx."+row.Ctx)
			if len(row.Unless) > 0 {
				s.Set("mode", "optional").Set("roles", row.Unless)
			}
			o.Set(row.Kind, s)
		default:
			custom = append(custom, ordered.New().Set("field", row.Column).Set(row.Op, Operand(row.Ctx, row.Value)))
		}
	}
	if len(custom) > 0 {
		o.Set("predicates", custom)
	}
	if r.Firewall.Hide {
		o.Set("errorMode", "hide")
	}
	return o
}

// Masks returns the masking rules by column.
func Masks(r *model.Resource) *ordered.Map {
	out := ordered.New()
	for _, m := range r.Masks {
		show := ordered.New()
		roles := m.Roles
		if m.All {
			roles = []string{"everyone"}
		}
		show.Set("roles", list(roles))
		if m.Owner != "" {
			show.Set("or", "owner").Set("ownerColumn", m.Owner)
		}
		rule := ordered.New().Set("type", m.Type).Set("show", show)
		if len(m.Query) > 0 {
			rule.Set("query", ordered.New().Set("roles", m.Query))
		}
		out.Set(m.Column, rule)
	}
	return out
}

func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}
