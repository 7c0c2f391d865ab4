package model

import (
	"path"
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
	units := collect(in)
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
	p.Features = byFeature(p.Resources)
	p.Complete = in.Config != nil && in.Config.Config != nil && !slices.ContainsFunc(p.Resources, func(r *Resource) bool { return !r.Complete })
	return p
}

// unit is one table of one file, with the actions file that is bound to it.
type unit struct {
	id      ID
	feature string
	segment string
	home    *definition.File
	away    *definition.File
	table   *definition.Table
	policy  *definition.Resource // nil: internal
	foreign []*ForeignKey
	hash    text.Hash
}

func (u *unit) actions() *definition.Actions {
	if u.away == nil {
		return nil
	}
	return u.away.Actions
}

// collect lists the tables of a project, by ID.
func collect(in Input) []*unit {
	paths := make([]text.Path, 0, len(in.Files))
	for p := range in.Files {
		paths = append(paths, p)
	}
	slices.Sort(paths)
	var units []*unit
	for _, p := range paths {
		f := in.Files[p]
		feature, ok := featureOf(in.Source, p)
		if !ok {
			continue
		}
		segment := strings.TrimSuffix(path.Base(string(p)), ".ts")
		for i, t := range f.Tables {
			u := &unit{id: ID(feature + "/" + segment), feature: feature, segment: segment, home: f, table: t}
			if f.Table != nil && (f.Table.Binding == t.Binding || len(f.Tables) == 1) {
				u.policy = f.Table
			} else if i > 0 || f.Table != nil {
				u.id = ID(feature + "/" + segment + "#" + t.Binding)
			}
			units = append(units, u)
		}
	}
	for _, p := range paths {
		if f := in.Files[p]; f.Actions != nil {
			attach(in, units, f)
		}
	}
	slices.SortFunc(units, func(a, b *unit) int { return strings.Compare(string(a.id), string(b.id)) })
	return units
}

// attach binds an actions file to the table it names: by import, or by name within its feature.
func attach(in Input, units []*unit, f *definition.File) {
	feature, _ := featureOf(in.Source, f.Path)
	for _, u := range units {
		if u.away != nil {
			continue
		}
		if target, name := importTarget(f, f.Actions.Binding); target != "" {
			if u.home.Path == target && u.table.Binding == name {
				u.away = f
				return
			}
			continue
		}
		if u.feature == feature && (u.table.Binding == f.Actions.Binding || u.table.Name.V == f.Actions.Binding || u.segment == f.Actions.Binding) {
			u.away = f
			return
		}
	}
}

// importTarget says which file and export a local name stands for.
func importTarget(f *definition.File, local string) (text.Path, string) {
	for _, i := range f.Imports {
		if i.Local == local {
			return i.Target, i.Imported
		}
	}
	return "", ""
}

// featureOf returns the feature that a file belongs to: the folder below features/.
func featureOf(source, p text.Path) (string, bool) {
	rest, ok := strings.CutPrefix(string(p), strings.TrimPrefix(string(source)+"/", "./"))
	if source == "" || source == "." {
		rest, ok = string(p), true
	}
	if !ok {
		return "", false
	}
	rest, ok = strings.CutPrefix(rest, "features/")
	if !ok {
		return "", false
	}
	name, file, nested := strings.Cut(rest, "/")
	if !nested {
		return strings.TrimSuffix(name, ".ts"), true
	}
	if strings.Contains(file, "/") {
		return name, strings.HasPrefix(file, "actions/")
	}
	return name, true
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
	byPath   map[text.Path][]*unit
	byName   map[string][]*unit // folded singular of every name a table goes by
	incoming map[ID][]*unit     // who refers to a table
	scoped   map[string]bool    // features with an organisation scope
}

func newLinker(in Input, c *Config, g *Globals, units []*unit) *linker {
	l := &linker{in: in, config: c, globals: g, byID: map[ID]*unit{}, byPath: map[text.Path][]*unit{}, byName: map[string][]*unit{}, incoming: map[ID][]*unit{}, scoped: map[string]bool{}}
	for _, u := range units {
		l.byID[u.id] = u
		l.byPath[u.home.Path] = append(l.byPath[u.home.Path], u)
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
		u.foreign = l.foreign(u)
		for _, k := range u.foreign {
			if !slices.Contains(l.incoming[k.Target], u) {
				l.incoming[k.Target] = append(l.incoming[k.Target], u)
			}
		}
	}
	for _, u := range units {
		u.hash = l.hash(u)
	}
	return l
}

// hash covers everything that a unit's resource is made of, places excepted.
func (l *linker) hash(u *unit) text.Hash {
	d := newDigest()
	d.text(string(u.id), strconv.FormatBool(l.scoped[u.feature]))
	d.hash(u.home.Shape, l.config.Hash, l.globals.Hash)
	if u.away != nil {
		d.hash(u.away.Shape)
		for _, a := range u.away.Actions.Items {
			if f := l.handler(u, a); f != nil {
				d.text(string(f.Path))
				d.hash(f.Shape)
			}
		}
	}
	for _, other := range l.uses(u) {
		d.text(string(other.id))
		d.hash(other.home.Shape)
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
	if old == nil || old.Hash != u.hash || old.Home != u.home || old.Away != u.away {
		return nil
	}
	return old
}
