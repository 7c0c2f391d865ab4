package query

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/triage"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// Kinds of code actions, as LSP names them.
const (
	QuickFix = "quickfix"
	Extract  = "refactor.extract"
	Rewrite  = "refactor.rewrite"
	FixAll   = "source.fixAll.qbls"
)

// CodeAction is a change that is offered at a place. Its edits are made by Edit: some need the whole project.
type CodeAction struct {
	Title     string
	Kind      string
	Preferred bool
	Finding   *diagnostics.Diagnostic // what it mends
	Heavy     bool                    // Edit looks at more than the file: worth waiting until somebody wants it
	Edit      func() Edit
}

// Edit is a change of files, with the texts of new ones.
type Edit struct {
	Change  Change
	Created map[text.Path]string
}

// CodeActions lists what can be done about a range of a file: fixes of what is found there, fixes of all of a kind, suppressions,
// and refactorings. wants says which kinds are asked for; found is what is shown of the project: also what only evaluating or compiling it told.
func CodeActions(s *analysis.Snapshot, path text.Path, from, to int, found map[text.Path][]diagnostics.Diagnostic, wants func(kind string) bool) []CodeAction {
	var out []CodeAction
	if wants(QuickFix) {
		for i, d := range found[path] {
			if int(d.At.Span.End) < from || int(d.At.Span.Start) > to {
				continue
			}
			out = append(out, fixes(&found[path][i])...)
			out = append(out, fixesOfCode(d.Rule, path, found)...)
			if d.Rule.Suppressible() && s.Checks(d.Rule.Code) {
				out = append(out, suppression(s, &found[path][i]))
			}
		}
		out = dedupe(out)
	}
	if wants(FixAll) {
		if change := safeFixes(found[path]); len(change) > 0 {
			out = append(out, CodeAction{Title: "Fix all that can be fixed safely (qbls)", Kind: FixAll, Edit: edits(change)})
		}
	}
	sc := newScene(s, path, from)
	if sc == nil || sc.root == "" {
		return out
	}
	if wants(QuickFix) {
		out = append(sc.mends(found[path], from, to), out...)
	}
	if sh, _ := language().walk(sc.cursor.Path); sh == nil {
		return out // outside of definitions nothing of ours is made
	}
	if wants(Extract) {
		out = append(out, sc.extractRoles()...)
	}
	if wants(Rewrite) {
		out = append(out, sc.maskSensitive()...)
		out = append(out, sc.scaffold()...)
	}
	if wants(QuickFix) {
		out = append(out, sc.missingHandler()...)
	}
	return out
}

func edits(c Change) func() Edit { return func() Edit { return Edit{Change: c} } }

// fixes are those of a finding. One that keeps the meaning and has no alternative is preferred.
func fixes(d *diagnostics.Diagnostic) (out []CodeAction) {
	for _, fix := range d.Fixes {
		out = append(out, CodeAction{Title: fix.Title, Kind: QuickFix, Preferred: fix.Safe && len(d.Fixes) == 1, Finding: d, Edit: edits(fix.Edits)})
	}
	return out
}

// fixesOfCode mend every finding of one code that has exactly one fix: in the file, and in the project.
func fixesOfCode(rule *diagnostics.Rule, path text.Path, found map[text.Path][]diagnostics.Diagnostic) (out []CodeAction) {
	count := func(list []diagnostics.Diagnostic) (n int) {
		for _, d := range list {
			if d.Rule.Code == rule.Code && len(d.Fixes) == 1 {
				n++
			}
		}
		return n
	}
	here, all := count(found[path]), 0
	for _, list := range found {
		all += count(list)
	}
	only := func(d diagnostics.Diagnostic) bool { return d.Rule.Code == rule.Code && len(d.Fixes) == 1 }
	if here > 1 {
		out = append(out, CodeAction{Title: fmt.Sprintf("Fix all %s in this file (%d)", rule.Code, here), Kind: QuickFix, Heavy: true,
			Edit: func() Edit { return Edit{Change: joined(found[path], only)} }})
	}
	if all > here && here > 0 {
		out = append(out, CodeAction{Title: fmt.Sprintf("Fix all %s in the project (%d)", rule.Code, all), Kind: QuickFix, Heavy: true, Edit: func() Edit {
			var list []diagnostics.Diagnostic
			for _, p := range slices.Sorted(maps.Keys(found)) {
				list = append(list, found[p]...)
			}
			return Edit{Change: joined(list, only)}
		}})
	}
	return out
}

// safeFixes are all that keep the meaning of everything else and have no alternative.
func safeFixes(list []diagnostics.Diagnostic) Change {
	return joined(list, func(d diagnostics.Diagnostic) bool { return len(d.Fixes) == 1 && d.Fixes[0].Safe })
}

// joined puts the fixes of findings into one change. A fix that touches what an earlier one changes is left for the next time.
func joined(list []diagnostics.Diagnostic, wanted func(diagnostics.Diagnostic) bool) Change {
	out := Change{}
	for _, d := range list {
		if !wanted(d) {
			continue
		}
		fits := true
		for path, edits := range d.Fixes[0].Edits {
			for _, e := range edits {
				fits = fits && !slices.ContainsFunc(out[path], func(o text.Edit) bool {
					return e.Span.Start <= o.Span.End && o.Span.Start <= e.Span.End
				})
			}
		}
		if fits {
			for path, edits := range d.Fixes[0].Edits {
				out[path] = append(out[path], edits...)
			}
		}
	}
	for path := range out {
		slices.SortStableFunc(out[path], func(a, b text.Edit) int { return cmp.Compare(a.Span.Start, b.Span.Start) })
	}
	return out
}

// suppression writes a comment above the line of a finding. Its reason is left to say: until then the comment is reported itself.
func suppression(s *analysis.Snapshot, d *diagnostics.Diagnostic) CodeAction {
	return CodeAction{Title: fmt.Sprintf("Suppress %s here, with a reason", d.Rule.Code), Kind: QuickFix, Finding: d, Edit: func() Edit {
		file := s.File(d.At.Path)
		line := file.Line(int(file.Position(int(d.At.Span.Start), text.UTF8).Line))
		content := file.Slice(line)
		indent := content[:len(content)-len(strings.TrimLeft(content, " \t"))]
		end := "\n"
		if strings.Contains(file.Text, "\r\n") {
			end = "\r\n"
		}
		at := text.Span{Start: line.Start, End: line.Start}
		return Edit{Change: Change{d.At.Path: {{Span: at, New: fmt.Sprintf("%s// qbls-ignore %s: %s%s", indent, d.Rule.Code, triage.Placeholder, end)}}}}
	}}
}

// dedupe drops an action that another finding of the same line offers, too.
func dedupe(list []CodeAction) (out []CodeAction) {
	seen := map[string]bool{}
	for _, a := range list {
		key := a.Title
		if a.Finding != nil && !strings.HasPrefix(a.Title, "Suppress ") {
			key += fmt.Sprint(a.Finding.At)
		}
		if !seen[key] {
			out = append(out, a)
		}
		seen[key] = true
	}
	return out
}
