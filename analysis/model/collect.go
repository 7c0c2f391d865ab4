package model

import (
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/diagnostics/text"
)

// unit is one table with its policy and the files that have its actions; or the actions of a feature that belong to no table.
type unit struct {
	id        ID
	feature   string
	segment   string
	home      *definition.File     // has the policy; of an internal table, the table; without a table, the first actions
	origin    *definition.File     // has the table; nil without one
	away      []*definition.File   // have actions; home may be one of them
	table     *definition.Table    // nil: actions without a table
	policy    *definition.Resource // nil: internal
	foreign   []*ForeignKey
	composite []*CompositeKey
	others    []*definition.File // every file but home that the resource is made of
	hash      text.Hash
}

// sqlName is the name of the table as written, "" without one.
func (u *unit) sqlName() string {
	if u.table == nil {
		return ""
	}
	return u.table.Name.V
}

func (r *Resource) sqlName() string {
	if r.Table == nil {
		return ""
	}
	return r.Table.Source.Name.V
}

// collection is what the files declare, put together.
type collection struct {
	in    Input
	paths []text.Path // of every file, sorted
	units []*unit
	ids   map[ID]bool
	loose []loose

	outside []text.Path // what Project.outside is
	pages   []text.Path // what Project.pages is
}

// loose is a definition that belongs to nothing, or to something that is taken.
type loose struct {
	file *definition.File
	why  looseness
	at   text.Anchor // of an action
}

type looseness uint8

const (
	noTable     looseness = iota // the table of a policy
	tableTaken                   // the table has another policy
	noActTable                   // the table of actions
	noOwnTable                   // the table that an action's file is bound to by its folder
	actionTwice                  // an action of that name exists
)

// collect lists the tables of a project, by ID.
func collect(in Input) *collection {
	c := &collection{in: in, ids: map[ID]bool{}}
	for p := range in.Files {
		c.paths = append(c.paths, p)
	}
	slices.Sort(c.paths)
	owners := c.owners()
	for _, p := range c.paths {
		f := in.Files[p]
		if f.Page != nil {
			c.pages = append(c.pages, p)
		}
		at := placeOf(in.Source, p)
		if at.kind == outside || at.kind == aboutCode {
			c.outside = append(c.outside, p)
		}
		if at.kind != aboutTables && at.kind != aboutSchema && at.kind != aboutActions {
			continue
		}
		for i, t := range f.Tables {
			u := &unit{feature: at.feature, segment: at.segment, home: f, origin: f, table: t}
			if owner := owners[t]; owner != nil {
				there := placeOf(in.Source, owner.Path)
				u.home, u.policy, u.feature, u.segment = owner, owner.Table, there.feature, there.segment
			}
			c.add(u, u.policy == nil && (i > 0 || f.Table != nil))
		}
	}
	for _, p := range c.paths {
		if f := in.Files[p]; f.Actions != nil {
			c.attach(f)
		}
	}
	slices.SortFunc(c.units, func(a, b *unit) int { return strings.Compare(string(a.id), string(b.id)) })
	return c
}

// add gives a unit its ID: feature/segment, with the constant behind it for the further tables of a file.
func (c *collection) add(u *unit, further bool) {
	u.id = ID(u.feature + "/" + u.segment)
	if further || c.ids[u.id] {
		u.id += ID("#" + u.table.Binding)
	}
	for c.ids[u.id] {
		u.id += "_"
	}
	c.ids[u.id] = true
	c.units = append(c.units, u)
}

// owners says which file has the policy of a table: the one that declares the table comes before those that import it.
func (c *collection) owners() map[*definition.Table]*definition.File {
	out := map[*definition.Table]*definition.File{}
	var imported []*definition.File
	for _, p := range c.paths {
		f := c.in.Files[p]
		if f.Table == nil || placeOf(c.in.Source, p).kind != aboutTables {
			continue
		}
		if in, t := tableNamed(c.in.Files, f, f.Table.Binding); t == nil || in == f {
			c.own(out, f, t)
		} else {
			imported = append(imported, f)
		}
	}
	for _, f := range imported {
		_, t := tableNamed(c.in.Files, f, f.Table.Binding)
		c.own(out, f, t)
	}
	return out
}

// own gives a table to the file with its policy, unless another one has it.
func (c *collection) own(out map[*definition.Table]*definition.File, f *definition.File, t *definition.Table) {
	if t == nil {
		c.loose = append(c.loose, loose{file: f, why: noTable})
		if len(f.Tables) != 1 {
			return
		}
		t = f.Tables[0] // the name is wrong; the columns are known all the same
	}
	if out[t] != nil {
		c.loose = append(c.loose, loose{file: f, why: tableTaken})
		return
	}
	out[t] = f
}

