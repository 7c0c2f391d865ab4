package session

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// Settle runs what static reading could not tell of a project, gives the workspace what that found, and returns what is wrong. The
// error says that nothing was found out: the context has ended, or running is not possible.
type Settle func(ctx context.Context, w *analysis.Workspace, root text.Path) ([]diagnostics.Diagnostic, error)

// ErrEdited ends an evaluation whose texts were changed: nothing is run that nobody has saved.
var ErrEdited = errors.New("it was edited before it was evaluated")

// Project is one project of a folder.
type Project struct {
	folder *folder
	root   text.Path
}

// Folder is the absolute path of the workspace folder, Root the folder of the project in it.
func (p Project) Folder() string  { return p.folder.root }
func (p Project) Root() text.Path { return p.root }

// Snapshot is what holds now of a project's folder.
func (p Project) Snapshot() *analysis.Snapshot { return p.folder.workspace.Current() }

// ProjectOf returns the project that a file belongs to, or false when there is none.
func (s *Session) ProjectOf(uri string) (Project, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name, ok := PathOf(uri)
	if !ok {
		return Project{}, false
	}
	f, p := s.locate(name)
	if f == nil {
		return Project{}, false
	}
	root, ok := f.workspace.Current().ProjectOf(p)
	return Project{f, root}, ok
}

// Loaded returns the projects that were not there when it was called before.
func (s *Session) Loaded() []Project {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Project
	for _, f := range s.folders {
		for _, root := range f.workspace.Current().Projects() {
			if !f.loaded[root] {
				f.loaded[root] = true
				out = append(out, Project{f, root})
			}
		}
	}
	return out
}

// Evaluation is one run of what static reading could not tell of a project.
type Evaluation struct {
	session  *Session
	project  Project
	snapshot *analysis.Snapshot // that it began with
	ctx      context.Context
	cancel   context.CancelCauseFunc
	before   <-chan struct{} // end of the one before it
	done     chan struct{}
}

// Evaluate cancels the evaluation of a project that is running and begins the next, which the caller must Run. It returns the
// snapshot that holds now, and no evaluation when there is nothing in it that has to be run.
func (s *Session) Evaluate(ctx context.Context, p Project) (*Evaluation, *analysis.Snapshot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := p.folder.workspace.Current()
	e := &Evaluation{session: s, project: p, snapshot: now, done: make(chan struct{})}
	if last := p.folder.running[p.root]; last != nil {
		last.cancel(context.Canceled)
		e.before = last.done
	}
	if len(texts(now, p.root)) == 0 {
		return nil, now
	}
	e.ctx, e.cancel = context.WithCancelCause(ctx)
	p.folder.running[p.root] = e
	s.touch()
	return e, now
}

// Run waits for the evaluation before it, settles, and lets the result be published. It returns the snapshot that knows what was
// found, and what is wrong. The error is ErrEdited, that of the context, or that of settle; a panic is an error as well.
func (e *Evaluation) Run(settle Settle) (*analysis.Snapshot, []diagnostics.Diagnostic, error) {
	defer e.cancel(nil)
	if e.before != nil {
		<-e.before
	}
	var found []diagnostics.Diagnostic
	err := context.Cause(e.ctx)
	if err == nil {
		found, err = e.guarded(settle)
	}
	s, f, root := e.session, e.project.folder, e.project.root
	s.mu.Lock()
	defer s.mu.Unlock()
	defer close(e.done)
	defer s.touch()
	if f.running[root] == e {
		delete(f.running, root)
	}
	if cause := context.Cause(e.ctx); cause != nil {
		err = cause
	}
	if err != nil {
		return nil, nil, err
	}
	now := f.workspace.Current()
	f.outcomes[root] = newOutcome(now, root, found)
	if !sameTexts(now, e.snapshot, root) {
		return nil, nil, ErrEdited // what was found holds, but not everything in the snapshot is saved
	}
	return now, found, nil
}

func (e *Evaluation) guarded(settle Settle) (found []diagnostics.Diagnostic, err error) {
	defer func() {
		if r := recover(); r != nil {
			e.session.opts.Log.Error("evaluation panicked", "project", e.project.root, "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
			err = fmt.Errorf("internal error: %v", r)
		}
	}()
	return settle(e.ctx, e.project.folder.workspace, e.project.root)
}

// interrupt ends the evaluations that an edit has overtaken; the caller holds the lock.
func (f *folder) interrupt(before, after *analysis.Snapshot) {
	if before.Files == after.Files {
		return
	}
	for root, e := range f.running {
		if !maps.Equal(texts(before, root), texts(after, root)) {
			e.cancel(ErrEdited)
		}
	}
}

// evaluations are the ends of those that are running.
func (s *Session) evaluations() (out []<-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.folders {
		for _, e := range f.running {
			out = append(out, e.done)
		}
	}
	return out
}

// texts are the hashes of what has to be run of a project: the files that static reading does not know all of, with what they import.
func texts(s *analysis.Snapshot, root text.Path) map[text.Path]text.Hash {
	out := map[text.Path]text.Hash{}
	var visit func(text.Path)
	visit = func(p text.Path) {
		file := s.File(p)
		if _, seen := out[p]; seen || file == nil {
			return
		}
		out[p] = file.Hash
		d := s.Definition(p)
		if d == nil {
			return
		}
		for _, i := range d.Imports {
			visit(i.Target)
		}
		for _, e := range d.ReExports {
			visit(e.Target)
		}
		for _, f := range d.Follows {
			visit(f.Path)
		}
	}
	for path := range s.Files.Under(root) {
		if d := s.Definition(path); d != nil && len(d.Gaps)+len(d.Settled) > 0 && owned(s, root, path) {
			visit(path)
		}
	}
	return out
}

// sameTexts says whether two snapshots hold the same texts of a project.
func sameTexts(a, b *analysis.Snapshot, root text.Path) bool {
	if a.Files == b.Files || a.Same(b, root) {
		return true
	}
	hashes := func(s *analysis.Snapshot) map[text.Path]text.Hash {
		out := map[text.Path]text.Hash{}
		for path := range s.Files.Under(root) {
			out[path] = s.File(path).Hash
		}
		return out
	}
	return maps.Equal(hashes(a), hashes(b))
}

func owned(s *analysis.Snapshot, root, path text.Path) bool {
	owner, ok := s.ProjectOf(path)
	return ok && owner == root
}

// gaps are the places of a project that static reading does not know, and those that evaluation settled.
func gaps(s *analysis.Snapshot, root text.Path) (unknown, settled map[text.Place]bool) {
	unknown, settled = map[text.Place]bool{}, map[text.Place]bool{}
	for path := range s.Files.Under(root) {
		d := s.Definition(path)
		if d == nil || !owned(s, root, path) {
			continue
		}
		for _, g := range d.Gaps {
			unknown[d.Place(g.At)] = true
		}
		for _, at := range d.Settled {
			settled[at] = true
		}
	}
	return unknown, settled
}

// grouped sorts findings into those of each file.
func grouped(found map[text.Path][]diagnostics.Diagnostic, more []diagnostics.Diagnostic) {
	for _, d := range more {
		list := append(slices.Clone(found[d.At.Path]), d)
		diagnostics.Sort(list)
		found[d.At.Path] = list
	}
}
