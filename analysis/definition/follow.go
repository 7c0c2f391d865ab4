package definition

import (
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics/text"
)

// maxFollow bounds how far names are followed: deeper is a cycle, or as good as one.
const maxFollow = 24

// module is a file as a source of constants.
type module struct {
	tree     *syntax.Tree
	bindings map[string]syntax.Node // top-level declarations by name
	used     *uses                  // what the module does with its names; found when somebody asks
}

func (r *reader) module(t *syntax.Tree) *module {
	path := t.File().Path
	if m := r.modules[path]; m != nil {
		return m
	}
	m := &module{tree: t, bindings: map[string]syntax.Node{}}
	r.modules[path] = m
	for n := range t.Root().Children() {
		switch n.Kind() {
		case syntax.Var, syntax.Enum, syntax.Func:
			m.bindings[n.Name()] = n
		case syntax.ExportValue:
			m.bindings["default"] = n
		}
	}
	if _, evaluated := r.sites[path]; path != r.path && !evaluated {
		r.file.Follows = append(r.file.Follows, Follow{path, t.File().Hash})
	}
	return m
}

func (m *module) uses() uses {
	if m.used == nil {
		u := usesOf(m.tree)
		m.used = &u
	}
	return *m.used
}

// value strips wrappers and follows names to what they stand for: constants of the file and of files that it imports, members
// of constant objects and enums, Object.freeze. What static reading does not know is what it was evaluated to, or is returned as it
// is written.
func (r *reader) value(n syntax.Node) syntax.Node {
	n = n.Inner()
	if v, ok := r.settled(n); ok {
		return v
	}
	if n.Kind() != syntax.Ident && n.Kind() != syntax.Member && n.Kind() != syntax.Call {
		return n
	}
	v, ok := r.follow(n, 0)
	if !ok || v == n {
		return n
	}
	r.file.Origins = append(r.file.Origins, Origin{place(v), place(n)})
	v, _ = r.settled(v)
	return v
}

// own follows names within the file alone, without recording that.
func (r *reader) own(n syntax.Node) syntax.Node {
	for range maxFollow {
		if n.Kind() != syntax.Ident {
			break
		}
		b := r.module(r.tree).bindings[n.Name()]
		if b.Kind() != syntax.Var || !b.Has(syntax.Const) {
			break
		}
		n = b.Value().Inner()
	}
	return n
}

func (r *reader) follow(n syntax.Node, depth int) (syntax.Node, bool) {
	n = n.Inner()
	if depth > maxFollow || !n.Valid() {
		return n, false
	}
	switch n.Kind() {
	case syntax.Ident:
		return r.binding(n.Tree(), n.Name(), depth)
	case syntax.Member:
		if m, name := r.memberOf(n, depth); m != nil {
			return r.held(m, name, depth)
		}
		object, ok := r.declared(n.Operand(), depth)
		if !ok {
			return n, false
		}
		p := member(object, n.Name())
		if !p.Valid() || p.Has(syntax.Method) {
			return n, false
		}
		return r.follow(p.Value(), depth+1)
	case syntax.Call:
		callee := n.Callee()
		if callee.Kind() == syntax.Member && callee.Name() == "freeze" && callee.Operand().Name() == "Object" {
			return r.follow(n.Child(0), depth+1)
		}
		return n, false
	case syntax.Missing:
		return n, false
	}
	return n, true
}

// declared is the object or the enum that an expression stands for.
func (r *reader) declared(n syntax.Node, depth int) (syntax.Node, bool) {
	var m *module
	var name string
	switch n = n.Inner(); n.Kind() {
	case syntax.Ident:
		m, name = r.home(n.Tree(), n.Name(), depth)
	case syntax.Member:
		m, name = r.memberOf(n, depth)
	}
	if m != nil && m.bindings[name].Kind() == syntax.Enum {
		return m.bindings[name], true
	}
	v, ok := r.follow(n, depth+1)
	return v, ok && v.Kind() == syntax.Object && plain(v)
}

// member is the last property of a name, in an object or an enum.
func member(object syntax.Node, name string) (found syntax.Node) {
	for p := range object.Children() {
		if p.Kind() == syntax.Property && p.Name() == name {
			found = p
		}
	}
	return found
}

// plain says whether an object has no spreads and computed keys that could hide what a key stands for.
func plain(object syntax.Node) bool {
	for p := range object.Children() {
		if p.Kind() != syntax.Property || p.Has(syntax.Computed) {
			return false
		}
	}
	return true
}

