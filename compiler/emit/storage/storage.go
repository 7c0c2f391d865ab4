// Package storage is the SQL tables of a project: what schema.ts declares and what a migration creates, from one description, so
// that the two cannot differ.
//
// The model makes unique constraints of soft-delete tables partial: a deleted row must not block its successor. A unique column that
// a foreign key points to is a full constraint again here, because SQLite accepts no other parent key.
package storage

import (
	"strconv"
	"strings"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/emit/naming"
)

// Table is one SQL table.
type Table struct {
	Module      string // emitted module, relative to the output
	Const       string // constant in that module
	Policed     bool   // a table of the project, which has a policy
	Name        string // SQL name
	Columns     []Column
	Indexes     []Index
	Checks      []Check
	PrimaryKey  []string // SQL names of a composite primary key; nil when one column has it
	ForeignKeys []ForeignKey
}

// Column is one column. Type is what SQLite stores.
type Column struct {
	Key        string
	Name       string
	Builder    string // Drizzle's function: text, integer, real, blob, numeric
	Mode       string
	TypeText   string // TypeScript type of the values, where the author says it
	TypeNames  []definition.TypeName
	Enum       []string
	Length     int
	NotNull    bool
	PrimaryKey bool // the only column of the primary key
	AutoInc    bool
	Default    *definition.Default
	OnUpdate   bool // set to the current time on updates, by Drizzle
	MadeOn     Made // functions of the author's that fill it
	Generated  *model.Generated
}

// Made says when functions of the author's fill a column. They stay in the author's module, which registers them.
type Made struct{ Create, Update bool }

// Type returns the column's SQL type as Drizzle declares it.
func (c Column) Type() string {
	if c.Builder == "text" && c.Length > 0 && c.Mode != "json" {
		return "text(" + strconv.Itoa(c.Length) + ")"
	}
	return c.Builder
}

// Check is a condition that every row fulfils.
type Check struct {
	Name string
	SQL  string
}

// Index is an index over columns, by property name.
type Index struct {
	Name   string
	Keys   []string
	Parts  []string // SQL of what is indexed, in order, where not all of that is columns by themselves; else nil
	Unique bool
	Where  string
}

// Term is one thing that an index is over: the SQL name of a column, or an expression.
type Term struct {
	Text       string
	Expression bool
}

// Terms returns what an index of the table is over.
func (t *Table) Terms(i Index) []Term {
	var out []Term
	if i.Parts == nil {
		for _, name := range t.Names(i.Keys) {
			out = append(out, Term{Text: name})
		}
		return out
	}
	for _, part := range i.Parts {
		if name, ok := t.whole(part); ok {
			out = append(out, Term{Text: name})
		} else {
			out = append(out, Term{part, true})
		}
	}
	return out
}

// whole returns the column whose quoted name is all of a text.
func (t *Table) whole(part string) (string, bool) {
	for _, c := range t.Columns {
		if part == `"`+strings.ReplaceAll(c.Name, `"`, `""`)+`"` {
			return c.Name, true
		}
	}
	return "", false
}

// ForeignKey is a constraint that the database enforces.
type ForeignKey struct {
	Key       string // property name of the column; of several, the first
	Parent    *Table // perhaps of an earlier version, which the key cannot tell from this one: its names, and those of the columns that are meant
	ParentKey string // property name of the parent's column; of several, the first
	Rest      []Pair // further columns
	Given     string // the author's name for it, "" for none
	OnDelete  string
	OnUpdate  string
}

// Pair is a column and the parent's column that it holds the value of, by property names.
type Pair struct{ Key, ParentKey string }

// Pairs are all columns of the key.
func (f ForeignKey) Pairs() []Pair { return append([]Pair{{f.Key, f.ParentKey}}, f.Rest...) }

// Columns are the SQL names of the columns in their table.
func (f ForeignKey) Columns(t *Table) []string {
	var out []string
	for _, p := range f.Pairs() {
		out = append(out, t.Column(p.Key).Name)
	}
	return out
}

