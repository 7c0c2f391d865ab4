// Package model is the linked project: what the files declare together, after imports are followed, columns injected, scopes
// derived and role expressions expanded. There is one immutable value per resource; it is shared between versions of the
// project for as long as everything it was made of is the same.
//
// A leaf that could not be linked is reported by a check and left out here, and the resource is then not Complete: emitters
// refuse it. Nothing here turns an unreadable policy into a weaker one.
package model

import (
	"slices"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/diagnostics/text"
)

// ID is "feature/file".
type ID string

// Op is a CRUD operation.
type Op string

const (
	List        Op = "list"
	Get         Op = "get"
	Create      Op = "create"
	Update      Op = "update"
	Delete      Op = "delete"
	Put         Op = "put"
	BatchCreate Op = "batchCreate"
	BatchUpdate Op = "batchUpdate"
	BatchDelete Op = "batchDelete"
	BatchUpsert Op = "batchUpsert"
)

// Ops are all operations in the order of the documentation.
var Ops = []Op{List, Get, Create, Update, Delete, Put, BatchCreate, BatchUpdate, BatchDelete, BatchUpsert}

// Project is one linked project.
type Project struct {
	Root      text.Path // folder of the project
	Source    text.Path // folder that holds features/
	Config    *Config
	Features  []*Feature  // by name
	Resources []*Resource // by ID, internal tables included
	Globals   *Globals
	Complete  bool // every resource is complete and there is a readable configuration

	byID  map[ID]*Resource
	input Input
	loose []loose
}

// Resource returns the resource of an id, or nil.
func (p *Project) Resource(id ID) *Resource { return p.byID[id] }

// Feature is a folder of features/.
type Feature struct {
	Name      string
	Resources []*Resource // by segment
}

// Config is the configuration with its defaults.
type Config struct {
	Path          text.Path
	Source        *definition.Config // as written
	Name          string
	Runtime       string
	Database      string
	Auth          string
	Organizations bool
	GenerateID    string   // uuid, cuid, nanoid, prefixed, serial, false
	SnakeCase     bool     // naming convention
	AuditFields   bool     //
	Hierarchy     []string // lowest first
	HierarchySet  bool     // written in the configuration
	OutputDir     string   // relative to the project, "." by default
	Dependencies  [][2]string
	Origins       []string
	AuthPlugins   []string
	OpenAPI       bool
	Registry      bool
	ETag          bool
	EmailPassword bool
	Context       []string // additional $ctx paths
	Hash          text.Hash
}

// Globals are the only inputs of a resource that come from the whole project.
type Globals struct {
	Roles    []Role          // the role universe, by name
	Tables   map[string]ID   // SQL table name → first resource
	Segments map[string][]ID // URL segment → resources with routes
	Prefixes map[ID]string   // id prefixes, unique in the project
	Hash     text.Hash
}

// Role is a role and where it comes from.
type Role struct {
	Name    string
	BuiltIn bool // owner, admin, member
	Ranked  bool // in the hierarchy
	Uses    []text.Anchor
}

// Resource is a table with its policy, or an internal table.
type Resource struct {
	ID          ID
	Feature     string
	Segment     string    // URL segment and registry name: the file's name without extension
	File        text.Path // the definition file
	TableFile   text.Path // the file that declares the table, "" without one
	ActionsFile text.Path // file of defineActions, or of a feature's actions without a table; "" when there is none
	Binding     string    // the table's constant, "" without a table
	Internal    bool
	Complete    bool
	Hash        text.Hash // meaning of everything the resource is made of

	Table      *Table // nil: the standalone actions of a feature that belong to no table
	Firewall   Firewall
	Operations []*Operation // in the order of Ops; only those that have a route or are denied
	Guards     Guards
	Masks      []*Mask
	Views      []*View
	Actions    []*Action
	Foreign    []*ForeignKey
	OptIns     OptIns
	Display    string // column, "" when there is none
	Sort       *Sort  // default order; nil: createdAt descending
	View       string // that a list answers with when the caller names none, "" when it is no view
	Hints      [][2]string
	Validation []*definition.Validation
	Layouts    []*definition.Layout
	Prefix     string // of prefixed ids
	Uses       []ID   // targets of foreign keys and cascading children: what checks and emission also read

	Source *definition.Resource // as written; nil for an internal table
	Home   *definition.File     // resolves the anchors of the definition file
	Others []*definition.File   // those of the table where it has a file of its own, of the actions and of their handlers
}

// Files are all files that the resource is made of, the one with the policy first.
func (r *Resource) Files() []*definition.File { return append([]*definition.File{r.Home}, r.Others...) }

// Origin is the file that declares the table; nil without one.
func (r *Resource) Origin() *definition.File {
	for _, f := range r.Files() {
		if r.TableFile != "" && f.Path == r.TableFile {
			return f
		}
	}
	return nil
}

// Means says whether a local name of one of the resource's files is its table.
func (r *Resource) Means(f *definition.File, local string) bool {
	if r.Table == nil || f == nil {
		return false
	}
	if target, name := importTarget(f, local); target != "" {
		origin := r.Origin()
		return (name == r.Binding || name == "default") && origin != nil && origin.Path == target
	}
	return local == r.Binding
}

// ActionLists are the actions as written, by file: each list that the resource's actions come from.
func (r *Resource) ActionLists() (out []*definition.Actions) {
	for _, a := range r.Actions {
		if !slices.Contains(out, a.List) {
			out = append(out, a.List)
		}
	}
	return out
}

// Operation returns an operation, or nil when the resource does not have it.
func (r *Resource) Operation(op Op) *Operation {
	for _, o := range r.Operations {
		if o.Op == op {
			return o
		}
	}
	return nil
}

