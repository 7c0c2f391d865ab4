package rules_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/check/rules"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

const config = `import { defineAuth, defineConfig, defineDatabase, defineRuntime } from '@quickback/compiler';

export default defineConfig({
  name: 'things',
  template: 'hono',
  features: { organizations: true },
  auth: { roleHierarchy: ['member', 'admin', 'owner'] },
  providers: { runtime: defineRuntime('bun'), database: defineDatabase('better-sqlite3'), auth: defineAuth('better-auth') },
});
`

// files is a project around an example: one file, or several in the notation of txtar.
func files(example string) map[string]string {
	out := map[string]string{"quickback.config.ts": config}
	archive := txtar.Parse([]byte(example))
	if len(archive.Files) == 0 {
		out["features/things/things.ts"] = example
	}
	for _, f := range archive.Files {
		out[f.Name] = string(f.Data)
	}
	return out
}

func diagnose(t *testing.T, project map[string]string) []diagnostics.Diagnostic {
	t.Helper()
	disk := fstest.MapFS{}
	for name, content := range project {
		disk[name] = &fstest.MapFile{Data: []byte(content)}
	}
	set, errs := source.Load(disk)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	s := analysis.NewWorkspace(set).Current()
	var out []diagnostics.Diagnostic
	for _, root := range s.Projects() {
		found, err := s.Diagnose(context.Background(), root)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range slices.Sorted(maps.Keys(found)) {
			out = append(out, found[p]...)
		}
	}
	if len(s.Projects()) != 1 {
		t.Fatalf("the example makes the projects %v, want one", s.Projects())
	}
	return out
}

func count(ds []diagnostics.Diagnostic, code diagnostics.Code) (n int) {
	for _, d := range ds {
		if d.Rule.Code == code {
			n++
		}
	}
	return n
}

func describe(project map[string]string, ds []diagnostics.Diagnostic) string {
	var b strings.Builder
	for _, d := range ds {
		source := project[string(d.At.Path)]
		at := "(outside of the text)"
		if int(d.At.Span.End) <= len(source) {
			at = source[d.At.Span.Start:d.At.Span.End]
		}
		fmt.Fprintf(&b, "  %s %s at %q of %s\n    %s\n", d.Rule.Code, d.Message, at, d.At.Path, d.Help)
	}
	return b.String()
}

// A rule's bad example gives exactly its code, its good one gives nothing, and every fix it offers removes the finding.
func TestExamples(t *testing.T) {
	for _, rule := range rules.All().Rules() {
		t.Run(string(rule.Code), func(t *testing.T) {
			bad, good := files(rule.Bad), files(rule.Good)
			found := diagnose(t, bad)
			if count(found, rule.Code) == 0 || count(found, rule.Code) != len(found) {
				t.Errorf("%s: the bad example gives\n%swant exactly this code\n%s", rule.Title, describe(bad, found), rule.Bad)
			}
			for _, d := range found {
				if d.At.Span.Start == d.At.Span.End || int(d.At.Span.End) > len(bad[string(d.At.Path)]) {
					t.Errorf("%s is reported at no text: %+v", d.Message, d.At)
				}
				fixes(t, bad, d, count(found, d.Rule.Code))
			}
			if found := diagnose(t, good); len(found) > 0 {
				t.Errorf("%s: the good example gives\n%swant nothing\n%s", rule.Title, describe(good, found), rule.Good)
			}
		})
	}
}

func fixes(t *testing.T, project map[string]string, d diagnostics.Diagnostic, before int) {
	t.Helper()
	for _, fix := range d.Fixes {
		fixed := maps.Clone(project)
		for p, edits := range fix.Edits {
			s, err := text.Apply(project[string(p)], edits)
			if err != nil {
				t.Fatalf("%s: %v", fix.Title, err)
			}
			fixed[string(p)] = s
		}
		after := diagnose(t, fixed)
		if count(after, d.Rule.Code) >= before {
			t.Errorf("the fix %q leaves the finding:\n%s", fix.Title, describe(fixed, after))
		}
		for _, other := range after {
			if strings.HasPrefix(string(other.Rule.Code), "QB1") {
				t.Errorf("the fix %q breaks the file: %s\n%s", fix.Title, describe(fixed, after), fixed[string(d.At.Path)])
			}
		}
	}
}

// Every rule can be explained, no code is used twice, and errors of the security families cannot be switched off.
func TestCatalogue(t *testing.T) {
	all := rules.All().Rules()
	if _, err := diagnostics.NewCatalogue(all, []*diagnostics.Rule{check.Internal}); err != nil {
		t.Fatal(err)
	}
	known := map[diagnostics.Code]bool{}
	for _, r := range all {
		known[r.Code] = true
	}
	for _, r := range all {
		if r.Bad == "" || r.Good == "" {
			t.Errorf("%s has no examples", r.Code)
		}
		if security := strings.Contains("3456", string(r.Code[2])); security && r.Severity == diagnostics.Error && !r.Locked {
			t.Errorf("%s is an error about security and not locked", r.Code)
		}
		for _, other := range r.Related {
			if !known[other] {
				t.Errorf("%s points to %s, which does not exist", r.Code, other)
			}
		}
	}
}

// While somebody types, no rule fails: every example is cut off at many places, and mended from there.
func TestHalfTypedFilesBreakNoRule(t *testing.T) {
	for _, rule := range rules.All().Rules() {
		for name, content := range files(rule.Bad) {
			for cut := 0; cut < len(content); cut += 41 {
				project := files(rule.Bad)
				project[name] = content[:cut]
				if name != "quickback.config.ts" {
					checkNoFailure(t, project)
				}
				project[name] = content[:cut] + content[min(cut+7, len(content)):]
				checkNoFailure(t, project)
			}
		}
	}
}

func checkNoFailure(t *testing.T, project map[string]string) {
	t.Helper()
	if found := diagnose(t, project); count(found, check.Internal.Code) > 0 {
		t.Fatalf("a rule failed:\n%s", describe(project, found))
	}
}
