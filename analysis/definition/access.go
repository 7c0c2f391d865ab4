package definition

import (
	"strings"

	"github.com/qbls/qbls/analysis/syntax"
)

// Operators are the operators of record conditions (language.md, Access).
var Operators = []string{"equals", "notEquals", "not", "in", "notIn", "lessThan", "lessThanOrEqual", "greaterThan", "greaterThanOrEqual", "isNull"}

func (r *reader) accessOf(o *object) *Access {
	p, ok := o.prop("access")
	if !ok {
		return nil
	}
	a := r.access(p.Value())
	return &a
}

// access reads { roles, userRole, record, or, and } or a function. What cannot be read leaves an access that grants nobody.
func (r *reader) access(n syntax.Node) (a Access) {
	from := r.mark()
	if code := r.code(n); code.Valid() {
		return Access{State: Known, Func: true, TakesRow: parameters(code) > 1, At: r.at(code)}
	}
	n = r.value(n)
	a = Access{At: r.at(n)}
	defer func() { a.State = r.stateSince(from) }()
	o := r.object(n, "access", &keys{known: []string{"roles", "userRole", "record", "or", "and"}})
	if o == nil {
		a.Empty = true
		return a
	}
	a.Roles, a.UserRole = r.roles(o, "roles"), r.roles(o, "userRole")
	if o.has("record") {
		a.Record = r.record(o.value("record"))
	}
	a.Or, a.HasOr = r.arms(o, "or")
	a.And, a.HasAnd = r.arms(o, "and")
	a.Empty = a.Roles == nil && a.UserRole == nil && len(a.Record) == 0 && len(a.Or) == 0 && len(a.And) == 0
	return a
}

func (r *reader) arms(o *object, key string) (out []Access, has bool) {
	if !o.has(key) {
		return nil, false
	}
	list := r.value(o.value(key))
	if list.Kind() != syntax.Array {
		r.wrong(list, key, "a list of access rules")
		return nil, true
	}
	for _, n := range r.elements(list) {
		out = append(out, r.access(n))
	}
	return out, true
}

// record reads { field: value } and { field: { op: value } }.
func (r *reader) record(n syntax.Node) (out []Condition) {
	r.object(n, "record", nil).each(func(field Name, p syntax.Node) {
		value := r.value(p.Value())
		if value.Kind() != syntax.Object {
			if v, ok := r.operand(value, false); ok {
				out = append(out, Condition{Field: field, Op: Name{"equals", v.At}, Value: v})
			}
			return
		}
		// Operators are checked by a rule of the reference family, which knows the column's type.
		r.object(value, "A condition", nil).each(func(op Name, p syntax.Node) {
			if v, ok := r.operand(p.Value(), false); ok {
				out = append(out, Condition{Field: field, Op: op, Value: v})
			}
		})
	})
	return out
}

// operand reads a literal, a list of literals, or a context path: "$ctx.userId", and in firewalls "ctx.userId" too.
func (r *reader) operand(n syntax.Node, firewall bool) (Operand, bool) {
	n = r.value(n)
	v := Operand{At: r.at(n)}
	if n.Kind() == syntax.Array {
		items := []any{}
		for _, e := range r.elements(n) {
			lit, ok := r.literal(e, "a list element of a condition")
			if !ok {
				return v, false
			}
			items = append(items, lit)
			if s, ok := e.Str(); ok {
				v.Items = append(v.Items, Name{s, r.anchor(inside(e))})
			}
		}
		v.Literal = items
		return v, true
	}
	lit, ok := r.literal(n, "a condition's value")
	if s, isString := lit.(string); isString {
		v.At = r.anchor(inside(n))
		if path, found := strings.CutPrefix(s, "$ctx."); found {
			v.Ctx = path
			return v, true
		}
		if path, found := strings.CutPrefix(s, "ctx."); found && firewall {
			v.Ctx = path
			return v, true
		}
	}
	v.Literal = lit
	return v, ok
}
