package definition

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/qbls/qbls/analysis/syntax"
)

// modifier reads one method of a Drizzle column.
func (r *reader) modifier(c *Column, b builder, call syntax.Node) {
	name := call.Callee().Inner().Name()
	m, ok := modifiers[name]
	if name == "" {
		return // half-typed; the parser has reported it
	}
	dialect := r.dialect
	if dialect == "" {
		dialect = SQLite
	}
	if !ok || !b.has(dialect, m) {
		r.unknown(methodPlace(call), "."+name+"()", "is no column modifier that qbls knows", sorted(modifiers, func(_ string, m modifier) bool { return b.has(dialect, m) }))
		return
	}
	r.apply(c, b, name, call)
}

// has says whether a builder's columns have a modifier.
func (b builder) has(d Dialect, m modifier) bool {
	return speaks(m.dialects, d) && (m.group == "" || slices.Contains(b.groups, m.group) || m.group == now && slices.Contains(b.groups, epoch))
}

// modifierArguments is how many arguments a modifier takes at most, where it takes any.
var modifierArguments = map[string]int{
	"generatedAlwaysAs": 2, "default": 1, "primaryKey": 1, "unique": 2, "references": 2, "array": 1, "generatedAlwaysAsIdentity": 1, "generatedByDefaultAsIdentity": 1,
	"$default": 1, "$defaultFn": 1, "$onUpdate": 1, "$onUpdateFn": 1,
}

func (r *reader) apply(c *Column, b builder, name string, call syntax.Node) {
	r.surplus(call, modifierArguments[name], "."+name+"()")
	switch name {
	case "notNull":
		c.NotNull = true
	case "primaryKey":
		r.primaryKey(c, b, call)
	case "unique":
		r.uniqueColumn(c, call)
	case "default":
		if !call.Child(0).Valid() {
			r.report(WrongValue, methodPlace(call), "Write .default(value).", ".default() needs a value.")
			return
		}
		c.Default = r.defaultValue(r.value(call.Child(0)))
	case "references":
		c.References = r.reference(call)
	case "$type":
		r.typeOf(c, call)
	case "defaultNow":
		r.defaultNow(c, b, call)
	case "$default", "$defaultFn":
		c.OnCreate = r.function(call)
	case "$onUpdate", "$onUpdateFn":
		c.OnUpdate = r.function(call)
	case "array":
		if call.Child(0).Valid() {
			r.forget(func() { r.num(call.Child(0), "the array's size") })
		}
		c.Kind, c.Enum = "array", nil
	case "generatedAlwaysAs":
		r.computed = append(r.computed, computed{c, call})
	case "generatedAlwaysAsIdentity", "generatedByDefaultAsIdentity":
		c.AutoInc, c.NotNull = true, true
		if call.Child(0).Valid() {
			r.object(call.Child(0), "."+name+"(…)", &keys{known: []string{"name", "increment", "minValue", "maxValue", "startWith", "cache", "cycle"}})
		}
	default: // autoincrement, defaultRandom, onUpdateNow: the database fills it
		c.AutoInc = true
	}
}

// function says whether a modifier is given a function. Its text is not read: it runs in the backend, in its own module.
func (r *reader) function(call syntax.Node) bool {
	if f := call.Child(0).Inner(); !f.Valid() || f.Kind() == syntax.Missing || f.Kind() >= syntax.Object && f.Kind() != syntax.Lambda && f.Kind() != syntax.Ident && f.Kind() != syntax.Member && f.Kind() != syntax.Call {
		name := call.Callee().Inner().Name()
		r.report(WrongValue, methodPlace(call), "Write ."+name+"(() => value).", ".%s() needs a function.", name)
		return false
	}
	return true
}

func (r *reader) primaryKey(c *Column, b builder, call syntax.Node) {
	c.PrimaryKey = true
	if !call.Child(0).Valid() {
		return
	}
	if !slices.Contains(b.groups, rowID) {
		r.report(WrongValue, place(call.Child(0)), "Write .primaryKey().", "Only integer columns of SQLite take options for their key.")
		return
	}
	o := r.object(call.Child(0), "primaryKey(…)", &keys{known: []string{"autoIncrement", "onConflict"}})
	r.forget(func() { c.AutoInc = o.bool("autoIncrement").Or(false) })
	if p, ok := o.prop("onConflict"); ok {
		r.unemitted(namePlace(p), "", "onConflict is part of Drizzle, but this version does not emit it.")
	}
}

func (r *reader) uniqueColumn(c *Column, call syntax.Node) {
	c.Unique = true
	if call.Child(0).Valid() {
		r.forget(func() { c.UniqueName = r.str(call.Child(0), "the constraint's name").V })
	}
	if second := call.Child(1); second.Valid() {
		if r.dialect != Postgres {
			r.report(WrongValue, place(second), "Remove it.", "Only PostgreSQL's .unique() takes options.")
			return
		}
		r.forget(func() {
			v := r.object(second, "unique(…)", &keys{known: []string{"nulls"}}).str("nulls")
			r.among(&v, "nulls cannot be", []string{"distinct", "not distinct"})
		})
	}
}

