package session

import (
	"iter"
	"strings"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// Seen is one project of a View.
type Seen struct {
	Snapshot *analysis.Snapshot
	Root     text.Path

	view   *View
	folder viewed
}

// Projects yields every project, folder by folder.
func (v *View) Projects() iter.Seq[Seen] {
	return func(yield func(Seen) bool) {
		for _, f := range v.folders {
			for _, root := range f.snapshot.Projects() {
				if !yield(Seen{f.snapshot, root, v, f}) {
					return
				}
			}
		}
	}
}

// Project returns the project that a URI means: of a file, of a folder in it, or of a folder around it. Without a URI it is the first
// one. It is false when there is none.
func (v *View) Project(uri string) (Seen, bool) {
	name, isFile := PathOf(uri)
	if uri != "" && !isFile {
		return Seen{}, false
	}
	var best Seen
	found := false
	for p := range v.Projects() {
		if uri == "" {
			return p, true
		}
		at, inside := source.Locate(p.folder.root, trimSlash(name))
		switch {
		case inside && within(p.Root, at) && (!found || len(p.Root) > len(best.Root)):
			best, found = p, true
		case !found && inside && within(at, p.Root): // the folder around a project
			best, found = p, true
		}
	}
	return best, found
}

// within says whether a path is a folder or below it.
func within(folder, p text.Path) bool {
	return folder == "." || p == folder || strings.HasPrefix(string(p), string(folder)+"/")
}

// Folder is the absolute path of the workspace folder.
func (p Seen) Folder() string { return p.folder.root }

// URI is the folder of the project, as the client would write it.
func (p Seen) URI() string { return join(p.folder.uri, string(p.Root)) }

// At returns a file of the project's folder.
func (p Seen) At(path text.Path) (Target, bool) {
	return Target{Snapshot: p.Snapshot, view: p.view, folder: p.folder}.Beside(path)
}

// Beside is the URI of a path that need not be a file of the snapshot, such as one of the output.
func (p Seen) Beside(path text.Path) string { return join(p.folder.uri, string(path)) }

// Found is what the last evaluation found wrong, as long as the texts are those that were run.
func (p Seen) Found() []diagnostics.Diagnostic {
	o := p.folder.outcomes[p.Root]
	if o == nil || !o.fits(p.Snapshot) {
		return nil
	}
	return o.found
}

// With is the project in another snapshot of its folder.
func (p Seen) With(s *analysis.Snapshot) Seen {
	p.Snapshot = s
	return p
}

// SameDefinitions says whether two states of a project have the same texts: then they compile to the same output.
func (p Seen) SameDefinitions(other Seen) bool {
	return sameTexts(p.Snapshot, other.Snapshot, p.Root)
}

// File is the URI of the project's configuration.
func (p Seen) File() string {
	project := p.Snapshot.Project(p.Root)
	if project == nil || project.Config == nil {
		return p.URI()
	}
	return p.Beside(project.Config.Path)
}
