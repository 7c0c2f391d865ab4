package evaluate

import (
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/diagnostics"
)

// TestMain is the sandbox when the test binary is run as one.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == ChildCommand {
		os.Exit(Child(os.Stdin, os.Stdout))
	}
	os.Exit(m.Run())
}

const config = `export default { name: 'shop', providers: { runtime: { name: 'bun' }, database: { name: 'better-sqlite3' }, auth: { name: 'better-auth' } } };`

const things = "quickback/features/things/things.ts"

// project is a snapshot of files below quickback/; a text without files in it is things.ts.
func project(t *testing.T, archive string) *analysis.Snapshot {
	t.Helper()
	disk := fstest.MapFS{"quickback/quickback.config.ts": {Data: []byte(config)}}
	files := txtar.Parse([]byte(archive)).Files
	if len(files) == 0 {
		disk[things] = &fstest.MapFile{Data: []byte(archive)}
	}
	for _, f := range files {
		disk["quickback/"+f.Name] = &fstest.MapFile{Data: f.Data}
	}
	set, problems := source.Load(disk)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return analysis.NewWorkspace(set).Current()
}

// shared is one evaluator for the tests that do not kill its child.
func evaluator(t *testing.T) *Evaluator {
	t.Helper()
	e := New()
	t.Cleanup(e.Close)
	return e
}

func run(t *testing.T, s *analysis.Snapshot, o Options) (Facts, []diagnostics.Diagnostic) {
	t.Helper()
	facts, found, err := evaluator(t).Run(t.Context(), s, ".", o)
	if err != nil {
		t.Fatal(err)
	}
	return facts, found
}

// values are the settled sources by the text of their sites.
func values(s *analysis.Snapshot, facts Facts) map[string]string {
	out := map[string]string{}
	for at, f := range facts.Values {
		out[s.File(at.Path).Slice(at.Span)] = f.Source // of what is spread, with and without the dots
	}
	return out
}

func TestSettles(t *testing.T) {
	for name, test := range map[string]struct{ source, site, want string }{
		"a helper":            {"const make = (...n: string[]) => [...n, 'name'];\n" + hostile("make('id')"), "make('id')", `["id", "name"]`},
		"a map":               {"const all = [{ key: 'name' }, { key: 'id' }];\n" + hostile("all.map((c) => c.key)"), "all.map((c) => c.key)", `["name", "id"]`},
		"a spread":            {"const make = () => ['id'];\n" + hostile("['name', ...make()]"), "...make()", `["id"]`},
		"a conditional":       {hostile("Date.now() > 5 ? ['name'] : []"), "Date.now() > 5 ? ['name'] : []", `["name"]`},
		"a template":          {hostile("[`na${'me'}`]"), "`na${'me'}`", `"name"`},
		"a shorthand":         {"let createable = ['name'];\n" + strings.Replace(hostile("0"), "createable: 0", "createable", 1), "createable", `["name"]`},
		"quotes and newlines": {hostile("[`it's \"${'x'}\" \\n \u2028 😀`]"), "`it's \"${'x'}\" \\n \u2028 😀`", `"it's \"x\" \n \u2028 😀"`},
		"chance is fixed":     {hostile("[`n${Math.random()}`]"), "`n${Math.random()}`", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := project(t, test.source)
			facts, found := run(t, s, Options{})
			if len(found) > 0 {
				t.Errorf("found %v", found)
			}
			got, ok := values(s, facts)[test.site]
			if test.want == "" {
				again, _ := run(t, s, Options{})
				test.want = values(s, again)[test.site]
			}
			if !ok || got == "" || got != test.want {
				t.Errorf("%s is %q of %v, want %s", test.site, got, values(s, facts), test.want)
			}
		})
	}
}

func codes(found []diagnostics.Diagnostic) (out []string) {
	for _, d := range found {
		out = append(out, string(d.Rule.Code))
	}
	return out
}

// TestExamples: the bad example of a rule gives exactly its code when it is evaluated, the good one none.
func TestExamples(t *testing.T) {
	for _, rule := range Rules() {
		if rule == Disagreement {
			continue // a defect that is known is mended: no example stays true
		}
		t.Run(string(rule.Code), func(t *testing.T) {
			s := project(t, rule.Bad)
			facts, found := run(t, s, Options{All: rule == UnseenTable})
			if rule == UnseenTable { // found by comparing, where everything was evaluated
				found = append(found, Check(s, facts)...)
			}
			if got := codes(found); !slices.Equal(got, []string{string(rule.Code)}) {
				t.Errorf("the bad example gives %v", found)
			}
			for _, d := range found {
				if f := s.File(d.At.Path); f == nil || d.At.Span.Len() == 0 || int(d.At.Span.End) > len(f.Text) {
					t.Errorf("%s is reported at no text: %v", d.Message, d.At)
				}
			}
			if _, found := run(t, project(t, rule.Good), Options{All: true}); len(found) != 0 {
				t.Errorf("the good example gives %v", found)
			}
		})
	}
	if _, err := diagnostics.NewCatalogue(Rules()); err != nil {
		t.Error(err)
	}
}