// defaultNow of an integer is milliseconds, whatever the mode: of a column in seconds it would be a date in the far future.
func (r *reader) defaultNow(c *Column, b builder, call syntax.Node) {
	switch {
	case !slices.Contains(b.groups, epoch):
		c.Default = &Default{SQL: "now()", At: r.at(call)}
	case c.Mode.V == "timestamp_ms":
		c.Default = &Default{SQL: "(cast((julianday('now') - 2440587.5)*86400000 as integer))", At: r.at(call)}
	case c.Mode.V == "timestamp":
		r.report(NotSupported, methodPlace(call), "Write .default(sql`(unixepoch())`), or use mode 'timestamp_ms'.", "Drizzle's defaultNow() stores milliseconds, and this column counts seconds.")
	default:
		r.unknown(methodPlace(call), ".defaultNow()", "is only for the modes timestamp and timestamp_ms", sorted(modifiers, func(_ string, m modifier) bool { return m.group == "" }))
	}
}

// reference reads .references(() => table.column, { onDelete, onUpdate }).
func (r *reader) reference(call syntax.Node) *Reference {
	lambda := call.Child(0).Inner()
	if !lambda.Valid() {
		r.report(WrongValue, methodPlace(call), "Write .references(() => table.column).", ".references() needs the column that it refers to.")
		return nil
	}
	if lambda.Kind() != syntax.Lambda {
		r.wrong(lambda, "references", "an arrow function: () => table.column")
		return nil
	}
	if v, ok := r.settled(lambda); ok {
		lambda = v
	}
	binding, column, ok := quickMember(lambda)
	if !ok {
		body := r.returned(lambda)
		if body.Kind() != syntax.Member || body.Operand().Inner().Kind() != syntax.Ident {
			r.gap(lambda, "which column this key refers to")
			return nil
		}
		binding, column = body.Operand().Inner().Name(), body.Name()
	}
	ref := &Reference{Binding: binding, Column: column, At: r.anchor(place(lambda))}
	if call.Child(1).Valid() {
		o := r.object(call.Child(1), "references(…)", &keys{known: []string{"onDelete", "onUpdate"}})
		r.forget(func() {
			ref.OnDelete, ref.OnUpdate = r.referenceAction(o.str("onDelete")), r.referenceAction(o.str("onUpdate"))
		})
	}
	return ref
}

func (r *reader) referenceAction(v Value[string]) string {
	r.among(&v, "A foreign key has no action", referenceActions)
	return v.Or("")
}

// quickMember reads the body `table.column` without parsing it, which is what nearly all references are.
func quickMember(lambda syntax.Node) (object, name string, ok bool) {
	span, source := lambda.Body(), textOf(lambda)
	if span.Start > span.End || int(span.End) > len(source) {
		return "", "", false
	}
	object, name, ok = strings.Cut(source[span.Start:span.End], ".")
	return object, name, ok && isName(object) && isName(name)
}

func isName(s string) bool {
	for i := range len(s) {
		c := s[i]
		if c != '_' && c != '$' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

// json writes a literal as JSON.stringify does; ok is false when a part of it is not known, which has been reported.
func (r *reader) json(n syntax.Node, depth int) (string, bool) {
	n = r.value(n)
	if depth > maxFollow {
		r.gap(n, "the default")
		return "", false
	}
	switch n.Kind() {
	case syntax.Array:
		var parts []string
		for _, e := range r.elements(n) {
			part, ok := r.json(e, depth+1)
			if !ok {
				return "", false
			}
			parts = append(parts, part)
		}
		return "[" + strings.Join(parts, ",") + "]", true
	case syntax.Object:
		gaps := len(r.file.Gaps)
		o := r.object(n, "the default", nil)
		var parts []string
		for i, p := range o.props {
			if slices.ContainsFunc(o.props[i+1:], func(later property) bool { return later.name == p.name }) {
				continue
			}
			part, ok := r.json(p.Value(), depth+1)
			if !ok {
				return "", false
			}
			parts = append(parts, jsonString(p.name)+":"+part)
		}
		return "{" + strings.Join(parts, ",") + "}", len(r.file.Gaps) == gaps
	}
	v, ok := r.literal(n, "the default")
	switch v := v.(type) {
	case string:
		return jsonString(v), ok
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), ok
	case bool:
		return strconv.FormatBool(v), ok
	}
	return "null", ok
}

func jsonString(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string always encodes
	return strings.TrimSuffix(b.String(), "\n")
}
