// Package definition is what one file declares, before linking: tables, a resource's policy, actions, configuration.
//
// Every leaf is a Value: absent, known, unknown (only running the code can tell) or invalid (already reported). It remembers
// where it was written. A File holds places, never nodes, so the tree of a closed file can be dropped; and it holds places as
// Anchors, so that a newline above changes File.Places and nothing else. The Shape is the hash of the meaning without places:
// as long as it is the same, nothing that depends on the file has to be read again.
package definition

import (
	"github.com/qbls/qbls/diagnostics/text"
)

// State says how much static reading knows of a leaf.
type State uint8

const (
	Absent  State = iota
	Known         // V holds it
	Unknown       // only running the code can tell
	Invalid       // known to be wrong, and already reported
)

// Value is a leaf of a definition.
type Value[T any] struct {
	State State
	V     T
	At    text.Anchor // where the user wrote it
}

// Get returns the value and whether it is known.
func (v Value[T]) Get() (T, bool) { return v.V, v.State == Known }

// Or returns the value when it is known, else the default.
func (v Value[T]) Or(other T) T {
	if v.State == Known {
		return v.V
	}
	return other
}

// Present says whether the author wrote anything here.
func (v Value[T]) Present() bool { return v.State != Absent }

// Name is a name with the place where it is written: a role, a column, an action.
type Name struct {
	Text string
	At   text.Anchor
}

// File is what one file declares.
type File struct {
	Path    text.Path
	Text    text.Hash    // hash of the text it was read from
	Shape   text.Hash    // hash of the meaning, without places and without the bodies of functions
	Places  []text.Place // Anchor.N → place: the only part that moves when text shifts; a shared constant stands in another file
	Follows []Follow     // other files whose constants were read for this one
	Origins []Origin     // constants that were followed, and where they are used
	Imports []Import
	Exports []Name // names of exported functions and constants ("execute"); "default" for the default export
	Tables  []*Table
	Table   *Resource // export default defineTable(…) or defineResource(…)
	Actions *Actions  // export default defineActions(…)
	Config  *Config   // export default defineConfig(…)
	RawSQL  []RawSQL  // in an exported function execute: the file is a handler
	Gaps    []Gap     // what static reading could not settle; each is reported
}

// Place resolves an anchor of this file. The place is in another file when the value was written there.
func (f *File) Place(a text.Anchor) text.Place {
	switch {
	case f == nil:
		return text.Place{Path: a.Path}
	case a.Path != f.Path || int(a.N) >= len(f.Places):
		return text.Place{Path: f.Path} // an anchor of nothing: the start of the file
	}
	return f.Places[a.N]
}

// Follow is a file that another one takes constants from.
type Follow struct {
	Path text.Path
	Hash text.Hash // of its text
}

// Origin is a constant that a definition uses by name.
type Origin struct {
	At   text.Place // its value
	Used text.Place // the name, where the definition uses it
}

// Via returns where this file uses the constant that a place lies in; ok is false when the place is written where it counts.
func (f *File) Via(at text.Place) (used text.Place, ok bool) {
	for _, o := range f.Origins {
		if o.At.Path == at.Path && o.At.Span.Start <= at.Span.Start && at.Span.End <= o.At.Span.End {
			return o.Used, true
		}
	}
	return text.Place{}, false
}

// Import is one imported binding.
type Import struct {
	Local    string
	Imported string    // "default", "*" or a name
	Module   string    // as written
	Target   text.Path // the project file it means, "" when it is a package or does not exist
	At       text.Anchor
	ModuleAt text.Anchor
}

// Gap is an expression whose value only running the code can tell.
type Gap struct {
	At  text.Anchor
	Why string
}

// Dialect is the database family whose column builders a table uses.
type Dialect string

const (
	SQLite   Dialect = "sqlite"
	Postgres Dialect = "pg"
	MySQL    Dialect = "mysql"
)

// Table is a Drizzle table.
type Table struct {
	Binding string      // name of the constant
	At      text.Anchor // of that name
	Name    Value[string]
	Dialect Dialect
	Columns []*Column
	Indexes []*Index
	Export  bool
}

