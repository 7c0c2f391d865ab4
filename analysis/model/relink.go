package model

import (
	"maps"
	"slices"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/diagnostics/text"
)

// relink links only the resources of files whose meaning has changed, and those that these use or that use them. It returns nil
// when more could be different: when the Outline of a file has changed, which is all that linking takes from other files, or how
// often a role is named.
func relink(previous *Project, in Input, moved, meaning []text.Path) *Project {
	for _, path := range meaning {
		old, now := previous.input.Files[path], in.Files[path]
		if now.Actions != nil || now.Config != nil || old.Outline() != now.Outline() {
			return nil
		}
	}
	l := *previous.linker
	l.in, l.units = in, slices.Clone(l.units)
	affected := map[int]bool{}
	for _, path := range meaning {
		for _, i := range l.made[path] {
			affected[i] = true
		}
	}
	before := previous.linker.units
	for _, i := range slices.Sorted(maps.Keys(affected)) {
		for _, other := range l.uses(before[i]) {
			affected[l.at[other.id]] = true
		}
	}
	for i := range affected {
		l.units[i] = before[i].of(in)
	}
	if l.roles = l.recount(before, affected); l.roles == nil {
		return nil
	}
	p := *previous
	p.input, p.linker = in, &l
	p.Resources = l.relocated(previous.Resources, in, moved, affected)
	for i := range affected {
		u := l.units[i]
		u.hash = l.hash(u)
		if p.Resources[i] = reuse(u, previous); p.Resources[i] == nil {
			p.Resources[i] = l.resource(u)
		}
	}
	p.Features = byFeature(p.Resources)
	p.complete()
	return &p
}

// of is the unit with the files of another version, whose Outlines are the same.
func (u *unit) of(in Input) *unit {
	now := func(f *definition.File) *definition.File {
		if f == nil {
			return nil
		}
		return in.Files[f.Path]
	}
	list := func(files []*definition.File) []*definition.File {
		out := slices.Clone(files)
		for i, f := range out {
			out[i] = now(f)
		}
		return out
	}
	out := *u
	out.home, out.origin, out.away, out.others = now(u.home), now(u.origin), list(u.away), list(u.others)
	if u.table != nil {
		out.table = out.origin.Tables[slices.Index(u.origin.Tables, u.table)]
		out.composite = slices.Clone(u.composite)
		for i, k := range u.composite {
			moved := *k
			moved.Source = out.table.Foreign[slices.Index(u.table.Foreign, k.Source)]
			out.composite[i] = &moved
		}
	}
	if u.policy != nil {
		out.policy = out.home.Table
	}
	return &out
}

// recount counts the roles of some units again; nil when what the Globals say of a role is no longer true.
func (l *linker) recount(before []*unit, units map[int]bool) map[string]int {
	differ := map[string]int{}
	for i := range units {
		for by, u := range map[int]*unit{-1: before[i], 1: l.units[i]} {
			eachRole(u, func(n definition.Name) {
				if name := plain(n.Text); name != "" {
					differ[name] += by
				}
			})
		}
	}
	out := maps.Clone(l.roles)
	for name, by := range differ {
		was := l.roles[name]
		if often(was) != often(was+by) {
			return nil
		}
		out[name] = was + by
	}
	return out
}
