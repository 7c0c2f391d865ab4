package definition

import (
	"regexp"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics/text"
)

var actionKeys = &keys{
	known: []string{"description", "input", "access", "guard", "execute", "handler", "standalone", "type", "path", "method", "responseType", "sideEffects", "allowRawSql", "unsafe", "transition", "cms"},
}

// actions reads defineActions(table | 'table' | null, { … }).
func (r *reader) actions(call syntax.Node) *Actions {
	a := &Actions{At: r.at(call.Callee())}
	first := call.Child(0).Inner()
	switch first.Kind() {
	case syntax.Ident:
		a.Binding, a.BindingAt = first.Name(), r.at(first)
	case syntax.Null:
		a.Tableless, a.BindingAt = true, r.at(first)
		r.report(NotSupported, place(first), "Give the table that the actions belong to.", "Actions without a table are part of the definition language, but this version does not emit them.")
	case syntax.String:
		a.Binding, _ = first.Str()
		a.BindingAt = r.anchor(inside(first))
	default:
		r.wrong(first, "the first argument", "the table, its name, or null")
	}
	r.object(call.Child(1), "defineActions", nil).each(func(name Name, p syntax.Node) {
		a.Items = append(a.Items, r.action(name, r.value(p.Value())))
	})
	return a
}

func (r *reader) action(name Name, n syntax.Node) *Action {
	a := &Action{Name: name, At: r.at(n)}
	o := r.object(n, "An action", actionKeys)
	a.Description, a.Handler, a.Path, a.Method = o.str("description"), o.str("handler"), o.str("path"), o.str("method")
	a.ResponseType, a.SideEffects = o.str("responseType"), o.str("sideEffects")
	a.Standalone, a.AllowRawSQL = o.bool("standalone"), o.bool("allowRawSql")
	if kind := o.str("type"); kind.State == Known {
		switch kind.V {
		case "standalone", "record":
			a.Standalone = Value[bool]{Known, kind.V == "standalone", kind.At}
		default:
			r.report(WrongValue, r.file.Place(kind.At), "Expected 'record' or 'standalone'.", "%q is no type of action.", kind.V)
		}
	}
	a.Access = r.accessOf(o)
	if p, ok := o.prop("guard"); ok && a.Access == nil { // the oldest name of access
		access := r.access(p.Value())
		a.Access = &access
	}
	if p, ok := o.prop("input"); ok {
		a.Input = r.input(p.Value().Inner())
	}
	if p, ok := o.prop("execute"); ok {
		at := r.anchor(namePlace(p))
		a.Execute = &at
		a.RawSQL = r.rawSQL(p.Value().Inner())
		a.Writes = r.writes(p.Value().Inner())
	}
	for key, to := range map[string]**text.Anchor{"unsafe": &a.Unsafe, "transition": &a.Transition} {
		if p, ok := o.prop(key); ok {
			if b, isBool := p.Value().Inner().Bool(); isBool && !b {
				continue
			}
			at := r.anchor(namePlace(p))
			*to = &at
		}
	}
	return a
}

var rawMethods = []string{"execute", "run", "all", "get", "values"}
var databases = []string{"db", "rawDb", "tx", "unsafeDb"}

// rawSQL finds raw SQL in a function's body: sql.raw(…), db.execute(…) and their like (language.md, Views, actions).
func (r *reader) rawSQL(body syntax.Node) (out []RawSQL) {
	for ref := range body.Refs() {
		if !ref.Call || len(ref.Path) != 2 {
			continue
		}
		if ref.Path[0] == "sql" && ref.Path[1] == "raw" || slices.Contains(databases, ref.Path[0]) && slices.Contains(rawMethods, ref.Path[1]) {
			out = append(out, RawSQL{strings.Join(ref.Path, "."), r.anchor(spanOf(body, ref.Span))})
		}
	}
	return out
}

var updateSet = regexp.MustCompile(`\.update\(\s*(\w+)\s*\)\s*\.set\(\s*\{`)

// writes finds the columns that a visible db.update(table).set({ … }) in a body names.
func (r *reader) writes(lambda syntax.Node) (out []Name) {
	span := lambda.Body()
	source := textOf(lambda)
	if span.Start >= span.End || int(span.End) > len(source) {
		return nil
	}
	calls := map[int32]bool{} // ends of real `.update` references: not in comments or strings
	for ref := range lambda.Refs() {
		if ref.Call && ref.Path[len(ref.Path)-1] == "update" {
			calls[ref.Span.End] = true
		}
	}
	for _, m := range updateSet.FindAllStringSubmatchIndex(source[span.Start:span.End], -1) {
		if !calls[span.Start+int32(m[0])+int32(len(".update"))] {
			continue
		}
		open := int(span.Start) + m[1] - 1
		padded := strings.Repeat(" ", open-1) + "(" + source[open:span.End]
		for statement := range syntax.Parse(text.NewFile(r.path, padded)).Root().Children() {
			for p := range firstObject(statement.Value()).Children() {
				if p.Kind() == syntax.Property && !p.Has(syntax.Computed) && p.Name() != "" {
					out = append(out, Name{source[span.Start+int32(m[2]):span.Start+int32(m[3])] + "." + p.Name(), r.anchor(spanOf(lambda, p.NameSpan()))})
				}
			}
			break
		}
	}
	return out
}

// firstObject is the object literal that an expression begins with.
func firstObject(n syntax.Node) syntax.Node {
	for n.Valid() && n.Kind() != syntax.Object {
		switch {
		case n.Inner() != n:
			n = n.Inner()
		case n.Callee().Valid():
			n = n.Callee()
		case n.Operand().Valid():
			n = n.Operand()
		default:
			return syntax.Node{}
		}
	}
	return n
}