// Column is one column of a Drizzle table.
type Column struct {
	Key        Name          // property name
	Name       Value[string] // SQL name; absent: the property name
	Builder    string        // text, integer, real, blob, numeric
	Mode       Value[string] // boolean, timestamp, timestamp_ms, number, json, bigint, buffer, string
	Enum       []Name
	Length     int
	NotNull    bool
	PrimaryKey bool
	AutoInc    bool
	Unique     bool
	UniqueName string
	Default    *Default
	References *Reference
	At         text.Anchor // the whole expression
}

// Default is a column's default: a literal, or SQL text.
type Default struct {
	Literal any    // string, float64, bool, nil
	SQL     string // of sql`…` without holes
	At      text.Anchor
}

// Reference is .references(() => table.column, { onDelete }).
type Reference struct {
	Binding  string // local name of the table
	Column   string
	OnDelete string
	OnUpdate string
	At       text.Anchor
}

// Index is an index, unique index, unique constraint or composite primary key of a table's third argument.
type Index struct {
	Kind    string // "index", "uniqueIndex", "unique", "primaryKey"
	Name    string
	Columns []Name
	Where   string // SQL of .where(sql`…`) without holes
	At      text.Anchor
}

// Access is an access rule as written. Keys of one object AND together.
type Access struct {
	Roles    *Roles
	UserRole *Roles
	Record   []Condition
	Or, And  []Access
	HasOr    bool
	HasAnd   bool
	Func     bool // function form
	Empty    bool // {} or an empty list: grants nobody
	At       text.Anchor
}

// Roles is a list of role names as written ("recruiter+" included).
type Roles struct {
	Items []Name
	At    text.Anchor
}

// Condition compares a field of the record.
type Condition struct {
	Field Name
	Op    Name // equals when the value stands alone
	Value Operand
}

// Operand is what a condition compares with: a literal, a list of literals, or $ctx.path.
type Operand struct {
	Literal any    // string, float64, bool, nil, or []any of these
	Ctx     string // "userId" for "$ctx.userId" and "ctx.userId"
	Items   []Name // for lists of strings: places of the elements
	At      text.Anchor
}

// Resource is the policy object of defineTable(table, { … }).
type Resource struct {
	Binding   string      // first argument: local name of the table
	BindingAt text.Anchor // of that argument
	At        text.Anchor // of the callee
	BodyAt    text.Anchor // of the policy object
	Extra     []text.Anchor

	Firewall    *Firewall // nil: not written
	Operations  []*Operation
	CrudAt      text.Anchor
	HasCrud     bool
	Guards      *Guards
	Masks       []*Mask
	Views       []*View
	References  []Pair
	Display     Value[string]
	DefaultSort *Sort
	InputHints  []Pair
	Validation  []*Validation
	Unique      []Columns
	Later       []Name // keys that are read and not emitted by this version (realtime, embeddings, …)
}

// Pair is a key and a string value with their places.
type Pair struct {
	Key   Name
	Value Name
}

// Columns is a list of column names.
type Columns struct {
	Items []Name
	At    text.Anchor
}

// Sort is { field, order }.
type Sort struct {
	Field Name
	Desc  bool
	At    text.Anchor
}

// Firewall is the row isolation as written, in one of three forms.
type Firewall struct {
	At         text.Anchor
	Scopes     []Scope // named form
	Exception  Value[bool]
	SoftDelete *Scope
	Predicates []Condition // array form
	IsArray    bool
	Hide       Value[bool] // errorMode: "hide"
	ErrorMode  Value[string]
}

// Scope is one named scope of a firewall.
type Scope struct {
	Kind   string // organization, owner, team, softDelete
	Column Value[string]
	Source Value[string]
	Mode   Value[string] // owner: required, optional
	Roles  *Roles        // owner.roles
	At     text.Anchor   // of the key
}

