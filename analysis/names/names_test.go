package names_test

import (
	"slices"
	"testing"

	"github.com/qbls/qbls/analysis/names"
	"github.com/qbls/qbls/diagnostics/text"
)

func at(path text.Path, start, end int32) text.Place {
	return text.Place{Path: path, Span: text.Span{Start: start, End: end}}
}

var title = names.Symbol{Kind: names.Column, Owner: "jobs/jobs", Name: "title"}

func TestReplacingAFileLeavesTheRest(t *testing.T) {
	a := names.Occurrence{Symbol: title, At: at("a.ts", 10, 15), Def: true}
	b := names.Occurrence{Symbol: title, At: at("b.ts", 1, 6)}
	first := (&names.Index{}).With("b.ts", []names.Occurrence{b}).With("a.ts", []names.Occurrence{a, a})
	if got := first.Of(title); !slices.Equal(got, []names.Occurrence{a, b}) {
		t.Errorf("got %v", got)
	}
	second := first.With("b.ts", nil)
	if got := second.Of(title); !slices.Equal(got, []names.Occurrence{a}) {
		t.Errorf("after b is empty: %v", got)
	}
	if got := first.Of(title); len(got) != 2 {
		t.Errorf("the first index has changed: %v", got)
	}
}

func TestDefinitionsComeFirst(t *testing.T) {
	use := names.Occurrence{Symbol: title, At: at("a.ts", 1, 6)}
	def := names.Occurrence{Symbol: title, At: at("z.ts", 1, 6), Def: true}
	x := (&names.Index{}).With("a.ts", []names.Occurrence{use}).With("z.ts", []names.Occurrence{def})
	if got := x.Of(title); !slices.Equal(got, []names.Occurrence{def, use}) {
		t.Errorf("got %v", got)
	}
}

func TestAtTakesTheShorterAndTheEnd(t *testing.T) {
	long := names.Occurrence{Symbol: names.Symbol{Kind: names.Table, Name: "jobs/jobs"}, At: at("a.ts", 0, 30)}
	short := names.Occurrence{Symbol: title, At: at("a.ts", 10, 15)}
	x := (&names.Index{}).With("a.ts", []names.Occurrence{short, long})
	for offset, want := range map[int]names.Occurrence{0: long, 10: short, 15: short, 16: long, 30: long} {
		if got, ok := x.At("a.ts", offset); !ok || got != want {
			t.Errorf("%d: %v", offset, got)
		}
	}
	if got, ok := x.At("a.ts", 31); ok {
		t.Errorf("behind everything: %v", got)
	}
}

func TestWhatHasNoPlaceIsLeftOut(t *testing.T) {
	x := (&names.Index{}).With("a.ts", []names.Occurrence{{Symbol: title, At: at("a.ts", 3, 3)}, {Symbol: title, At: at("b.ts", 1, 6)}})
	if got := x.Of(title); len(got) != 0 {
		t.Errorf("got %v", got)
	}
}

func TestNames(t *testing.T) {
	role := func(name string) names.Symbol { return names.Symbol{Kind: names.Role, Name: name} }
	x := (&names.Index{}).With("a.ts", []names.Occurrence{
		{Symbol: role("owner"), At: at("a.ts", 1, 2)}, {Symbol: role("admin"), At: at("a.ts", 3, 4)}, {Symbol: role("owner"), At: at("a.ts", 5, 6)}, {Symbol: title, At: at("a.ts", 7, 8)},
	})
	if got := x.Names(names.Role, ""); !slices.Equal(got, []string{"admin", "owner"}) {
		t.Errorf("got %v", got)
	}
	if got := (*names.Index)(nil).Names(names.Role, ""); got != nil {
		t.Errorf("of nothing: %v", got)
	}
}
