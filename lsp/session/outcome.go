package session

import (
	"maps"
	"slices"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// outcome is what the last evaluation of a project found. It is immutable.
type outcome struct {
	texts            map[text.Path]text.Hash // that were run
	unknown, settled map[text.Place]bool     // what it left open, and what it told
	found            []diagnostics.Diagnostic
}

func newOutcome(s *analysis.Snapshot, root text.Path, found []diagnostics.Diagnostic) *outcome {
	o := &outcome{texts: texts(s, root), found: slices.Clone(found)}
	o.unknown, o.settled = gaps(s, root)
	return o
}

// fits says whether the texts are what they were.
func (o *outcome) fits(s *analysis.Snapshot) bool {
	for path, hash := range o.texts {
		if file := s.File(path); file == nil || file.Hash != hash {
			return false
		}
	}
	return true
}

// show adds what evaluation found to the findings of a project, as long as the texts are those that were run. What it has not
// seen yet and will see with the next save is not shown as an error until then; running says that it is being looked at.
func (o *outcome) show(s *analysis.Snapshot, root text.Path, running bool, found map[text.Path][]diagnostics.Diagnostic) map[text.Path][]diagnostics.Diagnostic {
	if o == nil {
		return found
	}
	found = maps.Clone(found)
	if found == nil {
		found = map[text.Path][]diagnostics.Diagnostic{}
	}
	fits, unknown := o.fits(s), map[text.Place]bool(nil)
	due := running || o.unsaved(s, root)
	if fits || due {
		unknown, _ = gaps(s, root)
	}
	for path, list := range found {
		for i, d := range list {
			if d.Rule == nil || d.Rule.Code != definition.NotReadable.Code || !unknown[d.At] {
				continue
			}
			if fits && o.settled[d.At] || due && !(fits && o.unknown[d.At]) {
				list = slices.Clone(list) // others have it
				list[i] = later(d)
			}
		}
		found[path] = list
	}
	if fits {
		grouped(found, o.found)
	}
	return found
}

// later is a finding that the next save decides.
func later(d diagnostics.Diagnostic) diagnostics.Diagnostic {
	rule := *d.Rule
	rule.Severity = diagnostics.Info
	d.Rule, d.Message, d.Help = &rule, "settled on save", ""
	return d
}

// unsaved says whether a text that has to be run, or was, is not the one on the disk.
func (o *outcome) unsaved(s *analysis.Snapshot, root text.Path) bool {
	all := texts(s, root)
	maps.Copy(all, o.texts)
	return unsaved(s, all)
}
