package definition

import (
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// source is where a name that is called comes from.
type source struct {
	name    string  // as its module exports it
	dialect Dialect // of drizzle's modules; "" otherwise
	api     bool    // of the definition API
	free    bool    // neither imported nor declared: a fragment, or the parameter of a function
}

// source resolves the name of a call in the module where it is written: text, t.text of a namespace, q.text. ok is false for names
// that mean something else there: then only running the code could tell what the call makes.
func (r *reader) source(callee syntax.Node) (source, bool) {
	switch callee = callee.Inner(); callee.Kind() {
	case syntax.Ident:
		return r.sourceOf(callee.Tree(), callee.Name(), callee.Name())
	case syntax.Member:
		base := callee.Operand().Inner()
		if base.Kind() != syntax.Ident {
			return source{}, false
		}
		if base.Name() == r.parameter {
			return source{name: callee.Name(), free: true}, true
		}
		s, ok := r.sourceOf(base.Tree(), base.Name(), "q")
		switch {
		case !ok:
		case s.name == "q" && (s.api || s.free && base.Name() == "q"):
			return source{name: callee.Name(), api: true}, true
		case s.name == "*" && s.dialect != "":
			return source{name: callee.Name(), dialect: s.dialect}, true
		}
	}
	return source{}, false
}

func (r *reader) sourceOf(t *syntax.Tree, local, as string) (source, bool) {
	if t == nil {
		return source{}, false
	}
	m := r.module(t)
	for n := range m.tree.Root().Children() {
		if n.Kind() != syntax.Import {
			continue
		}
		for b := range n.Children() {
			if b.Kind() == syntax.ImportName && b.Name() == local {
				dialect, drizzle := coreModules[n.Module()]
				drizzle = drizzle || n.Module() == "drizzle-orm"
				return source{name: b.Imported(), dialect: dialect, api: IsAPI(n.Module())}, drizzle || IsAPI(n.Module())
			}
		}
	}
	if m.bindings[local].Valid() {
		return source{}, false
	}
	return source{name: as, free: true}, true
}

// tableCall returns n when it is a call of a table function, else an invalid node.
func (r *reader) tableCall(n syntax.Node) syntax.Node {
	if n.Kind() != syntax.Call {
		return syntax.Node{}
	}
	s, ok := r.source(n.Callee())
	switch {
	case !ok:
		return syntax.Node{}
	case s.api && s.name == "table" && n.Callee().Kind() == syntax.Member:
		return n
	case tableFuncs[s.name] != "" && (s.free || s.dialect != "") && (s.dialect == "" || s.dialect == tableFuncs[s.name]):
		return n
	}
	return syntax.Node{}
}

// beside reads what stands beside tables: relations, which are kept with their place alone, and what is not read.
func (r *reader) beside(declaration, n syntax.Node) {
	if n.Kind() == syntax.Call {
		if s, ok := r.source(n.Callee()); ok && !s.api && s.name == "relations" {
			r.file.Related = append(r.file.Related, Name{declaration.Name(), r.anchor(namePlace(declaration))})
			return
		}
	}
	r.unread(n)
}

// unread reports what makes tables in a way that is not read. Skipped in silence, it would be a table without its policy.
func (r *reader) unread(n syntax.Node) {
	if n.Kind() != syntax.Call {
		return
	}
	first, _, ok := links(n)
	if !ok {
		return
	}
	callee := first.Callee()
	s, ok := r.source(callee)
	if what := makers[s.name]; ok && what != "" && s.dialect != "" && s.name != "customType" {
		r.report(NotSupported, nameOf(callee), "", "%s are part of Drizzle, but this version does not emit them.", what)
		return
	}
	if base := callee.Inner(); base.Kind() == syntax.Ident || base.Kind() == syntax.Member && base.Operand().Kind() == syntax.Ident {
		name := base
		if base.Kind() == syntax.Member {
			name = base.Operand()
		}
		if made := r.maker(name); made != "" && made != "customType" && (base.Kind() == syntax.Ident || base.Name() == "table" || base.Name() == "view" || base.Name() == "materializedView") {
			r.report(NotSupported, nameOf(callee), "", "%s are part of Drizzle, but this version does not emit them.", makers[made])
		}
	}
}

// maker is the function of drizzle-orm that made a constant ("pgSchema"), or "".
func (r *reader) maker(name syntax.Node) string {
	m, local := r.module(name.Tree()), name.Name()
	if !m.bindings[local].Valid() { // home would not follow it: it is called methods on
		if m, local = r.importOf(m, local); m == nil {
			return ""
		}
	}
	call := m.bindings[local].Value().Inner()
	if call.Kind() != syntax.Call {
		return ""
	}
	if s, ok := r.source(call.Callee()); ok && !s.api && (makers[s.name] != "" || s.name == "pgEnum") {
		return s.name
	}
	return ""
}

// importOf finds the module that declares an imported name, whatever is done with it here.
func (r *reader) importOf(m *module, local string) (*module, string) {
	for n := range m.tree.Root().Children() {
		if n.Kind() != syntax.Import {
			continue
		}
		for b := range n.Children() {
			if b.Name() == local && b.Imported() != "*" && b.Imported() != "default" {
				return r.exportOf(m.tree.File().Path, n.Module(), b.Imported(), 1)
			}
		}
	}
	return nil, local
}

// nameOf is the place of a callee's name: of the method, where it is one.
func nameOf(callee syntax.Node) text.Place {
	if callee.Kind() == syntax.Member {
		return namePlace(callee)
	}
	return place(callee)
}

func (r *reader) table(declaration, call syntax.Node) *Table {
	t := &Table{Binding: declaration.Name(), At: r.anchor(namePlace(declaration)), Export: declaration.Has(syntax.Exported), Dialect: SQLite}
	s, _ := r.source(call.Callee())
	t.Q = s.api
	if !t.Q {
		t.Dialect = tableFuncs[s.name]
	}
	if call.Child(0).Valid() {
		t.Name = r.str(call.Child(0), "the table's name")
	}
	if t.Dialect != SQLite {
		r.report(NotSupported, nameOf(call.Callee()), "Use sqliteTable of drizzle-orm/sqlite-core.", "%s tables are part of the definition language, but this version emits SQLite only.", t.Dialect)
	}
	r.dialect = t.Dialect
	defer func() { r.dialect, r.parameter, r.keys, r.computed = "", "", nil, nil }()
	columns := r.value(call.Child(1))
	if columns.Kind() == syntax.Lambda { // (t) => ({ id: t.integer() })
		r.parameter = parameter(columns)
		body := r.returned(columns)
		if !body.Valid() {
			r.gap(columns, "the table's columns")
			return t
		}
		columns = body
	}
	r.object(columns, "the table's columns", nil).each(func(name Name, p syntax.Node) {
		r.keys = append(r.keys, name.Text)
		t.Columns = slices.DeleteFunc(t.Columns, func(c *Column) bool { return c.Key.Text == name.Text }) // the last one wins, as in JavaScript
		if c := r.column(name, p.Value()); c != nil {
			t.Columns = append(t.Columns, c)
		} else {
			t.Unread = append(t.Unread, name)
		}
	})
	r.generated(t)
	if extra := call.Child(2); extra.Valid() {
		r.parts(t, extra.Inner())
	}
	r.surplus(call, 3, "A table")
	return t
}

// surplus reports arguments that nothing reads.
func (r *reader) surplus(call syntax.Node, most int, what string) {
	if extra := call.Child(most); extra.Valid() && extra.Kind() != syntax.Missing {
		r.report(WrongValue, place(extra), "Remove it.", "%s takes no argument here.", what)
	}
}

// parameter is the name of a function's first parameter, "" when it is taken apart or has none.
func parameter(lambda syntax.Node) string {
	head := textOf(lambda)[lambda.Span().Start:lambda.Body().Start]
	if open := strings.IndexByte(head, '('); open >= 0 {
		head = head[open+1:]
	}
	head = strings.TrimLeft(strings.TrimPrefix(strings.TrimSpace(head), "async "), " \t\r\n")
	end := strings.IndexFunc(head, func(c rune) bool {
		return c != '_' && c != '$' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z')
	})
	if end <= 0 {
		return ""
	}
	return head[:end]
}

// body parses the expression body of an arrow function; the nodes' spans are those of the file.
func (r *reader) body(lambda syntax.Node) syntax.Node {
	span := lambda.Body()
	source := textOf(lambda)
	if int(span.End) > len(source) || span.Start >= span.End || source[span.Start] == '{' {
		return syntax.Node{}
	}
	return r.parse(lambda, span)
}

// returned is what a function returns: its expression, or that of a block which does nothing else.
func (r *reader) returned(lambda syntax.Node) syntax.Node {
	span, source := lambda.Body(), textOf(lambda)
	if int(span.End) > len(source) || span.End-span.Start < 2 || source[span.Start] != '{' {
		return r.body(lambda)
	}
	inside := text.Span{Start: span.Start + 1, End: span.End - 1}
	block := source[inside.Start:inside.End]
	blank := len(block) - len(strings.TrimLeft(block, " \t\r\n"))
	rest, ok := strings.CutPrefix(block[blank:], "return")
	if !ok || rest == "" || !strings.ContainsRune(" \t([{", rune(rest[0])) {
		return syntax.Node{}
	}
	inside.Start += int32(blank + len("return"))
	if line, _, _ := strings.Cut(rest, "\n"); strings.TrimSpace(line) == "" {
		return syntax.Node{} // `return` at the end of a line returns nothing
	}
	return r.parse(lambda, inside)
}

// parse parses a part of a node's file that is one expression; invalid when it is more.
func (r *reader) parse(n syntax.Node, span text.Span) (found syntax.Node) {
	r.module(n.Tree()) // the names of the expression are those of the whole file
	count := 0
	for s := range syntax.ParsePart(n.Tree().File(), span).Root().Children() {
		if count++; s.Kind() == syntax.ExprStmt {
			found = s.Value().Inner()
		}
	}
	if count != 1 {
		return syntax.Node{}
	}
	return found
}

// links splits a.b(…).c(…) into its calls: the first one, and the methods called on it in turn. ok is false when it does not begin with a
// call of a name or of a name's member.
func links(n syntax.Node) (first syntax.Node, methods []syntax.Node, ok bool) {
	for n.Kind() == syntax.Call {
		callee := n.Callee().Inner()
		if callee.Kind() == syntax.Member {
			if operand := callee.Operand().Inner(); operand.Kind() == syntax.Call {
				methods = append(methods, n)
				n = operand
				continue
			}
		}
		slices.Reverse(methods)
		return n, methods, callee.Kind() == syntax.Ident || callee.Kind() == syntax.Member && callee.Operand().Inner().Kind() == syntax.Ident
	}
	return syntax.Node{}, nil, false
}

func (r *reader) unknown(at text.Place, name, what string, known []string) {
	help := "Known: " + strings.Join(known, ", ") + "."
	d := diagnostics.Diagnostic{Rule: UnknownColumnType, At: at, Message: name + " " + what + ".", Help: help}
	if near, ok := diagnostics.Nearest(strings.Trim(name, ".()"), slices.Values(known)); ok {
		d.Help = "Did you mean " + near + "?"
		sure, certain := diagnostics.Sure(strings.Trim(name, ".()"), slices.Values(known))
		modifier := strings.HasPrefix(name, ".") // a builder has to be imported by its right name as well
		d.Fixes = []diagnostics.Fix{{Title: "Change to " + near, Safe: modifier && certain && sure == near, Edits: map[text.Path][]text.Edit{at.Path: {{Span: at.Span, New: near}}}}}
	}
	if used, ok := r.file.Via(at); ok {
		d.Related = []diagnostics.Related{{At: used, Message: "used here"}}
	}
	r.diags = append(r.diags, d)
}

// among reports a value that is not in a list, with the nearest one.
func (r *reader) among(v *Value[string], what string, list []string) {
	s, ok := v.Get()
	if !ok || slices.Contains(list, s) {
		return
	}
	at := r.file.Place(v.At)
	help := "Expected one of: " + strings.Join(list, ", ") + "."
	if near, ok := diagnostics.Nearest(s, slices.Values(list)); ok {
		help = "Did you mean " + near + "? " + help
	}
	r.report(WrongValue, at, help, "%s %q.", what, s)
	v.State = Invalid
}

// forget reads something of which nothing is kept, and drops its anchors: they are ordinals that files of one shape share, so what the shape
// does not hold must not count.
func (r *reader) forget(read func()) {
	places, gaps := len(r.file.Places.reading), len(r.file.Gaps)
	read()
	if len(r.file.Gaps) == gaps {
		r.file.Places.reading = r.file.Places.reading[:places]
	}
}

// byName sorts the methods of a chain, so that their order changes neither the shape nor the anchors. A repeated one stays behind the first.
func byName(methods []syntax.Node) {
	slices.SortStableFunc(methods, func(a, b syntax.Node) int {
		return strings.Compare(a.Callee().Inner().Name(), b.Callee().Inner().Name())
	})
}

// unemitted reports a part of Drizzle that SQLite backends do not have yet. A table of another dialect is answered once, as a whole.
func (r *reader) unemitted(at text.Place, help, format string, args ...any) {
	if r.dialect == SQLite || r.dialect == "" {
		r.report(NotSupported, at, help, format, args...)
	}
}

func sorted[V any](m map[string]V, keep func(string, V) bool) []string {
	out := make([]string, 0, len(m))
	for k, v := range m {
		if keep == nil || keep(k, v) {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}

func speaks(dialects []Dialect, d Dialect) bool {
	return dialects == nil || slices.Contains(dialects, d)
}

func (o *object) columns(key string) *Columns {
	if o == nil {
		return nil
	}
	return o.r.columns(o, key)
}
