package definition

import (
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics/text"
)

// column reads one column, of Drizzle or of q; nil when it cannot be read, which has been reported.
func (r *reader) column(name Name, n syntax.Node) *Column {
	written := n.Inner()
	if v, ok := r.settled(written); ok {
		written = v
	}
	if n = r.constant(written, 0); n != written && n.Kind() != syntax.Ident && n.Kind() != syntax.Member {
		r.file.Origins = append(r.file.Origins, Origin{place(n), place(written)})
	}
	if n.Kind() == syntax.Missing {
		return nil
	}
	first, methods, ok := links(n)
	if !ok {
		r.wrong(n, "a column", "a column builder such as text('name').notNull()")
		return nil
	}
	if n != written && r.rebuilt(written) {
		r.gap(written, "the column: builders change the constant that they are called on")
		return nil
	}
	if v, ok := r.settled(first); ok { // a helper made the builder, and methods were called on it
		if made, before, ok := links(v); ok {
			first, methods = made, append(before, methods...)
		}
	}
	c := &Column{Key: name, At: r.at(n)}
	byName(methods)
	s, ok := r.source(first.Callee())
	if !ok && r.enumColumn(c, first) {
		for _, call := range methods {
			r.modifier(c, builder{}, call)
		}
		return c
	}
	switch {
	case !ok && r.maker(first.Callee()) == "customType":
		r.unemitted(place(first.Callee()), "", "Column types of one's own are part of Drizzle, but this version does not emit them.")
		return nil
	case !ok || s.api && first.Callee().Kind() == syntax.Ident:
		r.gap(first, "the column that "+first.Callee().Name()+" makes")
		return nil
	case s.api:
		return r.qColumn(c, s.name, first, methods)
	}
	return r.drizzleColumn(c, s, first, methods)
}

// constant is the call that a name stands for: a constant of the project, or a member of a constant object.
func (r *reader) constant(n syntax.Node, depth int) syntax.Node {
	n = n.Inner()
	if depth > maxFollow {
		return n
	}
	switch n.Kind() {
	case syntax.Ident:
		m, name := r.home(n.Tree(), n.Name(), depth)
		if m == nil || !m.bindings[name].Has(syntax.Const) || m.bindings[name].Kind() != syntax.Var {
			return n
		}
		if v := r.constant(m.bindings[name].Value(), depth+1); v.Kind() == syntax.Call {
			return v
		}
	case syntax.Member:
		if object, ok := r.declared(n.Operand(), depth); ok {
			if p := member(object, n.Name()); p.Valid() && !p.Has(syntax.Method) {
				if v := r.constant(p.Value(), depth+1); v.Kind() == syntax.Call {
					return v
				}
			}
		}
	}
	return n
}

// rebuilt says whether methods are called on a constant that holds a column, or it is given away: Drizzle's builders change in place.
func (r *reader) rebuilt(n syntax.Node) bool {
	name := root(n)
	m, local := r.home(n.Tree(), name, 0)
	here := r.module(n.Tree()).uses()
	return m == nil || m.uses().changed[local] || m.uses().escaped[local] || here.changed[name] || here.escaped[name]
}

func (r *reader) drizzleColumn(c *Column, s source, first syntax.Node, methods []syntax.Node) *Column {
	dialect := r.dialect
	if dialect == "" {
		dialect = SQLite
	}
	callee := first.Callee()
	if s.dialect != "" && s.dialect != dialect {
		r.report(WrongValue, nameOf(callee), "Import "+s.name+" from drizzle-orm/"+string(dialect)+"-core.", "%s is a column builder of %s, and the table is one of %s.", s.name, s.dialect, dialect)
		return nil
	}
	if s.name == "customType" {
		r.unemitted(nameOf(callee), "", "Column types of one's own are part of Drizzle, but this version does not emit them.")
		return nil
	}
	b, known := dialectBuilders[dialect][s.name]
	if !known {
		r.unknown(nameOf(callee), callee.Name(), "is no column builder of "+map[Dialect]string{SQLite: "SQLite", Postgres: "PostgreSQL", MySQL: "MySQL"}[dialect]+" that qbls knows", sorted(dialectBuilders[dialect], nil))
		return nil
	}
	c.Builder, c.Kind, c.NotNull = s.name, b.kind, b.notNull
	if dialect == SQLite && c.Builder == "int" {
		c.Builder = "integer"
	}
	if b.filled {
		c.AutoInc = true
	}
	r.builderArgs(c, b, s.name, first)
	for _, call := range methods {
		r.modifier(c, b, call)
	}
	r.fits(c)
	return c
}

// enumColumn reads status('status'), where status is a pgEnum.
func (r *reader) enumColumn(c *Column, call syntax.Node) bool {
	callee := call.Callee().Inner()
	if callee.Kind() != syntax.Ident || r.dialect != Postgres || r.maker(callee) != "pgEnum" {
		return false
	}
	m, local := r.home(callee.Tree(), callee.Name(), 0)
	c.Builder, c.Kind = "pgEnum", "string"
	c.Enum = r.enumValues(m.bindings[local].Value().Inner().Child(1))
	if call.Child(0).Valid() {
		c.Name = r.str(call.Child(0), "the column's SQL name")
	}
	return true
}

// enumValues reads ['a', 'b'], or the values of an object or an enum.
func (r *reader) enumValues(n syntax.Node) []Name {
	if v, ok := r.declared(n, 0); ok && v.Kind() != syntax.Array {
		var out []Name
		for p := range v.Children() {
			if s, ok := r.value(p.Value()).Str(); ok {
				out = append(out, Name{s, r.anchor(inside(r.value(p.Value())))})
			} else {
				r.wrong(p.Value(), "a value of the enum", "a string")
			}
		}
		return out
	}
	names, _ := r.names(n, "enum")
	return names
}

