package definition

import "github.com/qbls/qbls/diagnostics/text"

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
