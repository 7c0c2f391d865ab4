package check_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/policy"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

func at(path text.Path, start int32) text.Place {
	return text.Place{Path: path, Span: text.Span{Start: start, End: start + 1}}
}

// A rule that fails is an error of its own, and the other rules run all the same.
func TestFailingRuleIsReported(t *testing.T) {
	doc := &diagnostics.Rule{Code: "QB1", Title: "first"}
	other := &diagnostics.Rule{Code: "QB2", Title: "second"}
	set := check.Set{File: []check.FileRule{
		{Doc: doc, Run: func(p *check.FilePass, report check.Report) {
			report(diagnostics.Diagnostic{At: at("a.ts", 5), Message: "found before"})
			panic("no such thing")
		}},
		{Doc: other, Run: func(p *check.FilePass, report check.Report) {
			report(diagnostics.Diagnostic{At: at("a.ts", 2), Message: "found after"})
		}},
	}}
	got := set.CheckFile(&check.FilePass{File: &definition.File{Path: "a.ts"}})
	if len(got) != 3 {
		t.Fatalf("got %d findings, want three: %v", len(got), got)
	}
	internal := got[0]
	if internal.Rule != check.Internal || internal.At.Path != "a.ts" || !strings.Contains(internal.Message, "QB1") || !strings.Contains(internal.Message, "no such thing") {
		t.Errorf("the failure is reported as %+v", internal)
	}
	if got[1].Rule != other || got[2].Rule != doc {
		t.Errorf("findings are not sorted by place, or lost their rule: %v", got)
	}
}

// Facts are folded per key, in an order that does not depend on the resources', and only keys whose facts changed again.
func TestProjectRulesFoldTouchedKeys(t *testing.T) {
	var folded []string
	doc := &diagnostics.Rule{Code: "QB1"}
	moved := int32(0)
	set := check.Set{Project: []check.ProjectRule{{
		Doc: doc,
		Facts: func(r *model.Resource, _ *policy.Effective) []check.Fact {
			return []check.Fact{{Key: "shared", From: r.ID, At: at(text.Path(r.ID), 1+moved)}, {Key: string(r.ID), From: r.ID}}
		},
		Fold: func(key string, facts []check.Fact, _ *model.Config, report check.Report) {
			line := key + ":"
			for _, f := range facts {
				line += " " + string(f.From)
			}
			folded = append(folded, line)
			report(diagnostics.Diagnostic{Message: line})
		},
	}}}
	facts := func(id model.ID) check.Facts {
		f, failed := set.FactsOf(&model.Resource{ID: id}, nil)
		if len(failed) > 0 {
			t.Fatal(failed)
		}
		return f
	}
	folds := set.NewFolds()
	all := map[model.ID]check.Facts{"a": facts("a"), "b": facts("b")}
	step := func(want, found string) {
		t.Helper()
		folded = nil
		var messages []string
		list := folds.Update(nil, byID(all))
		for _, f := range list {
			messages = append(messages, f.Found[0].Message)
		}
		if again := folds.Update(nil, byID(all)); &again[0] != &list[0] {
			t.Error("what says the same is another list")
		}
		slices.Sort(folded)
		slices.Sort(messages)
		if got := strings.Join(folded, "; "); got != want {
			t.Errorf("folded %q, want %q", got, want)
		}
		if got := strings.Join(messages, "; "); got != found {
			t.Errorf("found %q, want %q", got, found)
		}
	}
	step("a: a; b: b; shared: a b", "a: a; b: b; shared: a b")
	step("", "a: a; b: b; shared: a b")
	all["c"] = facts("c")
	step("c: c; shared: a b c", "a: a; b: b; c: c; shared: a b c")
	delete(all, "a")
	step("shared: b c", "b: b; c: c; shared: b c")
	all["b"] = facts("b")
	step("", "b: b; c: c; shared: b c") // other facts that say the same
	moved = 7
	all["b"] = facts("b")
	step("shared: b c", "b: b; c: c; shared: b c")
}

// byID lists the facts of all resources as Folds.Update takes them.
func byID(all map[model.ID]check.Facts) (out []check.FactsOfOne) {
	for _, id := range slices.Sorted(maps.Keys(all)) {
		out = append(out, check.FactsOfOne{ID: id, Facts: all[id]})
	}
	return out
}
