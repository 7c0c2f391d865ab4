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

	at      map[ID]int // in Resources; versions with the same resources share it
	input   Input
	loose   []loose
	outside []text.Path // files that are read and declare nothing that is compiled, by where they lie
	pages   []text.Path // files with a page
	linker  *linker     // what linking found out, for the next version
}

// Resource returns the resource of an id, or nil.
func (p *Project) Resource(id ID) *Resource {
	if i, ok := p.at[id]; ok {
		return p.Resources[i]
	}
	return nil
}

// Feature is a folder of features/.
type Feature struct {
	Name      string
	Resources []*Resource // by segment
}

// Mail is how mail is sent.
type Mail struct {
	Provider string // cloudflare, aws-ses
	Region   string
	From     string
	FromName string
}

// Config is the configuration with its defaults.
type Config struct {
	Path              text.Path
	Source            *definition.Config // as written
	Name              string
	Runtime           string
	Database          string
	Auth              string
	Organizations     bool
	GenerateID        string   // uuid, cuid, nanoid, prefixed, serial, false
	SnakeCase         bool     // naming convention
	AuditFields       bool     //
	Hierarchy         []string // lowest first
	HierarchySet      bool     // written in the configuration
	OutputDir         string   // relative to the project, "." by default
	Dependencies      [][2]string
	Origins           []string
	Plugins           []definition.AuthPlugin // of Better Auth, as written
	Social            []definition.SocialProvider
	Mail              *Mail // nil: nothing is sent
	SessionDays       float64
	SessionUpdateDays float64
	OpenAPI           bool
	PublishOpenAPI    bool // the backend serves it
	Registry          bool
	ETag              bool
	EmailPassword     bool
	Context           []string // additional $ctx paths
	Env               []string // variables of the environment that evaluated definitions may read
	Hash              text.Hash
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
	Uses    int  // how often definitions name it: 0, 1, or 2 for any more
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

// Via returns where the resource uses something that is written in a file that is none of its own: a list that many share. ok is false
// for what is written where it counts.
func (r *Resource) Via(at text.Place) (used text.Place, ok bool) {
	if r.Home == nil || at.Path == r.Home.Path || slices.ContainsFunc(r.Others, func(f *definition.File) bool { return f.Path == at.Path }) {
		return used, false
	}
	if used, ok = r.Home.Via(at); ok {
		return used, true
	}
	for _, f := range r.Others {
		if used, ok = f.Via(at); ok {
			return used, true
		}
	}
	return used, false
}
