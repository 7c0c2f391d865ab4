package session

import (
	"maps"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/diagnostics/text"
)

// Due returns the projects with code that has to be run and was not yet in the form it has on the disk now: a branch was switched, or
// a file was written by something else than the editor. What somebody is editing is not due: its save will tell.
func (s *Session) Due() []Project {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Project
	for _, f := range s.folders {
		now := f.workspace.Current()
		for _, root := range now.Projects() {
			run := texts(now, root)
			if last := f.outcomes[root]; len(run) == 0 || last != nil && maps.Equal(last.texts, run) || unsaved(now, run) {
				continue
			}
			if e := f.running[root]; e != nil && maps.Equal(texts(e.snapshot, root), run) {
				continue
			}
			f.loaded[root] = true
			out = append(out, Project{f, root})
		}
	}
	return out
}

// unsaved says whether a text is open and not the one on the disk.
func unsaved(s *analysis.Snapshot, run map[text.Path]text.Hash) bool {
	for path := range run {
		if !s.Files.Open(path) {
			continue
		}
		saved := s.Files.With(source.Change{Path: path, Open: true}).File(path)
		if saved == nil || saved.Hash != s.File(path).Hash {
			return true
		}
	}
	return false
}
