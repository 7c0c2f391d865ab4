package names

import (
	"maps"
	"slices"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/diagnostics/text"
)

// Next makes the index of a project from what its resources were read from; a nil or empty index is that of no version. What resources
// name that are the same is not gathered again: as long as two versions share their Globals, a resource without actions names what it
// named, as does one that refers to no table by the name of its constant. more names files whose anchors no resource can resolve, the
// configuration above all.
func (x *Index) Next(p *model.Project, more ...*definition.File) *Index {
	if p == nil {
		return &Index{}
	}
	if x == nil || x.globals == nil || x.globals != p.Globals {
		x = &Index{}
	}
	next := &Index{globals: p.Globals, files: maps.Clone(x.files), parts: maps.Clone(x.parts), by: maps.Clone(x.by)}
	if next.parts == nil {
		next.files, next.parts, next.by = map[text.Path][]Occurrence{}, map[model.ID]*part{}, map[text.Path][]model.ID{}
	}
	touched := map[text.Path]bool{}
	touch := func(path text.Path) {
		if !touched[path] {
			touched[path], next.by[path] = true, slices.Clone(next.by[path]) // the last index has the other one
		}
	}
	replace := func(id model.ID, made *part) {
		if old := next.parts[id]; old != nil {
			for path := range old.out {
				touch(path)
				next.by[path] = slices.DeleteFunc(next.by[path], func(other model.ID) bool { return other == id })
			}
		}
		for path := range made.out {
			touch(path)
			next.by[path] = append(next.by[path], id)
		}
		next.parts[id] = made
	}
	c := &collector{project: p, more: more, out: map[text.Path][]Occurrence{}}
	if p.Config != nil && p.Config.Source != nil {
		c.roles(p.Config.Source.RoleHierarchy, true)
	}
	replace("", &part{out: c.out})
	for _, r := range p.Resources {
		if old := next.parts[r.ID]; old == nil || old.of != r || looksAround(r) {
			c.out, c.own = map[text.Path][]Occurrence{}, r.Files()
			c.resource(r)
			replace(r.ID, &part{r, c.out})
		}
	}
	next.join(touched)
	return next
}

// looksAround says whether what a resource names depends on how other files call their tables, which Globals do not say.
func looksAround(r *model.Resource) bool {
	return len(r.Actions) > 0 || r.Source != nil && len(r.Source.References) > 0
}

// part is what one resource names; that of the configuration is of none.
type part struct {
	of  *model.Resource
	out map[text.Path][]Occurrence
}

// join makes the lists of some files from all parts.
func (x *Index) join(paths map[text.Path]bool) {
	for path := range paths {
		var all []Occurrence
		for _, id := range x.by[path] {
			all = append(all, x.parts[id].out[path]...)
		}
		if x.files[path] = (*Index)(nil).With(path, all).files[path]; x.files[path] == nil {
			delete(x.files, path)
		}
		if len(x.by[path]) == 0 {
			delete(x.by, path)
		}
	}
}
