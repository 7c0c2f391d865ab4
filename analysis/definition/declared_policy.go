package definition

import "github.com/qbls/qbls/diagnostics/text"

// Access is an access rule as written. Keys of one object AND together.
type Access struct {
	State    State // Known when every part of it was read; else a part is missing here, and reported
	Roles    *Roles
	UserRole *Roles
	Record   []Condition
	Or, And  []Access
	HasOr    bool
	HasAnd   bool
	Func     bool // function form
	TakesRow bool // the function has a second parameter: the record
	Empty    bool // {} or an empty list: grants nobody
	At       text.Anchor
}

// Roles is a list of role names as written ("recruiter+" included).
type Roles struct {
	State State // Known when every element was read
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

// Form says which call of the definition API holds a policy.
type Form uint8

// The forms in which a table's policy is written.
const (
	FormTable   Form = iota // defineTable(table, { … }), defineResource
	FormFeature             // feature('name', { columns, … })
)

// Resource is the policy object of defineTable(table, { … }) or feature('name', { … }).
type Resource struct {
	Form      Form
	Binding   string      // first argument: local name of the table
	BindingAt text.Anchor // of that argument
	At        text.Anchor // of the callee
	BodyAt    text.Anchor // of the policy object
	Extra     []text.Anchor

	Firewall    *Firewall // nil: not written
	ErrorMode   Value[string]
	Operations  []*Operation
	CrudAt      text.Anchor
	HasCrud     bool
	Read        *Reading // nil: list and get are written by themselves
	Guards      *Guards
	Masks       []*Mask
	Views       []*View
	References  []Pair
	Display     Value[string]
	DefaultSort *Sort
	InputHints  []Pair
	Validation  []*Validation
	Unique      []Columns
	Layouts     []*Layout
	Realtime    *Realtime
	Embeddings  *Embeddings
}

// Reading is { access, views, defaultView, … }, which stands for list and get.
type Reading struct {
	DefaultView Value[string]
	At          text.Anchor // of the key
}

// Pair is a key and a string value with their places.
type Pair struct {
	Key   Name
	Value Name
}

// Columns is a list of column names.
type Columns struct {
	State State // Known when every element was read
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
	State      State // Known when every part of it was read
	At         text.Anchor
	Scopes     []Scope // named form
	Exception  Value[bool]
	SoftDelete *Scope
	Predicates []Condition // array form
	IsArray    bool
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
	Name        Name     // list, get, create, update, delete, put, batchCreate, batchUpdate, batchDelete, batchUpsert
	Path        []string // where the policy object has it: ["crud", "list"], ["create"], ["read"]
	Off         bool     // false was written
	Access      *Access
	Fields      *Columns
	PageSize    Value[float64]
	MaxPageSize Value[float64]
	MaxBatch    Value[float64]
	AllowAtomic Value[bool]
	FailFast    Value[bool]
	Mode        Value[string] // delete: soft, hard
	Defaults    []FieldDefault
	At          text.Anchor // of the operation's value
}

// FieldDefault is one entry of create.defaults.
type FieldDefault struct {
	Field Name
	Value any
	At    text.Anchor // of the value: of a string, its contents
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
	Path   []string // where the policy object has it: ["views", name], ["read", "views", name]
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

// Layout is a named arrangement of fields for forms; no backend depends on it.
type Layout struct {
	Name     Name
	Sections []Section
}

// Section is one group of fields of a layout.
type Section struct {
	Label     Value[string]
	Fields    *Columns
	Columns   Value[float64] // 1 or 2
	Collapsed Value[bool]
	At        text.Anchor
}

// Realtime is { enabled, onInsert, … } of a resource.
type Realtime struct {
	At            text.Anchor // of the key
	Enabled       Value[bool]
	OnInsert      Value[bool]
	OnUpdate      Value[bool]
	OnDelete      Value[bool]
	RequiredRoles *Roles
	Fields        *Columns
}

// Embeddings is { fields, model, … } of a resource.
type Embeddings struct {
	At       text.Anchor // of the key
	Fields   *Columns
	Metadata *Columns
}
