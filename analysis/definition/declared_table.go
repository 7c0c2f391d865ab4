package definition

import (
	"strings"

	"github.com/qbls/qbls/diagnostics/text"
)

// Dialect is the database family whose column builders a table uses.
type Dialect string

// The dialects of drizzle-orm that definitions are written in.
const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "pg"
	MySQL    Dialect = "mysql"
)

// Table is a table: of Drizzle, or of q.table.
type Table struct {
	Binding string      // name of the constant
	At      text.Anchor // of that name
	Name    Value[string]
	Dialect Dialect
	Q       bool // made by q.table: its SQL name follows the naming convention
	Columns []*Column
	Indexes []*Index
	Checks  []*Check
	Foreign []*CompositeReference
	Unread  []Name // columns that could not be read, which is reported at each
	Export  bool
}

// Column is one column of a table.
type Column struct {
	Key        Name          // property name
	Name       Value[string] // SQL name; absent: the property name, of q columns under the naming convention
	Builder    string        // name of the storage: of SQLite text, integer, real, blob, numeric
	Mode       Value[string] // boolean, timestamp, timestamp_ms, number, json, bigint, buffer, string
	Kind       string        // what its values are: string, number, boolean, date, json, blob, bigint, array; "" when nothing says so
	TypeText   string        // T of .$type<T>()
	TypeNames  []TypeName    // names in TypeText that mean something of a module
	Enum       []Name
	Length     int
	NotNull    bool
	PrimaryKey bool
	AutoInc    bool
	Unique     bool
	UniqueName string
	Default    *Default
	OnCreate   bool // .$default(f), .$defaultFn(f): a function of the author's fills it
	OnUpdate   bool // .$onUpdate(f), .$onUpdateFn(f): on every write that leaves it out
	Generated  *Generated
	References *Reference
	At         text.Anchor // the whole expression

	// What only q columns say.
	Q          string        // id, text, int, real, bool, enum, json, datetime, timestamp, date, url, email, uuid, scope; "" for Drizzle's
	Scope      Value[string] // of q.scope: organization, owner, team
	Format     string        // email, url, uuid, date, datetime
	Rule       *Validation   // minLength, maxLength, min, max, pattern
	Index      *text.Anchor  // .index()
	Filterable *FilterSet    // .filterable(…)
	Searchable *text.Anchor
	Sortable   *text.Anchor
	Protected  *text.Anchor // only actions write it
	Immutable  *text.Anchor // set on create, never later
	Masked     *Mask
}

// Generated is .generatedAlwaysAs(sql`…`): the database computes the column from others of its row.
type Generated struct {
	SQL    SQL
	Stored bool // kept with the row, not computed when it is read
	At     text.Anchor
}

// TypeName is a type of a module that a column's values have.
type TypeName struct {
	Name     string    // as it is written
	Exported string    // its name in the module that exports it; "default" and "*" as in imports
	Module   text.Path // the module; of a package, ""
	Package  string    // the package's specifier, "" for a module of the project
}

// FilterSet are the operators that .filterable(…) names; none means all.
type FilterSet struct {
	Items []Name // eq, ne, gt, gte, lt, lte, like, in, isNull
	At    text.Anchor
}

// Default is a column's default: a literal, a list or an object, or SQL text.
type Default struct {
	Literal any    // string, float64, bool, nil
	JSON    string // of a list or an object, as JSON.stringify writes it
	SQL     string // of sql`…` without holes
	At      text.Anchor
}

// Reference is .references(() => table.column, { onDelete }), or a foreignKey of one column.
type Reference struct {
	Binding  string // local name of the table
	Column   string
	OnDelete string
	OnUpdate string
	At       text.Anchor
}

// CompositeReference is a foreignKey of several columns.
type CompositeReference struct {
	Name     string
	Columns  []Name
	Binding  string   // local name of the other table
	Keys     []string // property names there, one for each column
	OnDelete string
	OnUpdate string
	At       text.Anchor
}

// Index is an index, unique index, unique constraint or composite primary key of a table's third argument.
type Index struct {
	Kind    string // "index", "uniqueIndex", "unique", "primaryKey"
	Name    string
	Columns []Name // that it is of, also in expressions
	Parts   []SQL  // what is indexed, in order, where not all of that is columns by themselves; else nil
	Where   SQL    // of .where(sql`…`)
	At      text.Anchor
}

// Check is a check constraint.
type Check struct {
	Name string
	SQL  SQL
	At   text.Anchor
}

// SQL is the text of sql`…` whose holes are columns of the table; the zero value is none.
type SQL struct {
	Text    []string // what stands around the columns: one more than these
	Columns []Name   // property names
}

// String writes the text with the columns' SQL names.
func (s SQL) String(sqlName func(key string) string) string {
	var b strings.Builder
	for i, t := range s.Text {
		b.WriteString(t)
		if i < len(s.Columns) {
			b.WriteString(`"` + strings.ReplaceAll(sqlName(s.Columns[i].Text), `"`, `""`) + `"`)
		}
	}
	return b.String()
}
