package definition

import (
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics/text"
)

// memberOf finds the module that declares roles.staff, where roles is a whole module: import * as roles, export * as roles.
func (r *reader) memberOf(n syntax.Node, depth int) (*module, string) {
	base := n.Operand().Inner()
	if base.Kind() != syntax.Ident || depth > maxFollow {
		return nil, ""
	}
	m := r.module(r.written(base.Tree()))
	if m.bindings[base.Name()].Valid() {
		return nil, ""
	}
	for i := range m.tree.Root().Children() {
		if i.Kind() != syntax.Import {
			continue
		}
		for b := range i.Children() {
			if b.Name() != base.Name() || r.changes(m, base.Name()) {
				continue
			}
			target := r.project.Resolve(m.tree.File().Path, i.Module())
			if b.Imported() != "*" {
				target = r.namespace(target, b.Imported(), depth+1)
			}
			return r.exportIn(target, n.Name(), depth+1)
		}
	}
	return nil, ""
}

// namespace is the module that another one exports as a whole under a name, "" when the name means something else.
func (r *reader) namespace(in text.Path, name string, depth int) text.Path {
	if in == "" || depth > maxFollow {
		return ""
	}
	t := r.project.Tree(in)
	if t == nil {
		return ""
	}
	if r.module(t).bindings[name].Valid() {
		return ""
	}
	for n := range t.Root().Children() {
		if n.Kind() != syntax.ExportFrom || n.Module() == "" {
			continue
		}
		target := r.project.Resolve(in, n.Module())
		for e := range n.Children() {
			switch whole := e.Imported() == "*"; {
			case whole && e.Name() == name:
				return target
			case whole && e.Name() == "":
				if found := r.namespace(target, name, depth+1); found != "" {
					return found
				}
			case e.Name() == name:
				return r.namespace(target, e.Imported(), depth+1)
			}
		}
	}
	return ""
}
