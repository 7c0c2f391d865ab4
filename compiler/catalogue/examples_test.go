package catalogue_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/compiler"
	"github.com/qbls/qbls/compiler/catalogue"
	"github.com/qbls/qbls/compiler/evaluate"
	"github.com/qbls/qbls/compiler/migrate"
	"github.com/qbls/qbls/diagnostics"
)

// project is a project around an example: features/things/things.ts, or several files in the notation of
// txtar. A configuration alone gets a table.
func project(example string) fstest.MapFS {
	disk := fstest.MapFS{"quickback.config.ts": {Data: []byte(catalogue.ExampleConfig)}}
	archive := txtar.Parse([]byte(example))
	if len(archive.Files) == 0 {
		disk["features/things/things.ts"] = &fstest.MapFile{Data: []byte(example)}
	}
	for _, f := range archive.Files {
		disk[f.Name] = &fstest.MapFile{Data: f.Data}
	}
	if len(disk) == 1 { // a configuration alone
		disk["features/things/things.ts"] = &fstest.MapFile{Data: []byte(catalogue.ExampleTable)}
	}
	return disk
}

// findings checks an example, and compiles it when nothing is wrong with it.
func findings(t *testing.T, example string) []diagnostics.Diagnostic {
	t.Helper()
	set, problems := source.Load(project(example))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	s := analysis.NewWorkspace(set).Current()
	if len(s.Projects()) != 1 {
		t.Fatalf("the example makes the projects %v, want one", s.Projects())
	}
	root := s.Projects()[0]
	found, err := s.Diagnose(context.Background(), root)
	if err != nil {
		t.Fatal(err)
	}
	var out []diagnostics.Diagnostic
	for _, path := range slices.Sorted(maps.Keys(found)) {
		out = append(out, found[path]...)
	}
	if slices.ContainsFunc(out, func(d diagnostics.Diagnostic) bool { return d.Rule.Severity == diagnostics.Error }) {
		return out
	}
	committed, err := migrate.Read(project(example))
	if err != nil {
		t.Fatal(err)
	}
	result, err := compiler.Compile(t.Context(), s, root, compiler.Options{Version: "0", GeneratedAt: time.Unix(0, 0), Committed: committed})
	if err != nil {
		t.Fatal(err)
	}
	return append(out, result.Diagnostics...)
}

func describe(list []diagnostics.Diagnostic) string {
	var b strings.Builder
	for _, d := range list {
		fmt.Fprintf(&b, "  %s %s: %s\n", d.Rule.Code, d.At.Path, d.Message)
	}
	return b.String()
}

// Every rule's bad example gives exactly its code, and its good one compiles without a finding.
func TestExamples(t *testing.T) {
	for _, rule := range rules(t) {
		if why := catalogue.Exempt(rule.Code); why != "" {
			if rule.Bad != "" || rule.Good != "" {
				t.Errorf("%s has examples although it cannot (%s)", rule.Code, why)
			}
			continue
		}
		if slices.Contains(evaluate.Rules(), rule) {
			continue // evaluated by the tests of its package, which has the sandbox
		}
		t.Run(string(rule.Code), func(t *testing.T) {
			if rule.Bad == "" || rule.Good == "" {
				t.Fatalf("%s has no examples", rule.Title)
			}
			bad := findings(t, rule.Bad)
			if len(bad) == 0 || slices.ContainsFunc(bad, func(d diagnostics.Diagnostic) bool { return d.Rule.Code != rule.Code }) {
				t.Errorf("the bad example gives\n%swant exactly this code\n%s", describe(bad), rule.Bad)
			}
			if good := findings(t, rule.Good); len(good) > 0 {
				t.Errorf("the good example gives\n%swant nothing\n%s", describe(good), rule.Good)
			}
		})
	}
}

// Related codes exist, and errors of the security families cannot be switched off for a project.
func TestRulesAreConsistent(t *testing.T) {
	all, err := catalogue.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rules(t) {
		for _, other := range r.Related {
			if _, ok := all.ByCode(other); !ok || other == r.Code {
				t.Errorf("%s points to %s", r.Code, other)
			}
		}
		if strings.Contains("3456", string(r.Code[2])) && r.Severity == diagnostics.Error && r.Lowers() {
			t.Errorf("%s is an error about security that a project may switch off", r.Code)
		}
		for _, text := range []string{r.Title, r.Why, r.Fix} {
			if strings.TrimSpace(text) != text || strings.Contains(text, "\n\n\n") {
				t.Errorf("%s: %q has space around it", r.Code, text)
			}
		}
		if strings.HasSuffix(r.Title, ".") {
			t.Errorf("%s: a title has no full stop", r.Code)
		}
	}
}

func rules(t *testing.T) []*diagnostics.Rule {
	t.Helper()
	all, err := catalogue.All()
	if err != nil {
		t.Fatal(err)
	}
	return slices.Collect(all.All())
}
