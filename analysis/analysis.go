// Package analysis turns texts into a project: a Workspace holds the current Snapshot, a Snapshot answers everything.
//
// Workspace.Apply is the only place of invalidation. It is no query framework but a few memo tables with early cut-off by hash:
// trees by the hash of the text, definitions by the text and the files that their imports mean, resources by their own shape and
// the shapes of what they use, resource diagnostics by the resource and the texts of its own files. A Snapshot is immutable and
// cheap to keep; requests work on the Snapshot that was current when they arrived.
//
// Nothing here runs the project's code, and nothing here reads the disk: the files come in as a source.Set.
package analysis

import (
	"maps"
	"slices"
	"sync"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/check/rules"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/names"
	"github.com/qbls/qbls/analysis/policy"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// Workspace is the one mutable value: the current snapshot. It is safe for concurrent use.
type Workspace struct {
	mu      sync.Mutex
	current *Snapshot
}

// NewWorkspace returns a workspace over the loaded files, checked by every rule.
func NewWorkspace(files *source.Set) *Workspace {
	set := rules.All()
	known := codes(set)
	return &Workspace{current: newSnapshot(files, &Snapshot{rules: set, codes: known, sortedCodes: slices.Sorted(maps.Keys(known))}, nil)}
}

// Apply folds changes into the workspace and returns the new current snapshot, or the same one when nothing changed.
func (w *Workspace) Apply(changes ...source.Change) *Snapshot {
	w.mu.Lock()
	defer w.mu.Unlock()
	paths := make([]text.Path, 0, len(changes))
	for _, c := range changes {
		paths = append(paths, c.Path)
	}
	return w.set(w.current.Files.With(changes...), paths)
}

// Load replaces the files, as after a reload of the disk, and returns the new current snapshot.
func (w *Workspace) Load(files *source.Set) *Snapshot {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.set(files, nil)
}

// set makes the next snapshot. Of the paths at most the files differ; nil: any may.
func (w *Workspace) set(files *source.Set, paths []text.Path) *Snapshot {
	if files != w.current.Files {
		w.current = newSnapshot(files, w.current, paths)
	}
	return w.current
}

// Current returns the current snapshot.
func (w *Workspace) Current() *Snapshot {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.current
}

// Snapshot is the workspace at one moment.
type Snapshot struct {
	Seq   uint64
	Files *source.Set

	projects map[text.Path]*project
	roots    []source.Root
	rules    check.Set

	codes       map[diagnostics.Code]*diagnostics.Rule // that can be configured or suppressed
	sortedCodes []diagnostics.Code
}

func newSnapshot(files *source.Set, previous *Snapshot, paths []text.Path) *Snapshot {
	s := &Snapshot{Seq: previous.Seq + 1, Files: files, projects: map[text.Path]*project{}, roots: source.Projects(files), rules: previous.rules, codes: previous.codes, sortedCodes: previous.sortedCodes}
	if !slices.Equal(s.roots, previous.roots) || slices.ContainsFunc(paths, func(p text.Path) bool { return (files.File(p) == nil) != (previous.Files.File(p) == nil) }) {
		paths = nil // files may belong to other projects, and imports may mean other files
	}
	shows := paths == nil || slices.ContainsFunc(paths, func(p text.Path) bool {
		return files.File(p) != previous.Files.File(p) || files.Open(p) != previous.Files.Open(p)
	})
	for _, root := range s.roots {
		old := previous.projects[root.Dir]
		if !shows && old != nil { // what editors hold was saved
			s.projects[root.Dir] = old
			continue
		}
		if old != nil && old.facts != nil && !holds(old.facts, s) {
			old = old.with(previous, nil) // what was evaluated is of other texts: it is unknown until it is evaluated again
		}
		s.projects[root.Dir] = nextProject(files, root, old, paths)
	}
	return s
}

// Projects lists the roots of the projects in the workspace, sorted.
func (s *Snapshot) Projects() []text.Path {
	out := make([]text.Path, 0, len(s.roots))
	for _, r := range s.roots {
		out = append(out, r.Dir)
	}
	return out
}

// Same says whether a project is the same in two snapshots of one workspace: then its texts are, too. Of equal texts it may be two.
func (s *Snapshot) Same(other *Snapshot, root text.Path) bool {
	return s == other || s.projects[root] != nil && s.projects[root] == other.projects[root]
}

// ProjectOf returns the root of the project that a file belongs to.
func (s *Snapshot) ProjectOf(p text.Path) (text.Path, bool) {
	root, ok := s.Files.Owner(p)
	return root.Dir, ok
}

// File returns the text of a file, or nil.
func (s *Snapshot) File(p text.Path) *text.File { return s.Files.File(p) }

// Tree returns the syntax tree of a file, or nil when there is no such file. Trees of closed files are parsed on demand.
func (s *Snapshot) Tree(p text.Path) *syntax.Tree {
	if f := s.read(p); f != nil && f.tree != nil {
		return f.tree
	}
	if file := s.Files.File(p); file != nil {
		return syntax.Parse(file)
	}
	return nil
}

func (s *Snapshot) read(p text.Path) *readFile {
	root, ok := s.Files.Owner(p)
	if !ok || s.projects[root.Dir] == nil {
		return nil
	}
	return s.projects[root.Dir].files[p]
}

// Definition returns what a file declares, or nil when it belongs to no project.
func (s *Snapshot) Definition(p text.Path) *definition.File {
	if f := s.read(p); f != nil {
		return f.definition
	}
	return nil
}

// Project returns the linked project, or nil.
func (s *Snapshot) Project(root text.Path) *model.Project {
	if p := s.projects[root]; p != nil {
		return p.linked()
	}
	return nil
}

// ResourceOf returns the resource that a file belongs to, as its policy, its table, its actions or a handler of them, or nil.
func (s *Snapshot) ResourceOf(p text.Path) *model.Resource {
	root, ok := s.Files.Owner(p)
	if !ok || s.projects[root.Dir] == nil {
		return nil
	}
	var found *model.Resource
	for _, r := range s.projects[root.Dir].linked().Resources {
		is := r.Home.Path == p || slices.ContainsFunc(r.Others, func(f *definition.File) bool { return f.Path == p })
		if is && (found == nil || found.Internal) {
			found = r
		}
	}
	return found
}

// Effective returns the policy of a resource, or nil.
func (s *Snapshot) Effective(root text.Path, id model.ID) *policy.Effective {
	if p := s.projects[root]; p != nil {
		if r := p.linked().Resource(id); r != nil {
			return p.memo.effective(p.linked().Config, r)
		}
	}
	return nil
}

// Names returns the symbol index of a project, or nil.
func (s *Snapshot) Names(root text.Path) *names.Index {
	if p := s.projects[root]; p != nil {
		return p.names()
	}
	return nil
}
