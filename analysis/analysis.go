// Package analysis turns texts into a project: a Workspace holds the current Snapshot, a Snapshot answers everything.
//
// Workspace.Apply is the only place of invalidation. It is no query framework but a few memo tables with early cut-off by hash:
// trees by the hash of the text, definitions by text and the shapes of what they import, resources by their own shape and the
// shapes of what they use, effective policies and resource diagnostics by the resource's hash. A Snapshot is immutable and cheap
// to keep; requests work on the Snapshot that was current when they arrived.
package analysis

import (
	"context"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/names"
	"github.com/qbls/qbls/analysis/policy"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// NewWorkspace returns a workspace over the loaded files.
func NewWorkspace(files *source.Set) *Workspace { return nil }

// Apply folds changes into the workspace and returns the new current snapshot (the same one when nothing changed).
func (w *Workspace) Apply(changes ...source.Change) *Snapshot { return nil }

// Current returns the current snapshot.
func (w *Workspace) Current() *Snapshot { return nil }

// Projects lists the roots of the projects in the workspace, sorted.
func (s *Snapshot) Projects() []text.Path { return nil }

// ProjectOf returns the root of the project that a file belongs to.
func (s *Snapshot) ProjectOf(p text.Path) (text.Path, bool) { return "", false }

// File returns the text of a file, or nil.
func (s *Snapshot) File(p text.Path) *text.File { return nil }

// Tree returns the syntax tree of a file, or nil when there is no such file.
func (s *Snapshot) Tree(p text.Path) *syntax.Tree { return nil }

// Definition returns what a file declares, or nil.
func (s *Snapshot) Definition(p text.Path) *definition.File { return nil }

// Project returns the linked project.
func (s *Snapshot) Project(root text.Path) *model.Project { return nil }

// ResourceOf returns the resource that a file (a table's file or an actions file) belongs to, or nil.
func (s *Snapshot) ResourceOf(p text.Path) *model.Resource { return nil }

// Effective returns the policy of a resource, or nil.
func (s *Snapshot) Effective(root text.Path, id model.ID) *policy.Effective { return nil }

// Names returns the symbol index of a project.
func (s *Snapshot) Names(root text.Path) *names.Index { return nil }

// Diagnose returns the diagnostics of a project by file; files without diagnostics are left out.
func (s *Snapshot) Diagnose(ctx context.Context, root text.Path) (map[text.Path][]diagnostics.Diagnostic, error) {
	return nil, nil
}