// attach binds a file with actions to the table they act on.
func (c *collection) attach(f *definition.File) {
	a, at := f.Actions, placeOf(c.in.Source, f.Path)
	if at.kind == outside {
		return
	}
	var u *unit
	why := noActTable
	switch {
	case a.Tableless:
		u = c.tableless(at.feature, f)
	case a.Form == definition.ActionsOfFeature:
		u = c.where(func(u *unit) bool { return u.home == f && u.policy != nil })
	case a.Form == definition.ActionFile:
		u, why = c.bound(at, f), noOwnTable
	default:
		if u = c.named(at.feature, f); u != nil && slices.ContainsFunc(u.away, func(o *definition.File) bool { return o.Actions.Form == definition.ActionsOfTable }) {
			u = nil
		}
	}
	if u == nil {
		c.loose = append(c.loose, loose{file: f, why: why})
		return
	}
	u.away = append(u.away, f)
}

func (c *collection) where(fits func(*unit) bool) *unit {
	if i := slices.IndexFunc(c.units, fits); i >= 0 {
		return c.units[i]
	}
	return nil
}

// tableless is the unit of a feature's actions that belong to no table.
func (c *collection) tableless(feature string, f *definition.File) *unit {
	if u := c.where(func(u *unit) bool { return u.table == nil && u.feature == feature }); u != nil {
		return u
	}
	u := &unit{id: ID(feature + "/" + feature + "#actions"), feature: feature, segment: feature, home: f}
	c.ids[u.id] = true
	c.units = append(c.units, u)
	return u
}

// named finds the table of defineActions(table, …): by import, or by name within the feature.
func (c *collection) named(feature string, f *definition.File) *unit {
	binding := f.Actions.Binding
	if _, imported := importTarget(f, binding); imported != "" && !f.Actions.ByName {
		_, t := tableNamed(c.in.Files, f, binding)
		return c.where(func(u *unit) bool { return t != nil && u.table == t })
	}
	return c.where(func(u *unit) bool {
		return u.table != nil && u.feature == feature && (u.table.Binding == binding || u.table.Name.V == binding || u.segment == binding)
	})
}

// bound finds the table of an action that has a file of its own: the folder below actions/ names it, else it is the feature's
// own one. A standalone action needs none.
func (c *collection) bound(at where, f *definition.File) *unit {
	inFeature := func(u *unit) bool { return u.table != nil && u.feature == at.feature && u.policy != nil }
	if at.table != "" {
		return c.where(func(u *unit) bool { return inFeature(u) && u.segment == at.table })
	}
	if u := c.where(func(u *unit) bool { return inFeature(u) && u.segment == at.feature }); u != nil {
		return u
	}
	var only []*unit
	for _, u := range c.units {
		if inFeature(u) {
			only = append(only, u)
		}
	}
	switch {
	case len(only) == 1:
		return only[0]
	case f.Actions.Items[0].Standalone.V:
		return c.tableless(at.feature, f)
	}
	return nil
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

// maxReExports bounds how far re-exports are followed.
const maxReExports = 12

// tableNamed finds the table that a local name of a file means, through imports and re-exports.
func tableNamed(files map[text.Path]*definition.File, f *definition.File, local string) (*definition.File, *definition.Table) {
	for _, t := range f.Tables {
		if t.Binding == local {
			return f, t
		}
	}
	if target, name := importTarget(f, local); target != "" {
		return tableExported(files, target, name, 0)
	}
	return nil, nil
}

func tableExported(files map[text.Path]*definition.File, p text.Path, name string, depth int) (*definition.File, *definition.Table) {
	f := files[p]
	if f == nil || depth > maxReExports {
		return nil, nil
	}
	for _, t := range f.Tables {
		isDefault := name == "default" && f.Table != nil && f.Table.Form == definition.FormFeature && f.Table.Binding == t.Binding
		if t.Binding == name && t.Export || isDefault {
			return f, t
		}
	}
	for _, e := range f.ReExports {
		switch {
		case e.Name == name && e.Module == "":
			return tableNamed(files, f, e.Imported)
		case e.Name == name:
			return tableExported(files, e.Target, e.Imported, depth+1)
		case e.Name == "" && e.Imported == "*":
			if in, t := tableExported(files, e.Target, name, depth+1); t != nil {
				return in, t
			}
		}
	}
	return nil, nil
}

// TableNamed returns the resource of the table that a local name of a file means, through imports and re-exports, or nil.
func (p *Project) TableNamed(from text.Path, local string) *Resource {
	f := p.input.Files[from]
	if f == nil {
		return nil
	}
	in, t := tableNamed(p.input.Files, f, local)
	if t == nil {
		return nil
	}
	for _, r := range p.Resources {
		if r.TableFile == in.Path && r.Binding == t.Binding {
			return r
		}
	}
	return nil
}

// Imported returns the file and the export that a local name of a file stands for, "" when it is not imported from the project.
func (p *Project) Imported(from text.Path, local string) (text.Path, string) {
	if f := p.input.Files[from]; f != nil {
		return importTarget(f, local)
	}
	return "", ""
}
