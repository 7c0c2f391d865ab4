package policy

import (
	"slices"

	"github.com/qbls/qbls/analysis/model"
)

// Domain returns what every row satisfies because of how columns are declared, whatever its values: NOT NULL, and the values of
// an enum or of a boolean. Columns that do not exist say nothing.
func (e *Effective) Domain(columns ...string) Predicate {
	out := Always()
	for _, key := range columns {
		c := e.column(key)
		if c == nil {
			continue
		}
		var values []any
		for _, v := range c.Enum {
			values = append(values, v)
		}
		if c.Type() == "boolean" {
			values = []any{true, false}
		}
		rows := Always()
		switch {
		case len(values) > 0:
			rows = Compare(key, OpIn, "", values)
			if !c.NotNull {
				rows = rows.Or(Compare(key, OpIsNull, "", true))
			}
		case c.NotNull:
			rows = Compare(key, OpIsNull, "", false)
		}
		out = out.And(rows)
	}
	return out
}

// Condition returns the rows that one record condition lets through.
func (e *Effective) Condition(column, op, ctx string, value any) Predicate {
	return e.compare(column, op, ctx, value)
}

// Everybody is the set of every role that could matter to a resource: whoever cannot do something with all of them cannot do it
// at all, because no rule takes a right away.
func (e *Effective) Everybody() []string {
	e.everybodyOnce.Do(func() { e.everybody = e.named() })
	return slices.Clone(e.everybody)
}

// named are the roles that the resource names, and every session.
func (e *Effective) named() []string {
	out := []string{Authenticated}
	add := func(role string) {
		if !slices.Contains(out, role) {
			out = append(out, role)
		}
	}
	for _, row := range e.Resource.Firewall.Rows {
		for _, role := range row.Unless {
			add(role)
		}
	}
	e.Resource.EachAccess(func(a *model.Access) {
		for _, role := range a.Roles {
			if a.Kind == model.AccessUserRole {
				role = UserRole(role)
			}
			add(role)
		}
	})
	return ordered(out)
}
