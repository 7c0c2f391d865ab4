package definition

import (
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics"
)

// parts reads the third argument of a table: (t) => [index('x').on(t.a)], or the older object form.
func (r *reader) parts(t *Table, lambda syntax.Node) {
	if lambda.Kind() == syntax.Missing {
		return
	}
	body := lambda
	if made, ok := r.settled(lambda); ok {
		body = made
	}
	switch {
	case r.evaluated(body) && (body.Kind() == syntax.Array || body.Kind() == syntax.Object): // what the function gave
	case body.Kind() != syntax.Lambda:
		r.wrong(lambda, "the table's third argument", "an arrow function that returns a list of indexes")
		return
	default:
		r.parameter = parameter(lambda)
		defer func() { r.parameter = "" }()
		body = r.returned(lambda)
	}
	var list []syntax.Node
	switch body.Kind() {
	case syntax.Array:
		list = r.elements(body)
	case syntax.Object:
		if o := r.object(body, "the table's third argument", nil); o != nil {
			for _, p := range o.props {
				list = append(list, r.value(p.Value()))
			}
		}
	default:
		if v := r.value(body); body.Valid() && v.Kind() == syntax.Array {
			list = r.elements(v)
			break
		}
		r.gap(lambda, "the table's indexes")
		return
	}
	for _, n := range list {
		if n.Kind() != syntax.Missing {
			r.part(t, n)
		}
	}
}

func (r *reader) part(t *Table, n syntax.Node) {
	first, methods, ok := links(n)
	if !ok {
		r.wrong(n, "an index", "a call such as index('name').on(t.column)")
		return
	}
	callee := first.Callee().Inner()
	s, ok := r.source(callee)
	if !ok || s.api {
		r.gap(n, "what "+callee.Name()+" adds to the table")
		return
	}
	dialects, known := tableParts[s.name]
	if !known || !speaks(dialects, t.Dialect) {
		r.unknown(nameOf(callee), callee.Name(), "is nothing that a table's third argument takes", sorted(tableParts, func(_ string, d []Dialect) bool { return speaks(d, t.Dialect) }))
		return
	}
	for _, call := range methods {
		if d, ok := indexMethods[s.name][call.Callee().Inner().Name()]; !ok || !speaks(d, t.Dialect) {
			r.unknown(methodPlace(call), "."+call.Callee().Inner().Name()+"()", "is nothing that "+s.name+" has",
				sorted(indexMethods[s.name], func(_ string, d []Dialect) bool { return speaks(d, t.Dialect) }))
			return
		}
	}
	switch s.name {
	case "check":
		r.check(t, n, first)
	case "foreignKey":
		r.foreignKey(t, n, first, methods)
	case "primaryKey":
		r.compositeKey(t, n, first)
	case "pgPolicy":
	default:
		r.index(t, s.name, n, first, methods)
	}
}

func (r *reader) index(t *Table, kind string, n, first syntax.Node, methods []syntax.Node) {
	i := &Index{Kind: kind, At: r.at(n)}
	if first.Child(0).Valid() {
		r.forget(func() { i.Name = r.str(first.Child(0), "the index's name").V })
	}
	r.surplus(first, 1, kind+"(…)")
	on := false
	for _, call := range methods {
		switch name := call.Callee().Inner().Name(); {
		case name == "on" || name == "onOnly" || name == "using" && t.Dialect == Postgres:
			on = true
			skip := name == "using"
			for c := range call.Children() {
				if skip {
					r.forget(func() { r.str(c, "the index's method") })
					skip = false
					continue
				}
				r.indexPart(t, i, c.Inner())
			}
		case name == "where":
			i.Where, _ = r.sql(t, call.Child(0).Inner(), "The condition of the partial index")
		}
	}
	if !on || len(i.Columns) == 0 && len(i.Parts) == 0 && t.Dialect == SQLite {
		if !on {
			r.report(WrongValue, place(n), "Add .on(t.column).", "%s names no columns.", kind)
		}
		return
	}
	t.Indexes = append(t.Indexes, i)
}

// indexPart reads t.name, desc(t.name), sql`lower(${t.name})`; of PostgreSQL t.name.desc().nullsFirst().op('…').
func (r *reader) indexPart(t *Table, i *Index, n syntax.Node) {
	if made, ok := r.settled(n); ok {
		n = made
	}
	add := func(part SQL, expression bool) {
		if expression && i.Parts == nil {
			i.Parts = []SQL{}
			for _, c := range i.Columns {
				i.Parts = append(i.Parts, SQL{Text: []string{"", ""}, Columns: []Name{c}})
			}
		}
		if i.Parts != nil {
			i.Parts = append(i.Parts, part)
		}
		i.Columns = append(i.Columns, part.Columns...)
	}
	if name, ok := r.ownColumn(t, n); ok {
		add(SQL{Text: []string{"", ""}, Columns: []Name{name}}, false)
		return
	}
	switch n.Kind() {
	case syntax.Missing:
	case syntax.Tagged:
		if part, ok := r.sql(t, n, "The index's expression"); ok {
			add(part, true)
		}
	case syntax.Call:
		if name, descending, ok := r.ordered(t, n); ok && descending {
			add(SQL{Text: []string{"", " desc"}, Columns: []Name{name}}, true)
		} else if ok {
			add(SQL{Text: []string{"", ""}, Columns: []Name{name}}, false)
		}
	default:
		r.wrong(n, "an index", "columns of the table, such as t.name")
	}
}

