package analysis_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/names"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// TestSavingChangesNothing: when what an editor holds is written to the disk, the project stays the same value; closing it, or another text on the
// disk below it, does what it must.
func TestSavingChangesNothing(t *testing.T) {
	set, problems := source.Load(many(3))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	const path text.Path = "quickback/features/f0/t1.ts"
	w := analysis.NewWorkspace(set)
	plain := w.Current().File(path).Text
	edited := strings.Replace(plain, "updatable: ['name',", "updatable: ['name', 'nme',", 1)
	open := w.Apply(source.Change{Path: path, File: text.NewFile(path, edited), Open: true})
	if len(examine(t, open).Found[path]) == 0 {
		t.Fatal("the edit is meant to be wrong")
	}
	disk := func(content string) source.Change {
		return source.Change{Path: path, File: text.NewFile(path, content)}
	}
	saved := w.Apply(disk(edited))
	if saved == open || !saved.Same(open, ".") {
		t.Error("saving makes another project of the same texts")
	}
	below := w.Apply(disk(plain))
	if !below.Same(saved, ".") {
		t.Error("a text on the disk below the open one makes another project")
	}
	closed := w.Apply(source.Change{Path: path, Open: true})
	if closed.Same(below, ".") {
		t.Error("closing a file with another text on the disk leaves the project as it was")
	}
	if found := examine(t, closed).Found[path]; slices.ContainsFunc(found, func(d diagnostics.Diagnostic) bool { return strings.Contains(d.Message, "nme") }) {
		t.Errorf("what is closed is still shown: %v", found)
	}
	sameProject(t, closed, analysis.NewWorkspace(closed.Files).Current())
}

// TestReferencesFollowConstants: references name tables by their constants, too, so what they name changes with a file that is not theirs.
func TestReferencesFollowConstants(t *testing.T) {
	files := many(3)
	const from, to = "quickback/features/f0/t2.ts", "quickback/features/f0/t0.ts"
	files[from].Data = []byte(strings.Replace(string(files[from].Data), "  guards: {", "  references: { parentId: 'first' },\n  guards: {", 1))
	set, problems := source.Load(files)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	w := analysis.NewWorkspace(set)
	before := w.Current()
	first := names.Symbol{Kind: names.Table, Name: "f0/t0"}
	named := func(s *analysis.Snapshot) bool {
		return slices.ContainsFunc(s.Names(".").In(from), func(o names.Occurrence) bool { return o.Symbol == first })
	}
	if named(before) {
		t.Fatalf("%s names the table %s before anything is called so", from, first.Name)
	}
	after := w.Apply(change(to, strings.NewReplacer("const t0 ", "const first ", "defineTable(t0,", "defineTable(first,").Replace(before.File(to).Text)))
	if !named(after) {
		t.Errorf("%s does not name the table %s, which has come to be called so", from, first.Name)
	}
	if after.Project(".").Globals != before.Project(".").Globals {
		t.Error("nothing that Globals say has changed, and they are another value")
	}
	sameProject(t, after, analysis.NewWorkspace(after.Files).Current())
}
