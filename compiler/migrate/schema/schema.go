// Package schema is the tables of one database as a migration sees them, for SQLite and PostgreSQL alike: what stands in the snapshots
// of drizzle-kit 0.31, without their notation.
//
// Expressions (defaults, conditions, checks, generated values) are SQL text and are compared as text. Nothing here knows definitions:
// a schema is read from a snapshot or made from the emitted tables.
package schema

import (
	"encoding/json"
	"slices"
	"strings"
)

// Dialect is the family of a database, as drizzle-kit names it.
type Dialect string

// The dialects. SQLite is also libSQL and D1.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "postgresql"
)

// Schema is all tables of one database, in the order they are created in.
type Schema struct {
	Dialect Dialect
	Tables  []*Table
	Enums   []*Enum // PostgreSQL's types; empty on SQLite
	Texts   *Texts  // nil: nothing is kept
}

// Table is one table. Space is PostgreSQL's schema, "" for public.
type Table struct {
	Space       string
	Name        string
	Columns     []*Column
	Indexes     []*Index
	ForeignKeys []*ForeignKey
	PrimaryKey  *Key // of several columns; nil when a column says it itself
	Uniques     []*Unique
	Checks      []*Check
}

// Column is one column. Default is SQL text, or a JSON number or boolean; nil is none.
type Column struct {
	Name       string
	Type       string
	TypeSpace  string // PostgreSQL: schema of an enum's type
	PrimaryKey bool
	NotNull    bool
	Increments bool // SQLite: AUTOINCREMENT
	Default    any
	Generated  *Generated
	Identity   *Identity
}

// Generated is the expression of a column that the database computes: "stored" or "virtual". On SQLite As has its own parentheses.
type Generated struct{ As, Kind string }

// Identity is PostgreSQL's GENERATED … AS IDENTITY. Kind is "always" or "byDefault".
type Identity struct {
	Kind, Name, Space, Increment, Start, Min, Max, Cache string
	Cycle                                                bool
}

// Index is an index, also the one that makes a column unique on SQLite.
type Index struct {
	Name         string
	Parts        []Part
	Unique       bool
	Where        string
	Method       string // PostgreSQL: btree …
	Concurrently bool
	With         []Option
}

// Part is a column or an expression of an index. The order and the class are PostgreSQL's.
type Part struct {
	Text         string
	IsExpression bool
	Descending   bool
	Nulls        string
	Class        string
}

// Option is a storage parameter of an index; Value is JSON.
type Option struct{ Name, Value string }

// ForeignKey is a constraint of one or several columns. Rules are in lower case, "" and "no action" mean the same.
type ForeignKey struct {
	Name     string
	Columns  []string
	Parent   string
	Space    string // of the parent
	Keys     []string
	OnDelete string
	OnUpdate string
}

// Key is a primary key of several columns.
type Key struct {
	Name    string
	Columns []string
}

// Unique is a unique constraint.
type Unique struct {
	Name             string
	Columns          []string
	NullsNotDistinct bool
}

// Check is a condition that every row fulfils.
type Check struct{ Name, SQL string }

// Enum is a PostgreSQL type; its values are in their order.
type Enum struct {
	Space, Name string
	Values      []string
}

// ID is the name that tells a table from all others: with its PostgreSQL schema when that is not public.
func (t *Table) ID() string { return ID(t.Space, t.Name) }

// ID is the name of a table or a type with its schema, when that is not public.
func ID(space, name string) string {
	if space == "" || space == "public" {
		return name
	}
	return space + "." + name
}

// ParentID is the ID of the table a foreign key points to.
func (f *ForeignKey) ParentID() string { return ID(f.Space, f.Parent) }

// Table returns a table by ID, or nil.
func (s *Schema) Table(id string) *Table {
	for _, t := range s.Tables {
		if t.ID() == id {
			return t
		}
	}
	return nil
}

// Enum returns a type by ID, or nil.
func (s *Schema) Enum(id string) *Enum {
	for _, e := range s.Enums {
		if ID(e.Space, e.Name) == id {
			return e
		}
	}
	return nil
}

// Column returns a column by name, or nil.
func (t *Table) Column(name string) *Column {
	for _, c := range t.Columns {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// Key returns the columns of the primary key.
func (t *Table) Key() []string {
	if t.PrimaryKey != nil {
		return t.PrimaryKey.Columns
	}
	var out []string
	for _, c := range t.Columns {
		if c.PrimaryKey {
			out = append(out, c.Name)
		}
	}
	return out
}

// DefaultSQL is a column's default as SQL text.
func (c *Column) DefaultSQL() (string, bool) {
	switch v := c.Default.(type) {
	case nil:
		return "", false
	case string:
		return v, true
	default:
		b, err := json.Marshal(v)
		return string(b), err == nil
	}
}

// Constant says whether a default is a literal, which a database can give to existing rows without computing anything per row.
func (c *Column) Constant() bool {
	s, ok := c.DefaultSQL()
	if !ok {
		return false
	}
	if strings.HasPrefix(s, "'") {
		return strings.HasSuffix(s, "'") && len(s) > 1 && !strings.Contains(strings.ReplaceAll(s[1:len(s)-1], "''", ""), "'")
	}
	if s == "true" || s == "false" {
		return true
	}
	var n json.Number
	return json.Unmarshal([]byte(s), &n) == nil
}

// Clone returns a copy that shares nothing with the schema.
func (s *Schema) Clone() *Schema {
	out := &Schema{Dialect: s.Dialect}
	for _, t := range s.Tables {
		out.Tables = append(out.Tables, t.Clone())
	}
	for _, e := range s.Enums {
		out.Enums = append(out.Enums, &Enum{e.Space, e.Name, slices.Clone(e.Values)})
	}
	return out
}

// Clone returns a copy that shares nothing with the table.
func (t *Table) Clone() *Table {
	out := &Table{Space: t.Space, Name: t.Name, Columns: make([]*Column, len(t.Columns))}
	columns := make([]Column, len(t.Columns)) // together: there are many
	for i, c := range t.Columns {
		columns[i] = c.copied()
		out.Columns[i] = &columns[i]
	}
	for _, i := range t.Indexes {
		n := *i
		n.Parts, n.With = slices.Clone(i.Parts), slices.Clone(i.With)
		out.Indexes = append(out.Indexes, &n)
	}
	for _, f := range t.ForeignKeys {
		n := *f
		n.Columns, n.Keys = slices.Clone(f.Columns), slices.Clone(f.Keys)
		out.ForeignKeys = append(out.ForeignKeys, &n)
	}
	if t.PrimaryKey != nil {
		out.PrimaryKey = &Key{t.PrimaryKey.Name, slices.Clone(t.PrimaryKey.Columns)}
	}
	for _, u := range t.Uniques {
		n := *u
		n.Columns = slices.Clone(u.Columns)
		out.Uniques = append(out.Uniques, &n)
	}
	for _, c := range t.Checks {
		n := *c
		out.Checks = append(out.Checks, &n)
	}
	return out
}

// Clone returns a copy of the column.
func (c *Column) Clone() *Column {
	n := c.copied()
	return &n
}

func (c *Column) copied() Column {
	n := *c
	if c.Generated != nil {
		g := *c.Generated
		n.Generated = &g
	}
	if c.Identity != nil {
		i := *c.Identity
		n.Identity = &i
	}
	return n
}