// ordered reads desc(t.name), and t.name.desc().nullsFirst().op('…') of PostgreSQL.
func (r *reader) ordered(t *Table, call syntax.Node) (name Name, descending, ok bool) {
	callee := call.Callee().Inner()
	if s, found := r.source(callee); found && !s.api && (s.name == "asc" || s.name == "desc") && callee.Kind() == syntax.Ident {
		if name, ok = r.ownColumn(t, call.Child(0).Inner()); ok {
			return name, s.name == "desc", true
		}
	}
	for n := call; n.Kind() == syntax.Call && t.Dialect == Postgres; {
		callee := n.Callee().Inner()
		if callee.Kind() != syntax.Member || !slices.Contains([]string{"asc", "desc", "nullsFirst", "nullsLast", "op"}, callee.Name()) {
			break
		}
		n = callee.Operand().Inner()
		descending = descending || callee.Name() == "desc"
		if name, ok = r.ownColumn(t, n); ok {
			return name, descending, true
		}
	}
	r.wrong(call, "an index", "columns of the table, such as t.name")
	return Name{}, false, false
}

// ownColumn reads a column of the table itself: t.name, or things.name.
func (r *reader) ownColumn(t *Table, n syntax.Node) (Name, bool) {
	if n.Kind() != syntax.Member || n.Operand().Inner().Kind() != syntax.Ident {
		return Name{}, false
	}
	if base := n.Operand().Inner().Name(); base != r.parameter && base != t.Binding {
		return Name{}, false
	}
	return Name{n.Name(), r.anchor(namePlace(n))}, true
}

// declaredColumn is ownColumn of one that the table declares; any other is reported. (Of indexes, the reference rules say so.)
func (r *reader) declaredColumn(t *Table, n syntax.Node) (Name, bool) {
	name, ok := r.ownColumn(t, n)
	if ok && !slices.Contains(r.keys, name.Text) {
		help := "Known: " + strings.Join(r.keys, ", ") + "."
		if near, found := diagnostics.Nearest(name.Text, slices.Values(r.keys)); found {
			help = "Did you mean " + near + "?"
		}
		r.report(WrongValue, namePlace(n), help, "The table has no column %s.", name.Text)
		return Name{}, true
	}
	return name, ok
}

// sql reads sql`…` whose holes are columns of the table.
func (r *reader) sql(t *Table, n syntax.Node, what string) (SQL, bool) {
	if s, ok := sqlText(n); ok {
		return SQL{Text: []string{s}}, true
	}
	if made, ok := r.settled(n); ok {
		n = made
		if s, ok := sqlText(n); ok {
			return SQL{Text: []string{s}}, true
		}
	}
	refuse := func() (SQL, bool) {
		r.file.Gaps = append(r.file.Gaps, Gap{r.at(n), what})
		r.report(NotReadable, place(n), "Write sql`…` with no holes but columns of the table.", "%s cannot be read.", what)
		return SQL{}, false
	}
	if n.Kind() != syntax.Tagged || n.Child(0).Name() != "sql" {
		return refuse()
	}
	var out SQL
	template := n.Child(1)
	source, at := textOf(n), template.Span().Start+1
	for hole := range template.Children() {
		name, ok := r.declaredColumn(t, hole.Inner())
		text := source[at:hole.Span().Start]
		start := lastHole(text)
		if !ok || start < 0 {
			return refuse()
		}
		out.Text, out.Columns = append(out.Text, text[:start]), append(out.Columns, name)
		at = hole.Span().End
		for int(at) < len(source) && source[at] != '}' {
			at++
		}
		at++
	}
	if at > template.Span().End-1 {
		return refuse()
	}
	out.Text = append(out.Text, source[at:template.Span().End-1])
	for _, s := range out.Text {
		if slices.Contains([]byte(s), '\\') {
			return refuse() // an escape means other text than is written
		}
	}
	return out, true
}

// lastHole is where the ${ before a hole's expression begins, -1 when something else stands there.
func lastHole(text string) int {
	end := len(text)
	for end > 0 && (text[end-1] == ' ' || text[end-1] == '(' || text[end-1] == '\n' || text[end-1] == '\t') {
		end--
	}
	if end < 2 || text[end-2:end] != "${" {
		return -1
	}
	return end - 2
}

