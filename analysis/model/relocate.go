package model

import (
	"slices"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/diagnostics/text"
)

// changes lists the files of which two inputs have different versions, and those that mean something else in them. ok is false
// when they have different files, or different configurations.
func changes(a, b Input) (moved, meaning []text.Path, ok bool) {
	if a.Root != b.Root || a.Source != b.Source || len(a.Files) != len(b.Files) || (a.Config == nil) != (b.Config == nil) {
		return nil, nil, false
	}
	if a.Config != nil && (a.Config.Path != b.Config.Path || a.Config.Shape != b.Config.Shape) {
		return nil, nil, false
	}
	for path, f := range b.Files {
		switch other := a.Files[path]; {
		case other == f:
		case other == nil:
			return nil, nil, false
		default:
			if moved = append(moved, path); other.Shape != f.Shape {
				meaning = append(meaning, path)
			}
		}
	}
	return moved, meaning, true
}

// relocate returns the project with the places of other versions of its files. Anchors are ordinals that a shape keeps, so only
// the files that resolve them are exchanged.
func relocate(p *Project, in Input, moved []text.Path) *Project {
	out := *p
	out.input = in
	if out.Resources = p.linker.relocated(p.Resources, in, moved, nil); !slices.Equal(out.Resources, p.Resources) {
		out.Features = byFeature(out.Resources)
	}
	return &out
}

// relocated returns the resources, which are those of the units, with other versions of some files; those at some places are left out.
func (l *linker) relocated(resources []*Resource, in Input, moved []text.Path, but map[int]bool) []*Resource {
	out := slices.Clone(resources)
	for _, path := range moved {
		for _, i := range l.made[path] {
			if !but[i] && out[i] == resources[i] {
				out[i] = relocated(resources[i], in)
			}
		}
	}
	return out
}

func relocated(r *Resource, in Input) *Resource {
	fresh := func(f *definition.File) bool { return f != nil && in.Files[f.Path] != f }
	out := *r
	out.Home = in.Files[r.Home.Path]
	out.Others = slices.Clone(r.Others)
	for i, f := range out.Others {
		out.Others[i] = in.Files[f.Path]
	}
	out.Actions = slices.Clone(r.Actions)
	for i, a := range r.Actions {
		if fresh(a.Handler) || fresh(a.File) {
			moved := *a
			moved.File = in.Files[a.File.Path]
			if a.Handler != nil {
				moved.Handler = in.Files[a.Handler.Path]
			}
			out.Actions[i] = &moved
		}
	}
	return &out
}
