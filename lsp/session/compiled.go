package session

import (
	"maps"
	"slices"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// compiled is what only compiling a project found: what stands in the way of a migration, or what verifying refuses. It is immutable.
type compiled struct {
	snapshot *analysis.Snapshot
	found    []diagnostics.Diagnostic
}

// Compiled is told what compiling a snapshot of a project found beside the snapshot's own findings. It is published as long as the texts
// of the project are those that were compiled. root is the absolute path of the folder.
func (s *Session) Compiled(root string, project text.Path, snapshot *analysis.Snapshot, found []diagnostics.Diagnostic) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.folders {
		if f.root != root {
			continue
		}
		if was := f.compiled[project]; len(found) == 0 && was == nil {
			return
		}
		delete(f.compiled, project)
		if len(found) > 0 {
			f.compiled[project] = &compiled{snapshot, slices.Clone(found)}
		}
		s.touch()
	}
}

// show adds what compiling found to the findings of a project.
func (c *compiled) show(s *analysis.Snapshot, root text.Path, found map[text.Path][]diagnostics.Diagnostic) map[text.Path][]diagnostics.Diagnostic {
	if c == nil || !sameTexts(c.snapshot, s, root) {
		return found
	}
	if found = maps.Clone(found); found == nil {
		found = map[text.Path][]diagnostics.Diagnostic{}
	}
	grouped(found, c.found)
	return found
}