func (r *reader) check(t *Table, n, call syntax.Node) {
	c := &Check{At: r.at(n)}
	r.forget(func() { c.Name = r.str(call.Child(0), "the check's name").V })
	sql, ok := r.sql(t, call.Child(1).Inner(), "The check's condition")
	r.surplus(call, 2, "check(…)")
	if c.SQL = sql; ok && c.Name != "" {
		t.Checks = append(t.Checks, c)
	}
}

// columnList reads [t.a, t.b].
func (r *reader) columnList(t *Table, list syntax.Node) (out []Name) {
	if list = r.value(list); list.Kind() != syntax.Array {
		r.wrong(list, "columns", "a list of columns of the table, such as [t.name]")
		return nil
	}
	for _, n := range r.elements(list) {
		if name, ok := r.declaredColumn(t, n); ok {
			out = append(out, name)
		} else {
			r.wrong(n, "columns", "columns of the table, such as t.name")
		}
	}
	return out
}

// compositeKey reads primaryKey({ columns: [t.a, t.b] }), or the older primaryKey(t.a, t.b).
func (r *reader) compositeKey(t *Table, n, call syntax.Node) {
	i := &Index{Kind: "primaryKey", At: r.at(n)}
	if first := r.value(call.Child(0)); first.Kind() == syntax.Object {
		o := r.object(first, "primaryKey(…)", &keys{known: []string{"columns", "name"}})
		r.forget(func() { i.Name = o.str("name").V })
		if o.has("columns") {
			i.Columns = r.columnList(t, o.value("columns"))
		}
		r.surplus(call, 1, "primaryKey(…)")
	} else {
		for c := range call.Children() {
			if name, ok := r.ownColumn(t, c.Inner()); ok {
				i.Columns = append(i.Columns, name)
			} else {
				r.wrong(c.Inner(), "primaryKey", "columns of the table, such as t.name")
			}
		}
	}
	if len(i.Columns) > 0 {
		t.Indexes = append(t.Indexes, i)
	}
}

// foreignKey reads foreignKey({ columns: [t.a], foreignColumns: [other.id] }).onDelete('cascade'). One column is the same as its
// .references().
func (r *reader) foreignKey(t *Table, n, call syntax.Node, methods []syntax.Node) {
	config := r.value(call.Child(0))
	if config.Kind() == syntax.Lambda {
		if body := r.returned(config); body.Kind() == syntax.Object {
			config = body
		} else {
			r.gap(config, "which columns this key refers to")
			return
		}
	}
	o := r.object(config, "foreignKey(…)", &keys{known: []string{"columns", "foreignColumns", "name"}})
	if o == nil {
		if config.Kind() != syntax.Missing {
			return
		}
		r.gap(n, "which columns this key refers to")
		return
	}
	columns := r.columnList(t, o.value("columns"))
	var targets []Reference
	for _, f := range r.elements(r.value(o.value("foreignColumns"))) {
		base := f.Operand().Inner()
		if f.Kind() != syntax.Member || base.Kind() != syntax.Ident {
			r.wrong(f, "foreignColumns", "columns of a table, such as other.id")
			return
		}
		ref := Reference{Binding: base.Name(), Column: f.Name(), At: r.at(n)}
		if ref.Binding == r.parameter {
			ref.Binding = t.Binding
		}
		targets = append(targets, ref)
	}
	if len(columns) == 0 || len(columns) != len(targets) {
		r.report(WrongValue, place(n), "Write foreignKey({ columns: [t.a], foreignColumns: [other.id] }).", "A foreign key needs as many columns as foreignColumns.")
		return
	}
	ref := targets[0]
	for _, m := range methods {
		action := r.referenceAction(r.str(m.Child(0), "."+m.Callee().Inner().Name()+"()"))
		if m.Callee().Inner().Name() == "onDelete" {
			ref.OnDelete = action
		} else {
			ref.OnUpdate = action
		}
	}
	if len(columns) > 1 {
		r.compositeReference(t, o, columns, targets, ref)
		return
	}
	for _, c := range t.Columns {
		if c.Key.Text == columns[0].Text {
			if c.References != nil {
				r.report(WrongValue, place(n), "Keep one of the two.", "%s has a foreign key already.", c.Key.Text)
				return
			}
			c.References = &ref
		}
	}
}

// compositeReference adds a foreign key of several columns.
func (r *reader) compositeReference(t *Table, o *object, columns []Name, targets []Reference, rule Reference) {
	f := &CompositeReference{Columns: columns, Binding: rule.Binding, OnDelete: rule.OnDelete, OnUpdate: rule.OnUpdate, At: rule.At}
	r.forget(func() { f.Name = o.str("name").V })
	for _, target := range targets {
		if target.Binding != rule.Binding {
			r.report(WrongValue, r.file.Place(rule.At), "Name columns of one table.", "A foreign key refers to one table, and this one to %s and %s.", rule.Binding, target.Binding)
			return
		}
		f.Keys = append(f.Keys, target.Column)
	}
	t.Foreign = append(t.Foreign, f)
}