// Action returns an action by name, or nil.
func (r *Resource) Action(name string) *Action {
	for _, a := range r.Actions {
		if a.Name == name {
			return a
		}
	}
	return nil
}

// Place resolves an anchor of one of the resource's files.
func (r *Resource) Place(a text.Anchor) text.Place {
	for _, f := range r.Others {
		if a.Path == f.Path {
			return f.Place(a)
		}
	}
	return r.Home.Place(a)
}

// Table is a table with the columns that qbls injects.
type Table struct {
	Binding string
	Name    string // SQL name
	Dialect definition.Dialect
	Columns []*Column // declared first, injected after
	Indexes []*Index  // declared first, injected after
	Checks  []*Check
	Source  *definition.Table
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
	DeleteColumn // deletedAt, deletedBy
)

// Column is a column.
type Column struct {
	Key        string // property name
	Name       string // SQL name
	Builder    string // text, integer, real, blob, numeric
	Mode       string // "" is the builder's default
	Kind       string // what its values are; "" where only the builder says so
	TypeText   string // of .$type<T>()
	Format     string // email, url, uuid, date, datetime: what its text is
	Enum       []string
	Length     int
	NotNull    bool
	PrimaryKey bool
	AutoInc    bool
	Unique     bool
	UniqueName string
	Default    *definition.Default
	Injected   bool
	Role       ColumnRole
	Source     *definition.Column // nil when injected
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
	Where    string   // SQL, for partial indexes
	Injected bool
}

// Firewall is the row predicate of a resource, whatever form it was written in.
type Firewall struct {
	Exception bool
	Hide      bool
	Derived   bool   // not written, derived from columns
	Rows      []Row  // all of them hold
	Owner     string // column of the owner scope, "" when there is none
	Scope     string // column of the organisation scope, "" when there is none
	At        text.Anchor
}

// Row is one atom of the firewall.
type Row struct {
	Column string
	Kind   string // organization, owner, team, softDelete, custom
	Op     string // equals, isNull, in …
	Ctx    string // "activeOrgId" when it compares with the context
	Value  any    // literal otherwise
	Unless []string
	At     text.Anchor
}

// Operation is one operation with its access.
type Operation struct {
	Op          Op
	Access      *Access // nil: denied to everybody
	Fields      []string
	PageSize    int
	MaxPageSize int
	MaxBatch    int
	Soft        bool // of delete
	Atomic      bool // of batches: all or nothing may be asked for
	Defaults    []definition.FieldDefault
	Derived     bool // a batch operation that comes with its single form
	Source      *definition.Operation
	At          text.Anchor
}

// AccessKind tells the forms of Access apart.
type AccessKind uint8

const (
	AccessRoles AccessKind = iota
	AccessUserRole
	AccessWhere
	AccessAny
	AccessAll
	AccessFunc
)

// Access is an access rule in normal form.
type Access struct {
	Kind  AccessKind
	Roles []string    // AccessRoles, AccessUserRole: expanded, sorted as written, without duplicates
	Where []Condition // AccessWhere: all of them hold
	Sub   []*Access   // AccessAny, AccessAll
	At    text.Anchor
}

// Condition compares a column of the row.
type Condition struct {
	Column string
	Op     string // equals notEquals in notIn lessThan lessThanOrEqual greaterThan greaterThanOrEqual isNull
	Ctx    string // context path, when it compares with the context
	Value  any    // string, float64, bool, nil or []any
	At     text.Anchor
}

// Guards say which fields a client may write.
type Guards struct {
	Open      bool
	Create    []string
	Update    []string
	Immutable []string
	Protected []Protected
}

// Protected is a field that only the named actions may change.
type Protected struct {
	Column  string
	Actions []string
	Any     bool
}

// Mask is the masking of one column.
type Mask struct {
	Column  string
	Type    string
	Roles   []string // who sees it clear
	All     bool     // show.roles: ["everyone"]
	Owner   string   // column that holds the owner's user id, "" when owners have no exception
	Query   []string // who may filter by it although masked
	Default bool     // not written, masked by its name
	At      text.Anchor
}

// OptIns are the columns that say .filterable(), .searchable() or .sortable(): as soon as one does, they are the allow-list of that kind for
// lists and for views without a query of their own (language.md, Views). A nil list is none.
type OptIns struct {
	Filterable []Filter
	Searchable []string
	Sortable   []string
}

// Filter is a column that lists can be filtered by.
type Filter struct {
	Column    string
	Operators []string // nil: all
}

// View is a named projection.
type View struct {
	Name        string
	Fields      []string
	Access      *Access
	HasQuery    bool
	Filterable  []string
	Searchable  []string
	Sortable    []string
	DefaultSort string
	Source      *definition.View
	At          text.Anchor
}

// Action is a custom operation.
type Action struct {
	Name       string
	Access     *Access
	Standalone bool
	Method     string
	Path       string           // full path below /api/v1 for standalone actions
	Patch      bool             // a plain object that it returns is written to the record
	Transition *Transition      // nil: the action is no step of a state machine
	Handler    *definition.File // nil: inline, or a file that does not exist
	File       *definition.File // that declares it
	List       *definition.Actions
	Source     *definition.Action
	At         text.Anchor
}

// Transition is the state machine that an action is a step of. One of To and Via is set.
type Transition struct {
	Column string
	FromTo []Step
	To     string
	Via    string // key of the input
}

// Step says where a record may go from a state.
type Step struct {
	From string
	To   []string
}

// ForeignKey is a column that refers to a table.
type ForeignKey struct {
	Column   string
	Target   ID
	Key      string // column of the target
	Declared bool   // by .references(): the database enforces it
	OnDelete string
	OnUpdate string
}

// Sort is a default order.
type Sort struct {
	Column string
	Desc   bool
}
