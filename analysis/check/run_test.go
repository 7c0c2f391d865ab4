package check_test

import (
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

// Facts of all resources are folded per key, in the same order whatever the order of the resources.
func TestProjectRuleFoldsPerKey(t *testing.T) {
	var folded []string
	set := check.Set{Project: []check.ProjectRule{{
		Doc: &diagnostics.Rule{Code: "QB1"},
		Facts: func(r *model.Resource, _ *policy.Effective) []check.Fact {
			return []check.Fact{{Key: "shared", Value: string(r.ID), From: r.ID, At: at(text.Path(r.ID), 1)}, {Key: string(r.ID), From: r.ID}}
		},
		Fold: func(key string, facts []check.Fact, _ *model.Config, _ check.Report) {
			line := key + ":"
			for _, f := range facts {
				line += " " + string(f.From)
			}
			folded = append(folded, line)
		},
	}}}
	fold := func(ids ...model.ID) string {
		folded = nil
		var all []check.Facts
		for _, id := range ids {
			facts, failed := set.FactsOf(&model.Resource{ID: id}, nil)
			if len(failed) > 0 {
				t.Fatal(failed)
			}
			all = append(all, facts)
		}
		set.CheckProject(nil, all)
		return strings.Join(folded, "; ")
	}
	const want = "a: a; b: b; shared: a b"
	if got := fold("a", "b"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := fold("b", "a"); got != want {
		t.Errorf("in another order: got %s, want %s", got, want)
	}
}
