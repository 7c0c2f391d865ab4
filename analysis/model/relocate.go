package model

import (
	"slices"

	"github.com/qbls/qbls/analysis/definition"
)

// sameMeaning says whether two inputs differ in places at most.
func sameMeaning(a, b Input) bool {
	if a.Root != b.Root || a.Source != b.Source || len(a.Files) != len(b.Files) || (a.Config == nil) != (b.Config == nil) {
		return false
	}
	for path, f := range a.Files {
		if other := b.Files[path]; other == nil || other != f && other.Shape != f.Shape {
			return false
		}
	}
	return a.Config == nil || a.Config.Path == b.Config.Path
}

// relocate returns the project with the places of other versions of its files. Anchors are ordinals that a shape keeps, so only
// the files that resolve them are exchanged.
func relocate(p *Project, in Input) *Project {
	out := *p
	out.input = in
	out.Resources = slices.Clone(p.Resources)
	for i, r := range p.Resources {
		if moved := relocated(r, in); moved != r {
			out.Resources[i] = moved
		}
	}
	out.byID = make(map[ID]*Resource, len(out.Resources))
	for _, r := range out.Resources {
		out.byID[r.ID] = r
	}
	out.Features = byFeature(out.Resources)
	return &out
}

func relocated(r *Resource, in Input) *Resource {
	fresh := func(f *definition.File) bool { return f != nil && in.Files[f.Path] != f }
	if !slices.ContainsFunc(r.Files(), fresh) {
		return r
	}
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