// binding follows one name of a module. A name that anything may change stands for nothing.
func (r *reader) binding(t *syntax.Tree, name string, depth int) (syntax.Node, bool) {
	m, name := r.home(t, name, depth)
	return r.held(m, name, depth)
}

// held follows one declared name of a module, or what it exports as default.
func (r *reader) held(m *module, name string, depth int) (syntax.Node, bool) {
	if m == nil {
		return syntax.Node{}, false
	}
	b := m.bindings[name]
	if b.Kind() != syntax.ExportValue && (b.Kind() != syntax.Var || !b.Has(syntax.Const)) || !b.Value().Valid() {
		return syntax.Node{}, false
	}
	v, ok := r.follow(b.Value(), depth+1)
	if !ok || (v.Kind() == syntax.Object || v.Kind() == syntax.Array) && m.uses().touches(name, b.Value()) {
		return syntax.Node{}, false
	}
	return v, true
}

// touches says whether the module may change a list or an object that it declares.
func (u uses) touches(name string, value syntax.Node) bool {
	return u.changed[name] || u.escaped[name] && !frozen(value)
}

// frozen says whether a value is declared `as const` or given to Object.freeze.
func frozen(n syntax.Node) bool {
	for n.Kind() == syntax.Wrap {
		if n.Operator() == "const" {
			return true
		}
		n = n.Value()
	}
	return n.Kind() == syntax.Call && n.Callee().Name() == "freeze"
}

// home finds the module that declares a name, through imports and re-exports.
func (r *reader) home(t *syntax.Tree, name string, depth int) (*module, string) {
	t = r.written(t)
	m := r.module(t)
	if m.bindings[name].Valid() {
		return m, name
	}
	for n := range t.Root().Children() {
		if n.Kind() != syntax.Import {
			continue
		}
		for b := range n.Children() {
			if b.Name() == name && b.Imported() != "*" {
				if r.changes(m, name) {
					return nil, name
				}
				return r.exportOf(t.File().Path, n.Module(), b.Imported(), depth+1)
			}
		}
	}
	return nil, name
}

// changes says whether a module may change what it has imported under a name.
func (r *reader) changes(m *module, name string) bool {
	return m.uses().changed[name] || m.uses().escaped[name] && m.tree != r.tree
}

// exportOf finds the module that declares an export of another file.
func (r *reader) exportOf(from text.Path, specifier, name string, depth int) (*module, string) {
	return r.exportIn(r.project.Resolve(from, specifier), name, depth)
}

func (r *reader) exportIn(target text.Path, name string, depth int) (*module, string) {
	if target == "" || depth > maxFollow {
		return nil, name
	}
	t := r.project.Tree(target)
	if t == nil {
		return nil, name
	}
	m := r.module(t)
	if b := m.bindings[name]; b.Has(syntax.Exported) || b.Kind() == syntax.ExportValue {
		return m, name
	}
	for n := range t.Root().Children() {
		if n.Kind() != syntax.ExportFrom {
			continue
		}
		for e := range n.Children() {
			switch {
			case e.Imported() == "*" && e.Name() != "": // a namespace, which is no constant
			case e.Imported() == "*" && name != "default":
				if found, as := r.exportOf(target, n.Module(), name, depth+1); found != nil {
					return found, as
				}
			case e.Name() != name:
			case n.Module() != "":
				return r.exportOf(target, n.Module(), e.Imported(), depth+1)
			default:
				return r.home(t, e.Imported(), depth+1)
			}
		}
	}
	return nil, name
}

// elements are the elements of a list, followed, those of spread lists in their place. What cannot be followed is reported.
func (r *reader) elements(list syntax.Node) []syntax.Node {
	out := r.bench.nodes.take(list.NumChildren())
	r.spread(list, &out, 0)
	return out
}

func (r *reader) spread(list syntax.Node, out *[]syntax.Node, depth int) {
	for e := range list.Children() {
		switch {
		case e.Kind() == syntax.Spread:
			if from := r.value(e.Value()); from.Kind() == syntax.Array && depth < maxFollow {
				r.spread(from, out, depth+1)
			} else {
				r.gap(e, "what is spread here")
			}
		case e.Kind() != syntax.Missing:
			*out = append(*out, r.value(e))
		default:
			r.faults++
		}
	}
}

func textOf(n syntax.Node) string {
	if n.Tree() == nil {
		return ""
	}
	return n.Tree().File().Text
}
