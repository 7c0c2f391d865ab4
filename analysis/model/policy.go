package model

import (
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/diagnostics/text"
)

// Firewall is the row predicate of a resource, whatever form it was written in.
type Firewall struct {
	Exception bool
	Hide      bool
	Derived   bool    // not written, derived from columns
	Rows      []Row   // all of them hold
	Stamped   []Stamp // columns of q.scope that no row uses: written on create like the others
	Owner     string  // column of the owner scope, "" when there is none
	Scope     string  // column of the organisation scope, "" when there is none
	At        text.Anchor
}

// Stamp is a column that takes a value of the context on create and is no wall.
type Stamp struct {
	Column string
	Ctx    string
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

// Each visits the rule and all rules within it. A nil rule has none.
func (a *Access) Each(visit func(*Access)) {
	if a == nil {
		return
	}
	visit(a)
	for _, sub := range a.Sub {
		sub.Each(visit)
	}
}

// EachAccess visits every access rule of the resource, those within others too: of operations, views and actions.
func (r *Resource) EachAccess(visit func(*Access)) {
	for _, o := range r.Operations {
		o.Access.Each(visit)
	}
	for _, v := range r.Views {
		v.Access.Each(visit)
	}
	for _, a := range r.Actions {
		a.Access.Each(visit)
	}
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
