package model

import (
	"slices"
	"strconv"
	"strings"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/parallel"
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
	if previous != nil {
		if moved, meaning, ok := changes(previous.input, in); ok && len(meaning) == 0 {
			return relocate(previous, in, moved)
		} else if ok {
			if p := relink(previous, in, moved, meaning); p != nil {
				return p
			}
		}
	}
	return linkAll(in, previous)
}

// linkAll looks at everything.
func linkAll(in Input, previous *Project) *Project {
	p := &Project{Root: in.Root, Source: in.Source, input: in}
	if p.Config = linkConfig(in.Config); previous != nil && previous.input.Config == in.Config {
		p.Config = previous.Config
	}
	c := collect(in)
	units := c.units
	p.loose, p.outside, p.pages = c.loose, c.outside, c.pages
	g, roles := globals(p.Config, units, previous)
	p.Globals = g
	l := newLinker(in, p.Config, p.Globals, units)
	l.roles, p.linker = roles, l
	p.at = l.at
	p.Resources = make([]*Resource, len(units))
	parallel.For(len(units), func(i int) {
		if p.Resources[i] = reuse(units[i], previous); p.Resources[i] == nil {
			p.Resources[i] = l.resource(units[i])
		}
	})
	p.repeated()
	p.Features = byFeature(p.Resources)
	p.complete()
	return p
}

func (p *Project) complete() {
	p.Complete = p.input.Config != nil && p.input.Config.Config != nil && !slices.ContainsFunc(p.Resources, func(r *Resource) bool { return !r.Complete })
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

// linker holds the lookups that linking needs, so that a project of n tables costs O(n). It is not changed once the project is
// linked; the next version takes over what an edit leaves as it is.
type linker struct {
	in       Input
	config   *Config
	globals  *Globals
	units    []*unit
	at       map[ID]int          // in units
	made     map[text.Path][]int // units that are made of a file
	incoming map[ID][]ID         // who refers to a table
	scoped   map[string]bool     // features with an organisation scope
	roles    map[string]int      // how often definitions name a role

	// Of use until the foreign keys are known:
	byTable map[*definition.Table]*unit
	byName  map[string][]*unit // folded singular of every name a table goes by
}

func newLinker(in Input, c *Config, g *Globals, units []*unit) *linker {
	n := len(units)
	l := &linker{
		in: in, config: c, globals: g, units: units, at: make(map[ID]int, n), made: make(map[text.Path][]int, n), incoming: make(map[ID][]ID, n), scoped: map[string]bool{},
		byTable: make(map[*definition.Table]*unit, n), byName: make(map[string][]*unit, n),
	}
	for i, u := range units {
		l.at[u.id] = i
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
	parallel.For(n, func(i int) {
		if u := units[i]; u.table != nil {
			u.foreign, u.composite = l.foreign(u), l.compositeKeys(u)
		}
	})
	for _, u := range units {
		refer := func(target ID) {
			if !slices.Contains(l.incoming[target], u.id) {
				l.incoming[target] = append(l.incoming[target], u.id)
			}
		}
		for _, k := range u.foreign {
			refer(k.Target)
		}
		for _, k := range u.composite {
			refer(k.Target)
		}
	}
	l.byTable, l.byName = nil, nil
	parallel.For(n, func(i int) { units[i].others = l.others(units[i]) })
	parallel.For(n, func(i int) { units[i].hash = l.hash(units[i]) })
	for i, u := range units {
		l.made[u.home.Path] = append(l.made[u.home.Path], i)
		for _, f := range u.others {
			l.made[f.Path] = append(l.made[f.Path], i)
		}
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

func (l *linker) unit(id ID) *unit { return l.units[l.at[id]] }

// uses are the targets of a unit's foreign keys and the tables that refer to it, by ID.
func (l *linker) uses(u *unit) (out []*unit) {
	for _, k := range u.foreign {
		if other := l.unit(k.Target); other != u && !slices.Contains(out, other) {
			out = append(out, other)
		}
	}
	for _, k := range u.composite {
		if other := l.unit(k.Target); other != u && !slices.Contains(out, other) {
			out = append(out, other)
		}
	}
	for _, id := range l.incoming[u.id] {
		if other := l.unit(id); other != u && !slices.Contains(out, other) {
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
	old := previous.Resource(u.id)
	if old == nil || old.Hash != u.hash || old.Home != u.home || !slices.Equal(old.Others, u.others) {
		return nil
	}
	return old
}
