package names

import (
	"maps"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/diagnostics/text"
)

// Next makes the index of a project from what its resources were read from; a nil or empty index is that of no version. What resources
// name that are the same is not gathered again: as long as two versions share their Globals, a resource without actions names what it
// named. more names files whose anchors no resource can resolve, the configuration above all.
func (x *Index) Next(p *model.Project, more ...*definition.File) *Index {
	if p == nil {
		return &Index{}
	}
	if x == nil || x.globals == nil || x.globals != p.Globals {
		x = &Index{}
	}
	next := &Index{globals: p.Globals, files: maps.Clone(x.files), parts: maps.Clone(x.parts)}
	if next.parts == nil {
		next.files, next.parts = map[text.Path][]Occurrence{}, map[model.ID]*part{}
	}
	touched := map[text.Path]bool{}
	replace := func(id model.ID, made *part) {
		if old := next.parts[id]; old != nil {
			for path := range old.out {
				touched[path] = true
			}
		}
		for path := range made.out {
			touched[path] = true
		}
		next.parts[id] = made
	}
	c := &collector{project: p, more: more, out: map[text.Path][]Occurrence{}}
	if p.Config != nil && p.Config.Source != nil {
		c.roles(p.Config.Source.RoleHierarchy, true)
	}
	replace("", &part{out: c.out})
	for _, r := range p.Resources {
		if old := next.parts[r.ID]; old == nil || old.of != r || len(r.Actions) > 0 {
			c.out, c.own = map[text.Path][]Occurrence{}, r.Files()
			c.resource(r)
			replace(r.ID, &part{r, c.out})
		}
	}
	next.join(touched)
	return next
}

// part is what one resource names; that of the configuration is of none.
type part struct {
	of  *model.Resource
	out map[text.Path][]Occurrence
}

// join makes the lists of some files from all parts.
func (x *Index) join(paths map[text.Path]bool) {
	lists := make(map[text.Path][]Occurrence, len(paths))
	for _, made := range x.parts {
		for path, list := range made.out {
			if paths[path] {
				lists[path] = append(lists[path], list...)
			}
		}
	}
	for path := range paths {
		delete(x.files, path)
		if list := (*Index)(nil).With(path, lists[path]).files[path]; list != nil {
			x.files[path] = list
		}
	}
}