// Operation is one CRUD operation.
type Operation struct {
	Name        Name // list, get, create, update, delete, put, batchCreate, batchUpdate, batchDelete, batchUpsert
	Off         bool // false was written
	Access      *Access
	Fields      *Columns
	PageSize    Value[float64]
	MaxPageSize Value[float64]
	MaxBatch    Value[float64]
	Mode        Value[string] // delete: soft, hard
	Defaults    []FieldDefault
	At          text.Anchor // of the operation's value
}

// FieldDefault is one entry of create.defaults.
type FieldDefault struct {
	Field Name
	Value any
}

// Guards lists which fields may be written.
type Guards struct {
	Open       bool // guards: false
	Createable *Columns
	Updatable  *Columns
	Immutable  *Columns
	Protected  []Protected
	At         text.Anchor
}

// Protected is a field that only the named actions may change; Any: any action.
type Protected struct {
	Field   Name
	Actions []Name
	Any     bool
}

// Mask is one masking rule.
type Mask struct {
	Field Name
	Type  Value[string]
	Roles *Roles
	Owner Value[string] // show.or
	Query *Roles        // query.roles
	Func  bool          // custom mask function given
	At    text.Anchor
}

// View is a named projection.
type View struct {
	Name   Name
	Fields *Columns
	Access *Access
	Query  *ViewQuery
	At     text.Anchor
}

// ViewQuery opts columns of a view into filtering, search and sorting.
type ViewQuery struct {
	Filterable, Searchable, Sortable *Columns
	DefaultSort                      Value[string]
}

// Validation is the rule of one field.
type Validation struct {
	Field                Name
	MinLength, MaxLength Value[float64]
	Min, Max             Value[float64]
	Pattern              Value[string]
	Enum                 []Name
	Email                Value[bool]
	At                   text.Anchor
}

// Actions is defineActions(table, { … }).
type Actions struct {
	Binding   string // local name of the table, "" for null
	Tableless bool
	BindingAt text.Anchor
	At        text.Anchor
	Items     []*Action
}

// Action is one action.
type Action struct {
	Name         Name
	At           text.Anchor // of its object
	Description  Value[string]
	Input        *Input
	Access       *Access
	Execute      *text.Anchor
	Handler      Value[string]
	Standalone   Value[bool]
	Path         Value[string]
	Method       Value[string]
	ResponseType Value[string]
	SideEffects  Value[string]
	AllowRawSQL  Value[bool]
	Unsafe       *text.Anchor
	Transition   *text.Anchor
	RawSQL       []RawSQL
	Writes       []Name // columns that a visible .set({ … }) in the body names
}

// RawSQL is raw SQL that the body of an action visibly uses.
type RawSQL struct {
	What string
	At   text.Anchor
}

// Input is the Zod schema of an action's input, as far as it is written out.
type Input struct {
	At     text.Anchor
	Known  bool // every field below is what the schema says
	Fields []InputField
}

// InputField is one key of z.object({ … }).
type InputField struct {
	Name     Name
	Type     string // string, number, integer, boolean, enum, array, object, unknown
	Items    string // element type of an array
	Enum     []string
	Format   string // date-time, email, uri, uuid
	Required bool
	Min, Max *float64 // of numbers, or lengths of strings and arrays
}

// Config is quickback.config.ts.
type Config struct {
	At             text.Anchor
	Name           Value[string]
	Template       Value[string]
	Organizations  Value[bool]
	Runtime        Value[string]
	Database       Value[string]
	Auth           Value[string]
	AuthPlugins    []Name
	RoleHierarchy  *Roles
	GenerateID     Value[string] // "false" for false
	Naming         Value[string]
	AuditFields    Value[bool]
	OutputDir      Value[string]
	PackageManager Value[string]
	Dependencies   []Pair
	TrustedOrigins []Name
	EmailPassword  Value[bool]
	OpenAPI        Value[bool]
	SchemaRegistry Value[bool]
	ETag           Value[bool]
	Context        []Name // auth.context: more $ctx paths
	Later          []Name // keys that are read and not emitted by this version
}
