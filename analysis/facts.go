package analysis

import (
	"maps"

	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/diagnostics/text"
)

// Facts are what evaluation found out about a project: values of expressions that static reading cannot know, and whether they
// still hold when hash gives the hashes of the texts.
type Facts interface {
	definition.Settler
	Fits(hash func(text.Path) (text.Hash, bool)) bool
}

// Settle gives a project what evaluation found, and returns the new current snapshot. Files with expressions that only running the
// code can tell are read again; everything else stays. Facts hold until one of the texts they were made of changes.
func (w *Workspace) Settle(root text.Path, facts Facts) *Snapshot {
	w.mu.Lock()
	defer w.mu.Unlock()
	old := w.current.projects[root]
	if old == nil || !holds(facts, w.current) {
		return w.current
	}
	next := *w.current
	next.Seq++
	next.projects = maps.Clone(w.current.projects)
	next.projects[root] = old.with(&next, facts)
	w.current = &next
	return w.current
}

// holds says whether facts are there and fit the texts of a snapshot.
func holds(facts Facts, s *Snapshot) bool {
	return facts != nil && facts.Fits(func(p text.Path) (text.Hash, bool) {
		if f := s.Files.File(p); f != nil {
			return f.Hash, true
		}
		return text.Hash{}, false
	})
}

// with is the project read with other facts.
func (p *project) with(s *Snapshot, facts Facts) *project {
	next := p.next(facts)
	for name, f := range p.files {
		if len(f.definition.Gaps)+len(f.definition.Settled) > 0 {
			next.set(name, read(s.Files, f.text, facts))
		}
	}
	next.follow()
	return next
}