// ParentColumns are the SQL names of the parent's columns.
func (f ForeignKey) ParentColumns() []string {
	var out []string
	for _, p := range f.Pairs() {
		out = append(out, f.Parent.Column(p.ParentKey).Name)
	}
	return out
}

// Name is the constraint's name, in Drizzle's convention where the author gave none.
func (f ForeignKey) Name(t *Table) string {
	if f.Given != "" {
		return f.Given
	}
	return t.Name + "_" + strings.Join(f.Columns(t), "_") + "_" + f.Parent.Name + "_" + strings.Join(f.ParentColumns(), "_") + "_fk"
}

// Column returns a column by property name. It panics on a name the table does not have: the model never holds one.
func (t *Table) Column(key string) *Column {
	for i := range t.Columns {
		if t.Columns[i].Key == key {
			return &t.Columns[i]
		}
	}
	panic("storage: table " + t.Name + " has no column " + key)
}

// Names returns the SQL names of columns.
func (t *Table) Names(keys []string) []string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = t.Column(k).Name
	}
	return out
}

// own is a table without its foreign keys.
func own(r *model.Resource, n *naming.Names, parents map[string]bool) *Table {
	t := &Table{Module: n.SchemaFile(), Const: n.Table, Policed: true, Name: r.Table.Name}
	t.addColumns(r.Table)
	for _, c := range r.Table.Checks {
		t.Checks = append(t.Checks, Check{Name: c.Name, SQL: c.SQL})
	}
	for _, i := range r.Table.Indexes {
		t.addIndex(i, parents[strings.Join(i.Columns, " ")])
	}
	return t
}

func (t *Table) addColumns(from *model.Table) {
	keys := from.PrimaryKey()
	for _, i := range from.Indexes {
		if i.Kind != "primaryKey" {
			continue
		}
		keys = nil
		for _, k := range i.Columns {
			if c := from.Column(k); c != nil {
				keys = append(keys, c)
			}
		}
	}
	for _, c := range from.Columns {
		t.Columns = append(t.Columns, Column{Key: c.Key, Name: c.Name, Builder: c.Builder, Mode: c.Mode, TypeText: c.TypeText, TypeNames: c.TypeNames, Enum: c.Enum, Length: c.Length,
			NotNull: c.NotNull || has(keys, c), PrimaryKey: len(keys) == 1 && keys[0] == c, AutoInc: c.AutoInc, Default: c.Default,
			MadeOn: Made{c.OnCreate, c.OnUpdate}, Generated: c.Generated})
	}
	if len(keys) > 1 {
		for _, c := range keys {
			t.PrimaryKey = append(t.PrimaryKey, c.Name)
		}
	}
}

// addIndex adds an index of the model. A parent key keeps no condition.
func (t *Table) addIndex(i *model.Index, parent bool) {
	if i.Kind == "primaryKey" {
		return
	}
	unique := i.Kind != "index"
	where := i.Where
	if unique && parent {
		where = ""
	}
	t.add(Index{Name: i.Name, Keys: i.Columns, Parts: i.Parts, Unique: unique, Where: where})
}

// add keeps the first of two indexes of the same name.
func (t *Table) add(i Index) {
	for _, o := range t.Indexes {
		if o.Name == i.Name {
			return
		}
	}
	t.Indexes = append(t.Indexes, i)
}

func (t *Table) has(key string) bool {
	for _, c := range t.Columns {
		if c.Key == key {
			return true
		}
	}
	return false
}

func has(list []*model.Column, c *model.Column) bool {
	for _, o := range list {
		if o == c {
			return true
		}
	}
	return false
}

// PrimaryKeyName is the name of a composite primary key in Drizzle's convention.
func (t *Table) PrimaryKeyName() string {
	return t.Name + "_" + strings.Join(t.PrimaryKey, "_") + "_pk"
}
