// Package check runs the rules. A rule is a value beside its documentation; its scope is a contract about invalidation that is
// enforced by what its pass can reach: a file rule sees one file, a resource rule one resource with its Uses and the Globals,
// a project rule maps resources to facts and folds the facts per key.
package check

import (
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// Report takes one finding. Its Rule is filled in by the runner.
type Report func(diagnostics.Diagnostic)

// FileRule sees one file.
type FileRule struct {
	Doc *diagnostics.Rule
	Run func(*FilePass, Report)
}

// FilePass is what a FileRule sees.
type FilePass struct {
	Root text.Path // of the project; "." for that of the workspace
	File *definition.File
	Tree func() *syntax.Tree // parsed on demand, for fixes

	sites listed[Site]
	roles listed[RoleList]
}

// ResourceRule sees one resource, the resources it uses, the configuration and the Globals.
type ResourceRule struct {
	Doc *diagnostics.Rule
	Run func(*ResourcePass, Report)
}

// ResourcePass is what a ResourceRule sees.
type ResourcePass struct {
	Resource  *model.Resource
	Effective *policy.Effective
	Config    *model.Config
	Globals   *model.Globals
	Other     func(model.ID) *model.Resource // only ids in Resource.Uses
	Tree      func(text.Path) *syntax.Tree   // of the resource's own files, for fixes

	sites listed[Site]
	roles listed[RoleList]
}

// ConfigRule sees the configuration.
type ConfigRule struct {
	Doc *diagnostics.Rule
	Run func(*ConfigPass, Report)
}

// ConfigPass is what a ConfigRule sees.
type ConfigPass struct {
	File   *definition.File // quickback.config.ts
	Config *model.Config
}

// ProjectRule looks at facts of all resources. Only resources that changed are mapped again.
type ProjectRule struct {
	Doc   *diagnostics.Rule
	Facts func(*model.Resource, *policy.Effective) []Fact
	Fold  func(key string, facts []Fact, config *model.Config, report Report) // facts by resource, then by place
}

// LinkedRule sees the whole linked project and every file of it. It runs whenever something has changed, so it is for what no
// resource can tell: files that belong to nothing. It must look at little.
type LinkedRule struct {
	Doc *diagnostics.Rule
	Run func(*LinkedPass, Report)
}

// LinkedPass is what a LinkedRule sees.
type LinkedPass struct {
	Project *model.Project
	Files   map[text.Path]*definition.File
	Config  *definition.File // nil without one
}

// Fact is what a project rule knows of one resource: the key groups facts, e.g. "segment:jobs" or "role:recruiter".
type Fact struct {
	Key, Value string
	From       model.ID
	At         text.Place
	Used       *text.Place // where the resource uses what At is in another file; FactsOf fills it in
}

// Set is a set of rules.
type Set struct {
	File     []FileRule
	Resource []ResourceRule
	Config   []ConfigRule
	Project  []ProjectRule
	Linked   []LinkedRule
}

// Join returns the rules of all sets.
func Join(sets ...Set) Set {
	var out Set
	for _, s := range sets {
		out.File = append(out.File, s.File...)
		out.Resource = append(out.Resource, s.Resource...)
		out.Config = append(out.Config, s.Config...)
		out.Project = append(out.Project, s.Project...)
		out.Linked = append(out.Linked, s.Linked...)
	}
	return out
}

// Rules returns the documentation of every rule of the set, in the order of the set, without Internal.
func (s Set) Rules() []*diagnostics.Rule {
	var out []*diagnostics.Rule
	for _, r := range s.File {
		out = append(out, r.Doc)
	}
	for _, r := range s.Resource {
		out = append(out, r.Doc)
	}
	for _, r := range s.Config {
		out = append(out, r.Doc)
	}
	for _, r := range s.Project {
		out = append(out, r.Doc)
	}
	for _, r := range s.Linked {
		out = append(out, r.Doc)
	}
	return out
}
