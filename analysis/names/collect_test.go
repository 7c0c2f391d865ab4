package names_test

import (
	"strings"
	"testing"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/names"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/diagnostics/text"
)

const features = "quickback/features/"

func recruiting(t *testing.T) *analysis.Snapshot {
	t.Helper()
	set, problems := source.Load(source.OS("../../testdata/projects/recruiting"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return analysis.NewWorkspace(set).Current()
}

// TestEveryOccurrenceSpellsItsName looks at every byte of the sample: where the index says that a name stands, it stands.
func TestEveryOccurrenceSpellsItsName(t *testing.T) {
	s := recruiting(t)
	x := s.Names(".")
	seen := map[names.Kind]int{}
	for path := range s.Files.Paths() {
		content := s.File(path).Text
		for offset := range len(content) {
			o, ok := x.At(path, offset)
			if !ok || o.Symbol.Kind == names.Table {
				continue // a table is named by its constant, its SQL name or a reference
			}
			seen[o.Symbol.Kind]++
			spelt := strings.TrimPrefix(strings.TrimSuffix(strings.Trim(content[o.At.Span.Start:o.At.Span.End], `'"`), "+"), "-")
			if spelt != o.Symbol.Name {
				t.Fatalf("%s at %d: %q is said to name %s %q", path, offset, spelt, o.Symbol.Kind, o.Symbol.Name)
			}
		}
	}
	for _, kind := range []names.Kind{names.Column, names.Role, names.Action, names.View, names.Handler} {
		if seen[kind] == 0 {
			t.Errorf("no %s was found", kind)
		}
	}
}

// TestOccurrencesOfAColumn counts how the sample's stage is spelt: where it is declared, guarded, shown and asked for, in the
// table's file and in the actions.
func TestOccurrencesOfAColumn(t *testing.T) {
	s := recruiting(t)
	stage := names.Symbol{Kind: names.Column, Owner: "applications/applications", Name: "stage"}
	found := map[text.Path]int{}
	for i, o := range s.Names(".").Of(stage) {
		found[o.At.Path]++
		if o.Def != (i == 0) {
			t.Errorf("occurrence %d: definition %v", i, o.Def)
		}
	}
	table, actions := text.Path(features+"applications/applications.ts"), text.Path(features+"applications/actions.ts")
	// schema, protected, two record conditions, one view; in the actions three record conditions and the values they set.
	if found[table] != 5 || found[actions] < 3 || len(found) != 2 {
		t.Errorf("got %v", found)
	}
}

func TestAnActionIsKnownWhereItProtects(t *testing.T) {
	x := recruiting(t).Names(".")
	var inTable, defined bool
	for _, o := range x.Of(names.Symbol{Kind: names.Action, Owner: "applications/applications", Name: "reject"}) {
		defined = defined || o.Def && strings.HasSuffix(string(o.At.Path), "actions.ts")
		inTable = inTable || !o.Def && strings.HasSuffix(string(o.At.Path), "applications.ts")
	}
	if !defined || !inTable {
		t.Errorf("defined %v, protects %v", defined, inTable)
	}
}
