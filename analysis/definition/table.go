package definition

import (
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// tableFuncs are the table functions of drizzle-orm and their dialects.
var tableFuncs = map[string]Dialect{"sqliteTable": SQLite, "pgTable": Postgres, "mysqlTable": MySQL}

// sqliteBuilders are the column builders of drizzle-orm/sqlite-core that this version emits, with their modes; the first mode
// is the default.
var sqliteBuilders = map[string][]string{
	"text":    {"text", "json"},
	"integer": {"number", "boolean", "timestamp", "timestamp_ms"},
	"real":    nil,
	"numeric": {"string", "number", "bigint"},
	"blob":    {"buffer", "json", "bigint"},
}

var modifiers = []string{"notNull", "default", "primaryKey", "unique", "references"}
var laterModifiers = []string{"$default", "$defaultFn", "$onUpdate", "$onUpdateFn", "$type", "generatedAlwaysAs"}

// global is the name under which drizzle exports what a file calls by a local name.
func (r *reader) global(local string) string {
	if i, ok := r.imported(local); ok && strings.HasPrefix(i.Module, "drizzle-orm") {
		return i.Imported
	}
	return local
}

// tableCall returns n when it is a call of a table function, else an invalid node.
func (r *reader) tableCall(n syntax.Node) syntax.Node {
	if n.Kind() == syntax.Call && n.Callee().Kind() == syntax.Ident {
		if _, ok := tableFuncs[r.global(n.Callee().Name())]; ok {
			return n
		}
	}
	return syntax.Node{}
}

func (r *reader) table(declaration, call syntax.Node) *Table {
	t := &Table{Binding: declaration.Name(), At: r.anchor(namePlace(declaration)), Export: declaration.Has(syntax.Exported)}
	t.Dialect = tableFuncs[r.global(call.Callee().Name())]
	t.Name = r.str(call.Child(0), "the table's name")
	if t.Dialect != SQLite {
		r.report(NotSupported, place(call.Callee()), "Use sqliteTable of drizzle-orm/sqlite-core.", "%s tables are part of the definition language, but this version emits SQLite only.", t.Dialect)
		return t
	}
	o := r.object(call.Child(1), "the table's columns", nil)
	o.each(func(name Name, p syntax.Node) {
		if c := r.column(name, r.value(p.Value())); c != nil {
			t.Columns = append(t.Columns, c)
		}
	})
	if extra := call.Child(2); extra.Valid() {
		t.Indexes = r.indexes(extra.Inner())
	}
	return t
}

// chain splits a.b(…).c(…) into its calls, the first one first; ok is false when it is no chain of calls on a plain name.
func chain(n syntax.Node) (calls []syntax.Node, ok bool) {
	for n.Kind() == syntax.Call {
		calls = append(calls, n)
		callee := n.Callee()
		if callee.Kind() == syntax.Ident {
			slices.Reverse(calls)
			return calls, true
		}
		if callee.Kind() != syntax.Member {
			return nil, false
		}
		n = callee.Operand().Inner()
	}
	return nil, false
}

func (r *reader) column(name Name, n syntax.Node) *Column {
	if n.Kind() == syntax.Missing {
		return nil
	}
	calls, ok := chain(n)
	if !ok {
		r.wrong(n, "a column", "a column builder such as text('name').notNull()")
		return nil
	}
	c := &Column{Key: name, At: r.at(n), Builder: r.global(calls[0].Callee().Name())}
	if c.Builder == "int" {
		c.Builder = "integer"
	}
	modes, known := sqliteBuilders[c.Builder]
	if !known {
		r.unknownBuilder(calls[0].Callee())
		return nil
	}
	r.builderArgs(c, calls[0], modes)
	for _, call := range calls[1:] {
		r.modifier(c, call)
	}
	return c
}

func (r *reader) unknownBuilder(callee syntax.Node) {
	names := make([]string, 0, len(sqliteBuilders))
	for b := range sqliteBuilders {
		names = append(names, b)
	}
	slices.Sort(names)
	r.unknown(place(callee), callee.Name(), "is no column builder of SQLite that qbls knows", names)
}

func (r *reader) unknown(at text.Place, name, what string, known []string) {
	help := "Known: " + strings.Join(known, ", ") + "."
	d := diagnostics.Diagnostic{Rule: UnknownColumnType, At: at, Message: name + " " + what + ".", Help: help}
	if near, ok := diagnostics.Nearest(name, slices.Values(known)); ok {
		d.Help = "Did you mean " + near + "?"
		d.Fixes = []diagnostics.Fix{{Title: "Change to " + near, Edits: map[text.Path][]text.Edit{at.Path: {{Span: at.Span, New: near}}}}}
	}
	r.diags = append(r.diags, d)
}

// builderArgs reads ('sql_name', { mode, enum, length }), ({ … }), ('sql_name') or ().
func (r *reader) builderArgs(c *Column, call syntax.Node, modes []string) {
	options := r.value(call.Child(0))
	if options.Valid() && options.Kind() != syntax.Object {
		c.Name = r.str(options, "the column's SQL name")
		options = r.value(call.Child(1))
	}
	if !options.Valid() {
		return
	}
	known := &keys{known: []string{"mode"}}
	if c.Builder == "text" {
		known.known = []string{"mode", "enum", "length"}
	}
	o := r.object(options, c.Builder+"(…)", known)
	c.Mode = o.str("mode")
	if m, ok := c.Mode.Get(); ok && !slices.Contains(modes, m) {
		r.report(WrongValue, r.file.Place(c.Mode.At), "Expected one of: "+strings.Join(modes, ", ")+".", "%s has no mode %q.", c.Builder, m)
		c.Mode.State = Invalid
	}
	if list := o.columns("enum"); list != nil {
		c.Enum = list.Items
	}
	c.Length = int(o.num("length").Or(0))
}

func (o *object) columns(key string) *Columns {
	if o == nil {
		return nil
	}
	return o.r.columns(o, key)
}

func (r *reader) modifier(c *Column, call syntax.Node) {
	method := call.Callee()
	switch method.Name() {
	case "notNull":
		c.NotNull = true
	case "primaryKey":
		c.PrimaryKey = true
		if call.Child(0).Valid() {
			o := r.object(call.Child(0), "primaryKey(…)", &keys{known: []string{"autoIncrement", "onConflict"}})
			c.AutoInc = o.bool("autoIncrement").Or(false)
		}
	case "unique":
		c.Unique = true
		if call.Child(0).Valid() {
			c.UniqueName = r.str(call.Child(0), "the constraint's name").V
		}
	case "default":
		c.Default = r.defaultValue(r.value(call.Child(0)))
	case "references":
		c.References = r.reference(call)
	default:
		if slices.Contains(laterModifiers, method.Name()) {
			r.report(NotSupported, namePlace(method), "", ".%s() is part of Drizzle, but this version does not emit it.", method.Name())
		} else if method.Name() != "" {
			r.unknown(namePlace(method), "."+method.Name()+"()", "is no column modifier that qbls knows", modifiers)
		}
	}
}

func (r *reader) defaultValue(n syntax.Node) *Default {
	if sql, ok := sqlText(n); ok {
		return &Default{SQL: sql, At: r.at(n)}
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

// reference reads .references(() => table.column, { onDelete, onUpdate }).
func (r *reader) reference(call syntax.Node) *Reference {
	lambda := call.Child(0).Inner()
	if lambda.Kind() != syntax.Lambda {
		r.wrong(lambda, "references", "an arrow function: () => table.column")
		return nil
	}
	body := r.body(lambda)
	if body.Kind() != syntax.Member || body.Operand().Kind() != syntax.Ident {
		r.report(NotReadable, place(lambda), "Write () => table.column.", "The column that this key refers to cannot be read.")
		return nil
	}
	ref := &Reference{Binding: body.Operand().Name(), Column: body.Name(), At: r.anchor(place(lambda))}
	if call.Child(1).Valid() {
		o := r.object(call.Child(1), "references(…)", &keys{known: []string{"onDelete", "onUpdate"}})
		ref.OnDelete, ref.OnUpdate = o.str("onDelete").V, o.str("onUpdate").V
	}
	return ref
}

// body parses the expression body of an arrow function; the nodes' spans are those of the file.
func (r *reader) body(lambda syntax.Node) syntax.Node {
	span := lambda.Body()
	source := textOf(lambda)
	if int(span.End) > len(source) || span.Start >= span.End || source[span.Start] == '{' {
		return syntax.Node{}
	}
	padded := strings.Repeat(" ", int(span.Start)) + source[span.Start:span.End]
	for n := range syntax.Parse(text.NewFile(lambda.Tree().File().Path, padded)).Root().Children() {
		return n.Value().Inner()
	}
	return syntax.Node{}
}

var indexFuncs = []string{"index", "uniqueIndex", "unique", "primaryKey"}

// indexes reads the third argument of a table: (t) => [index('x').on(t.a)], or the older object form.
func (r *reader) indexes(lambda syntax.Node) []*Index {
	if lambda.Kind() != syntax.Lambda {
		r.wrong(lambda, "the table's third argument", "an arrow function that returns a list of indexes")
		return nil
	}
	body := r.body(lambda)
	if body.Kind() != syntax.Array && body.Kind() != syntax.Object {
		r.report(NotReadable, place(lambda), "Write (t) => [index('name').on(t.column)].", "The table's indexes cannot be read.")
		return nil
	}
	var out []*Index
	for n := range body.Children() {
		if n.Kind() == syntax.Property {
			n = n.Value()
		}
		if i := r.index(n.Inner()); i != nil {
			out = append(out, i)
		}
	}
	return out
}

func (r *reader) index(n syntax.Node) *Index {
	calls, ok := chain(n)
	if !ok {
		r.wrong(n, "an index", "a call such as index('name').on(t.column)")
		return nil
	}
	kind := r.global(calls[0].Callee().Name())
	i := &Index{Kind: kind, At: r.at(n)}
	if !slices.Contains(indexFuncs, kind) {
		r.report(NotSupported, place(calls[0].Callee()), "", "%s in a table's third argument is not emitted by this version.", kind)
		return nil
	}
	if kind == "primaryKey" {
		o := r.object(calls[0].Child(0), "primaryKey(…)", &keys{known: []string{"columns", "name"}})
		i.Name = o.str("name").V
		for c := range o.value("columns").Inner().Children() {
			i.Columns = append(i.Columns, r.indexColumn(c.Inner())...)
		}
		return i
	}
	if calls[0].Child(0).Valid() {
		i.Name = r.str(calls[0].Child(0), "the index's name").V
	}
	for _, call := range calls[1:] {
		switch call.Callee().Name() {
		case "on":
			for c := range call.Children() {
				{
					i.Columns = append(i.Columns, r.indexColumn(c.Inner())...)
				}
			}
		case "where":
			where, ok := sqlText(call.Child(0).Inner())
			if !ok {
				r.report(NotReadable, place(call.Child(0)), "Write sql`…` without holes.", "The condition of the partial index cannot be read.")
			}
			i.Where = where
		default:
			r.unknown(namePlace(call.Callee()), "."+call.Callee().Name()+"()", "is nothing that an index has", []string{"on", "where"})
		}
	}
	return i
}

func (r *reader) indexColumn(n syntax.Node) []Name {
	if n.Kind() == syntax.Member && n.Operand().Kind() == syntax.Ident {
		return []Name{{n.Name(), r.anchor(namePlace(n))}}
	}
	r.wrong(n, "an index", "columns of the table, such as t.name")
	return nil
}
