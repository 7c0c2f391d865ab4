package session

import (
	"iter"
	"maps"
	"strings"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/diagnostics/text"
)

// View is the session at one moment. A request works on the View that was current when it arrived, whatever is typed
// meanwhile.
type View struct {
	folders  []viewed
	docs     map[string]document // open documents by "root\x00path"
	Encoding text.Encoding
}

type viewed struct {
	root, uri string
	snapshot  *analysis.Snapshot
	outcomes  map[text.Path]*outcome // of evaluation
	compiled  map[text.Path]*compiled
	running   map[text.Path]bool // projects that are being evaluated
}

// View returns the session as it is now.
func (s *Session) View() *View {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.view()
}

func (s *Session) view() *View {
	v := &View{docs: make(map[string]document, len(s.docs)), Encoding: s.opts.Encoding}
	for _, f := range s.folders {
		seen := viewed{root: f.root, uri: f.uri, snapshot: f.workspace.Current(), outcomes: maps.Clone(f.outcomes), compiled: maps.Clone(f.compiled), running: map[text.Path]bool{}}
		for root := range f.running {
			seen.running[root] = true
		}
		v.folders = append(v.folders, seen)
	}
	for _, d := range s.docs {
		if d.folder != nil {
			v.docs[d.folder.root+"\x00"+string(d.path)] = *d
		}
	}
	return v
}

// Folders yields each folder as a Target without a file.
func (v *View) Folders() iter.Seq[Target] {
	return func(yield func(Target) bool) {
		for _, f := range v.folders {
			if !yield(Target{Snapshot: f.snapshot, view: v, folder: f}) {
				return
			}
		}
	}
}

// Target is a file of a View.
type Target struct {
	Snapshot *analysis.Snapshot
	Path     text.Path
	File     *text.File

	view   *View
	folder viewed
}

// Find returns the file that a URI means, or false when no folder holds it.
func (v *View) Find(uri string) (Target, bool) {
	name, ok := PathOf(uri)
	if !ok {
		return Target{}, false
	}
	for _, f := range v.folders {
		p, ok := source.Locate(f.root, name)
		if !ok {
			continue
		}
		if file := f.snapshot.File(p); file != nil {
			return Target{f.snapshot, p, file, v, f}, true
		}
	}
	return Target{}, false
}

// Folder is the absolute path of the folder that holds the file.
func (t Target) Folder() string { return t.folder.root }

// Offset converts a position of the client.
func (t Target) Offset(p text.Position) int { return t.File.Offset(p, t.view.Encoding) }

// Span converts a range of the client.
func (t Target) Span(start, end text.Position) text.Span {
	from, to := t.Offset(start), t.Offset(end)
	return text.Span{Start: int32(min(from, to)), End: int32(max(from, to))}
}

// Range converts a span of the file for the client.
func (t Target) Range(s text.Span) (start, end text.Position) {
	return t.File.Position(int(s.Start), t.view.Encoding), t.File.Position(int(s.End), t.view.Encoding)
}

// Beside returns another file of the same folder.
func (t Target) Beside(p text.Path) (Target, bool) {
	f := t.Snapshot.File(p)
	return Target{t.Snapshot, p, f, t.view, t.folder}, f != nil
}

// URI is how the client calls the file: as it opened it, else below the URI of the folder.
func (t Target) URI() string { return t.view.uri(t.folder, t.Path) }

func (v *View) uri(f viewed, p text.Path) string {
	if d, ok := v.docs[f.root+"\x00"+string(p)]; ok {
		return d.uri
	}
	return f.beside(p)
}

// beside is the URI of a file that is not open.
func (f viewed) beside(p text.Path) string { return join(f.uri, strings.TrimPrefix(string(p), "./")) }

// place is a file of a folder.
type place struct {
	root string
	path text.Path
}

// called is how the client calls the files that are open.
func (v *View) called() map[place]string {
	out := make(map[place]string, len(v.docs))
	for _, d := range v.docs {
		out[place{d.folder.root, d.path}] = d.uri
	}
	return out
}

// Version is that of the document as the client has it open, nil when it is not.
func (t Target) Version() *int32 {
	if d, ok := t.view.docs[t.folder.root+"\x00"+string(t.Path)]; ok {
		return &d.version
	}
	return nil
}

// Sibling is how the client would call a file of the same folder that does not exist yet.
func (t Target) Sibling(p text.Path) string { return t.view.uri(t.folder, p) }
