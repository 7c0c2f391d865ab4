package storage

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/emit/naming"
)

// Database is all tables of a project.
type Database struct {
	Tables []*Table // Better Auth's first, then the features' by resource

	made    []made // by resource
	parents map[model.ID]map[string]bool
	circles *Circles // nil: own
	own     Circles
}

// made is a table and what it was made of, but for its names and the tables that it refers to.
type made struct {
	of    *model.Resource
	table *Table // nil: the resource has none
}

// Table returns the table of a resource, or nil when it has none.
func (d *Database) Table(id model.ID) *Table {
	if m := d.of(id); m != nil {
		return m.table
	}
	return nil
}

// Circles are those of the tables, see InCircle.
func (d *Database) Circles() *Circles {
	if d.circles != nil {
		return d.circles
	}
	return &d.own
}

func (d *Database) of(id model.ID) *made {
	if d == nil {
		return nil
	}
	i, ok := slices.BinarySearchFunc(d.made, id, func(m made, id model.ID) int { return strings.Compare(string(m.of.ID), string(id)) })
	if !ok {
		return nil
	}
	return &d.made[i]
}

// After returns the tables of a project beside the given ones of Better Auth. A table stays the same value as in last, another version of the
// project with the same names, when its resource is the same value and the keys of others ask nothing else of it, nor its own of them. last
// may be nil.
func After(last *Database, p *model.Project, names *naming.Project, auth []*Table) *Database {
	d := &Database{Tables: slices.Concat(auth, make([]*Table, 0, len(p.Resources))), made: make([]made, 0, len(p.Resources))}
	for _, r := range p.Resources {
		d.made = append(d.made, made{of: r})
	}
	slices.SortStableFunc(d.made, func(a, b made) int { return strings.Compare(string(a.of.ID), string(b.of.ID)) })
	d.parents = last.parentsOf(d)
	before := make([]*made, len(d.made))
	for i := range d.made {
		r := d.made[i].of
		if r.Table == nil {
			continue
		}
		before[i] = last.at(i, r.ID)
		if was := before[i]; was != nil && was.of == r && maps.Equal(last.parents[r.ID], d.parents[r.ID]) {
			d.made[i].table = was.table
		} else {
			d.made[i].table = own(r, names.Of(r.ID), d.parents[r.ID])
		}
	}
	same := last != nil // all keys lead where they led
	for i := range d.made {
		m := &d.made[i]
		if m.table == nil {
			continue
		}
		keys := d.foreignKeys(m.of, m.table)
		was := before[i]
		same = same && was != nil && was.table != nil && slices.EqualFunc(keys, was.table.ForeignKeys, func(a, b ForeignKey) bool { return a.Parent.place() == b.Parent.place() })
		switch {
		case was == nil || m.table != was.table: // it is new
			m.table.ForeignKeys = keys
		case !slices.EqualFunc(keys, m.table.ForeignKeys, alike):
			other := *m.table
			other.ForeignKeys = keys
			m.table = &other
		}
		d.Tables = append(d.Tables, m.table)
	}
	if same && len(d.Tables) == len(last.Tables) && slices.Equal(auth, last.Tables[:len(auth)]) {
		d.circles = last.Circles()
	}
	return d
}

// at is what was made of a resource, which is most likely at the same place.
func (d *Database) at(i int, id model.ID) *made {
	if d != nil && i < len(d.made) && d.made[i].of.ID == id {
		return &d.made[i]
	}
	return d.of(id)
}

// foreignKeys are the keys of a table, to tables of this version.
func (d *Database) foreignKeys(r *model.Resource, t *Table) (out []ForeignKey) {
	for _, f := range r.Foreign {
		if parent := d.Table(f.Target); f.Declared && parent != nil && parent.has(f.Key) {
			out = append(out, ForeignKey{Key: f.Column, Parent: parent, ParentKey: f.Key, OnDelete: f.OnDelete, OnUpdate: f.OnUpdate})
		}
	}
	for _, f := range r.Table.Foreign {
		parent := d.Table(f.Target)
		if parent == nil {
			continue
		}
		k := ForeignKey{Parent: parent, Given: f.Name, OnDelete: f.OnDelete, OnUpdate: f.OnUpdate}
		complete := true
		for i, column := range f.Columns {
			complete = complete && t.has(column) && parent.has(f.Keys[i])
			if i == 0 {
				k.Key, k.ParentKey = column, f.Keys[i]
			} else {
				k.Rest = append(k.Rest, Pair{column, f.Keys[i]})
			}
		}
		if complete {
			out = append(out, k)
		}
	}
	return out
}

// alike says whether two keys of one table are the same, whatever else the tables have that they refer to.
func alike(a, b ForeignKey) bool {
	if a.Key != b.Key || a.ParentKey != b.ParentKey || !slices.Equal(a.Rest, b.Rest) || a.Given != b.Given || a.OnDelete != b.OnDelete || a.OnUpdate != b.OnUpdate {
		return false
	}
	return a.Parent == b.Parent || a.Parent.place() == b.Parent.place() && a.Parent.Name == b.Parent.Name && slices.Equal(a.ParentColumns(), b.ParentColumns())
}

// parentsOf returns, by resource of next, the columns that declared foreign keys of others point to: several are joined by a space. It is the
// map of d when all keys point to what they pointed to.
func (d *Database) parentsOf(next *Database) map[model.ID]map[string]bool {
	same := d != nil && len(d.made) == len(next.made)
	for i := 0; same && i < len(next.made); i++ {
		was, now := d.made[i].of, next.made[i].of
		same = was == now || was.ID == now.ID && slices.Equal(pointed(was), pointed(now))
	}
	if same {
		return d.parents
	}
	out := map[model.ID]map[string]bool{}
	for _, m := range next.made {
		for _, p := range pointed(m.of) {
			if out[p.target] == nil {
				out[p.target] = map[string]bool{}
			}
			out[p.target][p.keys] = true
		}
	}
	return out
}

type pointer struct {
	target model.ID
	keys   string
}

// pointed is what the declared foreign keys of a resource point to.
func pointed(r *model.Resource) (out []pointer) {
	for _, f := range r.Foreign {
		if f.Declared {
			out = append(out, pointer{f.Target, f.Key})
		}
	}
	if r.Table != nil {
		for _, f := range r.Table.Foreign {
			out = append(out, pointer{f.Target, strings.Join(f.Keys, " ")})
		}
	}
	return out
}

// Circles say which tables lead to each other. They are one value in all versions in which every key leads where it led.
type Circles struct {
	once sync.Once
	of   map[place]int // numbers, found when somebody asks
}
