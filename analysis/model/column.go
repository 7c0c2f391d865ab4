package model

import (
	"github.com/qbls/qbls/analysis/definition"
)

// Table is a table with the columns that qbls injects.
type Table struct {
	Binding string
	Name    string // SQL name
	Dialect definition.Dialect
	Columns []*Column // declared first, injected after
	Indexes []*Index  // declared first, injected after
	Checks  []*Check
	Foreign []*CompositeKey
	Source  *definition.Table
}

// CompositeKey is a foreign key of several columns. The database enforces it; nothing else follows from it.
type CompositeKey struct {
	Name     string // "" for the conventional one
	Columns  []string
	Target   ID
	Keys     []string
	OnDelete string
	OnUpdate string
	Source   *definition.CompositeReference
}

// Column returns a column by property name, or nil.
func (t *Table) Column(key string) *Column {
	for _, c := range t.Columns {
		if c.Key == key {
			return c
		}
	}
	return nil
}

// PrimaryKey returns the columns of the primary key.
func (t *Table) PrimaryKey() []*Column {
	var out []*Column
	for _, c := range t.Columns {
		if c.PrimaryKey {
			out = append(out, c)
		}
	}
	return out
}

// Role of a column in the machinery.
type ColumnRole uint8

const (
	Plain     ColumnRole = iota
	KeyColumn            // primary key
	ScopeColumn
	AuditColumn
	DeleteColumn    // deletedAt, deletedBy
	GeneratedColumn // computed by the database
)

// Column is a column.
type Column struct {
	Key        string // property name
	Name       string // SQL name
	Builder    string // text, integer, real, blob, numeric
	Mode       string // "" is the builder's default
	Kind       string // what its values are; "" where only the builder says so
	TypeText   string // of .$type<T>()
	TypeNames  []definition.TypeName
	Format     string // email, url, uuid, date, datetime: what its text is
	Enum       []string
	Length     int
	NotNull    bool
	PrimaryKey bool
	AutoInc    bool
	Unique     bool
	UniqueName string
	Default    *definition.Default
	OnCreate   bool       // a function of the author's fills it
	OnUpdate   bool       // a function of the author's sets it on every write that leaves it out
	Generated  *Generated // computed by the database; nil for others
	Injected   bool
	Role       ColumnRole
	Source     *definition.Column // nil when injected
}

// Generated is what the database computes a column from: SQL with the columns' SQL names. A stored one is kept with its row.
type Generated struct {
	SQL    string
	Stored bool
}

// Type is what the column's values are to a policy and to the API: string, number, boolean, date, json, blob.
func (c *Column) Type() string {
	switch c.Kind {
	case "string", "number", "boolean", "date", "json", "blob":
		return c.Kind
	case "array":
		return "json"
	case "bigint":
		if c.Builder == "blob" {
			return "blob"
		}
		return "number"
	}
	switch {
	case c.Mode == "boolean":
		return "boolean"
	case c.Mode == "timestamp" || c.Mode == "timestamp_ms":
		return "date"
	case c.Mode == "json":
		return "json"
	case c.Builder == "blob":
		return "blob"
	case c.Builder == "integer" || c.Builder == "real":
		return "number"
	case c.Builder == "numeric" && (c.Mode == "number" || c.Mode == "bigint"):
		return "number"
	}
	return "string"
}

// Check is a check constraint.
type Check struct {
	Name string
	SQL  string
}

// Index is an index or constraint over columns of the table.
type Index struct {
	Kind     string // index, uniqueIndex, primaryKey
	Name     string
	Columns  []string // property names
	Parts    []string // SQL of what is indexed, in order, where not all of that is columns by themselves; else nil
	Where    string   // SQL, for partial indexes
	Injected bool
}
