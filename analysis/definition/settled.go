package definition

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// Settler is a Project that knows what some expressions are that only running the code can tell: the value at the place of a gap, as
// TypeScript that can be read. Everything that is read of it stands at that place, because the author wrote it nowhere else.
type Settler interface {
	Settled(at text.Place) (source string, ok bool)
}

// settled returns the value of an expression that was evaluated.
func (r *reader) settled(n syntax.Node) (syntax.Node, bool) {
	s, ok := r.project.(Settler)
	if !ok || !n.Valid() || len(r.sites) > 0 && r.sites[n.Tree().File().Path] != (text.Place{}) {
		return n, false
	}
	at := place(n)
	source, ok := s.Settled(at)
	if !ok {
		return n, false
	}
	name := text.Path(fmt.Sprintf("%s\x00%d-%d", at.Path, at.Span.Start, at.Span.End))
	if v, ok := r.values[name]; ok {
		return v, true
	}
	tree := syntax.Parse(text.NewFile(name, "("+source+")"))
	v := tree.Root().Child(0).Value().Inner()
	if len(tree.Diagnostics()) > 0 || !v.Valid() {
		return n, false
	}
	if r.sites == nil {
		r.sites, r.values = map[text.Path]text.Place{}, map[text.Path]syntax.Node{}
	}
	r.sites[name], r.values[name] = at, v
	return v, true
}

// evaluated says whether a node is of a value that was evaluated.
func (r *reader) evaluated(n syntax.Node) bool {
	if !n.Valid() {
		return false
	}
	_, ok := r.sites[n.Tree().File().Path]
	return ok
}

// written is the tree in which the names of an expression mean something: for a value that was evaluated, that of its place.
func (r *reader) written(t *syntax.Tree) *syntax.Tree {
	site, ok := r.sites[t.File().Path]
	switch {
	case !ok:
		return t
	case site.Path == r.path:
		return r.tree
	}
	if in := r.project.Tree(site.Path); in != nil {
		return in
	}
	return t
}

// unsettle moves everything that was read of evaluated values to the places of their expressions. A fix would edit a text that
// does not exist, and is dropped.
func (r *reader) unsettle() {
	if len(r.sites) == 0 {
		return
	}
	move := func(p *text.Place) {
		if site, ok := r.sites[p.Path]; ok {
			*p = site
		}
	}
	for i := range r.file.Places.reading {
		move(&r.file.Places.reading[i])
	}
	for i := range r.file.Origins {
		move(&r.file.Origins[i].At)
		move(&r.file.Origins[i].Used)
	}
	r.file.Origins = slices.DeleteFunc(r.file.Origins, func(o Origin) bool { return o.At == o.Used })
	for i := range r.diags {
		d := &r.diags[i]
		if _, ok := r.sites[d.At.Path]; ok {
			d.Fixes = nil
		}
		move(&d.At)
		for k := range d.Related {
			move(&d.Related[k].At)
		}
		d.Fixes = slices.DeleteFunc(d.Fixes, func(f diagnostics.Fix) bool {
			for path := range f.Edits {
				if _, ok := r.sites[path]; ok {
					return true
				}
			}
			return false
		})
	}
	for _, site := range r.sites {
		r.file.Settled = append(r.file.Settled, site)
	}
	slices.SortFunc(r.file.Settled, func(a, b text.Place) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Span.End, b.Span.End))
	})
}