// builderArgs reads ('sql_name', { mode, enum, length }), ({ … }), ('sql_name') or ().
func (r *reader) builderArgs(c *Column, b builder, name string, call syntax.Node) {
	at := 0
	options := r.value(call.Child(0))
	if options.Valid() && options.Kind() != syntax.Object && !(name == "mysqlEnum" && options.Kind() == syntax.Array) {
		c.Name = r.str(options, "the column's SQL name")
		at, options = 1, r.value(call.Child(1))
	}
	r.surplus(call, at+1, name+"(…)")
	if name == "mysqlEnum" {
		c.Enum = r.enumValues(options)
		return
	}
	r.options(c, b, name, call, options)
}

func (r *reader) options(c *Column, b builder, name string, call, options syntax.Node) {
	known := &keys{known: slices.Clone(b.options)}
	if len(b.modes) > 0 {
		known.known = append([]string{"mode"}, known.known...)
	}
	var o *object
	if options.Valid() {
		o = r.object(options, name+"(…)", known)
		if o == nil {
			return
		}
	}
	for _, key := range b.required {
		if !o.has(key) {
			r.report(WrongValue, nameOf(call.Callee()), "Write "+name+"('name', { "+key+": … }).", "%s needs %s.", name, key)
		}
	}
	r.mode(c, b, o)
	for _, key := range b.options {
		p, ok := o.prop(key)
		switch {
		case !ok:
		case key != "enum":
			r.forget(func() { r.option(c, name, key, p) })
		default:
			if c.Enum = r.enumValues(p.Value()); len(c.Enum) == 0 && r.value(p.Value()).Kind() == syntax.Array && r.value(p.Value()).NumChildren() == 0 {
				r.report(WrongValue, place(p.Value()), "Name its values.", "An enum without values admits nothing.")
			}
		}
	}
	if c.Mode.V == "json" && (len(c.Enum) > 0 || c.Length > 0) {
		r.report(WrongValue, r.file.Place(c.Mode.At), "Remove mode, or enum and length.", "A column in mode json has neither enum nor length.")
	}
}

// option reads an option that is a number, a boolean or a string.
func (r *reader) option(c *Column, name, key string, p syntax.Node) {
	what := name + "'s " + key
	switch optionKinds[key] {
	case "number":
		v := r.num(p.Value(), what)
		if f, ok := v.Get(); ok && (f < 0 || f != float64(int32(f)) || key == "length" && f == 0) {
			r.report(WrongValue, r.file.Place(v.At), "Write a whole number.", "%s cannot be %v.", what, f)
		} else if key == "length" {
			c.Length = int(v.V)
		}
	case "boolean":
		r.bool(p.Value(), what)
	default:
		v := r.str(p.Value(), what)
		if key == "fields" {
			r.among(&v, "interval has no fields", intervalFields)
		}
	}
}

func (r *reader) mode(c *Column, b builder, o *object) {
	c.Mode = o.str("mode")
	if !c.Mode.Present() || len(b.modes) == 0 {
		return
	}
	names := make([]string, len(b.modes))
	for i, m := range b.modes {
		names[i] = m.name
		if m.name == c.Mode.V {
			c.Kind = m.kind
		}
	}
	if m, ok := c.Mode.Get(); ok && !slices.Contains(names, m) {
		r.report(WrongValue, r.file.Place(c.Mode.At), "Expected one of: "+strings.Join(names, ", ")+".", "%s has no mode %q.", c.Builder, m)
		c.Mode.State = Invalid
	}
}

// fits reports a default that is no value of the column.
func (r *reader) fits(c *Column) {
	if c.Default == nil || c.Default.SQL != "" || c.Kind == "json" || c.Kind == "" {
		return
	}
	at := r.file.Place(c.Default.At)
	kind := ""
	switch v := c.Default.Literal.(type) {
	case string:
		kind = "string"
		if c.Kind == "string" && len(c.Enum) > 0 && !slices.ContainsFunc(c.Enum, func(n Name) bool { return n.Text == v }) {
			list := make([]string, len(c.Enum))
			for i, e := range c.Enum {
				list[i] = e.Text
			}
			value := Value[string]{Known, v, c.Default.At}
			r.among(&value, c.Key.Text+" is never", list)
			return
		}
	case float64:
		kind = "number"
	case bool:
		kind = "boolean"
	case nil:
		if c.Default.JSON == "" {
			return
		}
		kind = "array"
	}
	if kind != c.Kind {
		r.report(WrongValue, at, "Write a default of the column's type, or sql`…`.", "%s holds values of type %s.", c.Key.Text, c.Kind)
	}
}

func (r *reader) defaultValue(n syntax.Node) *Default {
	if n.Kind() == syntax.Tagged {
		sql, ok := sqlText(n)
		if !ok {
			r.gap(n, "the default: write sql`…` without holes")
			return nil
		}
		return &Default{SQL: sql, At: r.at(n)}
	}
	if n.Kind() == syntax.Array || n.Kind() == syntax.Object {
		if json, ok := r.json(n, 0); ok {
			return &Default{JSON: json, At: r.at(n)}
		}
		return nil
	}
	if v, ok := r.literal(n, "the default"); ok {
		return &Default{Literal: v, At: r.at(n)}
	}
	return nil
}

// sqlText returns the text of sql`…` without holes.
func sqlText(n syntax.Node) (string, bool) {
	if n.Kind() != syntax.Tagged || n.Child(0).Name() != "sql" {
		return "", false
	}
	return n.Child(1).Str()
}

// methodPlace is where the name of a method stands in its call.
func methodPlace(call syntax.Node) text.Place { return namePlace(call.Callee().Inner()) }
