package analysis

import (
	"slices"

	"github.com/qbls/qbls/analysis/names"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/diagnostics/text"
)

// Code returns what the code of a file names, or nil when it belongs to no project. It is read once for each text.
func (s *Snapshot) Code(p text.Path) *names.Code {
	f := s.read(p)
	if f == nil {
		return nil
	}
	f.coding.Do(func() { f.code = names.CodeOf(f.text, f.definition) })
	return f.code
}

// Texts lists the files of a project, sorted.
func (s *Snapshot) Texts(root text.Path) []text.Path {
	p := s.projects[root]
	if p == nil {
		return nil
	}
	out := make([]text.Path, 0, len(p.files))
	for name := range p.files {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// With returns the snapshot that the workspace would have after changes, without changing the workspace: what a rename or a fix
// would leave behind can be asked like any other snapshot.
func (s *Snapshot) With(changes ...source.Change) *Snapshot {
	paths := make([]text.Path, 0, len(changes))
	for _, c := range changes {
		paths = append(paths, c.Path)
	}
	files := s.Files.With(changes...)
	if files == s.Files {
		return s
	}
	return newSnapshot(files, s, paths)
}
