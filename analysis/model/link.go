package model

import (
	"slices"
	"strconv"
	"strings"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/diagnostics/text"
)

// Input is everything a project is linked from.
type Input struct {
	Root   text.Path                      // folder of the project
	Source text.Path                      // folder that holds features/
	Config *definition.File               // nil when there is none
	Files  map[text.Path]*definition.File // every file below Source
}

// Link builds the project. Resources of the previous version are kept when nothing they are made of has changed.
func Link(in Input, previous *Project) *Project {
	if previous != nil && sameMeaning(previous.input, in) {
		return relocate(previous, in)
	}
	p := &Project{Root: in.Root, Source: in.Source, byID: map[ID]*Resource{}, input: in}
	if p.Config = linkConfig(in.Config); previous != nil && previous.input.Config == in.Config {
		p.Config = previous.Config
	}
	c := collect(in)
	units := c.units
	p.loose = c.loose
	p.Globals = globals(p.Config, units, previous)
	l := newLinker(in, p.Config, p.Globals, units)
	for _, u := range units {
		r := reuse(u, previous)
		if r == nil {
			r = l.resource(u)
		}
		p.Resources = append(p.Resources, r)
		p.byID[r.ID] = r
	}
	p.repeated()
	p.Features = byFeature(p.Resources)
	p.Complete = in.Config != nil && in.Config.Config != nil && !slices.ContainsFunc(p.Resources, func(r *Resource) bool { return !r.Complete })
	return p
}

func byFeature(resources []*Resource) []*Feature {
	var out []*Feature
	for _, r := range resources {
		if len(out) == 0 || out[len(out)-1].Name != r.Feature {
			out = append(out, &Feature{Name: r.Feature})
		}
		f := out[len(out)-1]
		f.Resources = append(f.Resources, r)
	}
	return out
}

// linker holds the lookups that linking needs, so that a project of n tables costs O(n).
type linker struct {
	in       Input
	config   *Config
	globals  *Globals
	byID     map[ID]*unit
	byTable  map[*definition.Table]*unit
	byName   map[string][]*unit // folded singular of every name a table goes by
	incoming map[ID][]*unit     // who refers to a table
	scoped   map[string]bool    // features with an organisation scope
}

func newLinker(in Input, c *Config, g *Globals, units []*unit) *linker {
	l := &linker{in: in, config: c, globals: g, byID: map[ID]*unit{}, byTable: map[*definition.Table]*unit{}, byName: map[string][]*unit{}, incoming: map[ID][]*unit{}, scoped: map[string]bool{}}
	for _, u := range units {
		l.byID[u.id] = u
		if u.table == nil {
			continue
		}
		l.byTable[u.table] = u
		l.scoped[u.feature] = l.scoped[u.feature] || organisationScoped(u)
		names := map[string]bool{}
		for _, name := range []string{u.table.Binding, u.segment, u.table.Name.V} {
			if key := singular(fold(name)); !names[key] {
				names[key] = true
				l.byName[key] = append(l.byName[key], u)
			}
		}
	}
	for _, u := range units {
		if u.table == nil {
			continue
		}
		u.foreign = l.foreign(u)
		for _, k := range u.foreign {
			if !slices.Contains(l.incoming[k.Target], u) {
				l.incoming[k.Target] = append(l.incoming[k.Target], u)
			}
		}
	}
	for _, u := range units {
		u.others = l.others(u)
		u.hash = l.hash(u)
	}
	return l
}

// others lists the files beside its home that a unit's resource is made of: of its table, its actions and their handlers.
func (l *linker) others(u *unit) (out []*definition.File) {
	add := func(f *definition.File) {
		if f != nil && f != u.home && !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	add(u.origin)
	for _, f := range u.away {
		add(f)
		for _, a := range f.Actions.Items {
			add(l.handler(f, a))
		}
	}
	return out
}

// hash covers everything that a unit's resource is made of, places excepted.
func (l *linker) hash(u *unit) text.Hash {
	d := newDigest()
	d.text(string(u.id), strconv.FormatBool(l.scoped[u.feature]))
	d.hash(u.home.Shape, l.config.Hash, l.globals.Hash)
	for _, f := range u.others {
		d.text(string(f.Path))
		d.hash(f.Shape)
	}
	for _, other := range l.uses(u) {
		d.text(string(other.id))
		d.hash(other.home.Shape)
		if other.origin != other.home && other.origin != nil {
			d.hash(other.origin.Shape)
		}
	}
	return d.sum()
}

// uses are the targets of a unit's foreign keys and the tables that refer to it, by ID.
func (l *linker) uses(u *unit) (out []*unit) {
	for _, k := range u.foreign {
		if other := l.byID[k.Target]; other != u && !slices.Contains(out, other) {
			out = append(out, other)
		}
	}
	for _, other := range l.incoming[u.id] {
		if other != u && !slices.Contains(out, other) {
			out = append(out, other)
		}
	}
	slices.SortFunc(out, func(a, b *unit) int { return strings.Compare(string(a.id), string(b.id)) })
	return out
}

// reuse returns the previous version of a resource, or nil when its meaning or a place in its own files has changed.
func reuse(u *unit, previous *Project) *Resource {
	if previous == nil {
		return nil
	}
	old := previous.byID[u.id]
	if old == nil || old.Hash != u.hash || old.Home != u.home || !slices.Equal(old.Others, u.others) {
		return nil
	}
	return old
}
