package analysis_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/policy"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/analysis/triage"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// edits are what people do to a table of many: to its policy, to what others see of it, to both, and to neither.
var edits = [][2]string{
	{"firewall:", "/* why */ firewall:"}, {"\n  guards:", "\n\n  guards:"},
	{"updatable: ['name',", "updatable: ['name', 'email',"}, {"createable: ['parentId',", "createable: ['parentIx',"},
	{"roles: ['member']", "roles: ['membr']"}, {"roles: ['owner', 'recruiter']", "roles: ['auditor', 'recruiter']"}, {"{ roles: ['owner'] }", "{ roles: ['PUBLIC'] }"},
	{"fields: ['id', 'name', 'status']", "fields: ['id', 'email']"}, {"type: 'email'", "type: 'redact'"}, {"views:", "view:"},
	{"name: text('name')", "title: text('title')"}, {"table_number_", "tables_number_"}, {"firewall: { organization: {} }", "firewall: { exception: true }"},
	{"delete: { access: { roles: ['owner'] } }", "delete: { access: { roles: ['owner'] }, mode: 'hard' }"}, {".references(() =>", ".reference(() =>"},
	{"score: integer('score').default(0),", "score: integer('score').default(0"}, {"export default", "export const policy ="}, {"status: { equals: 'open' }", "status: { equals: 'opn' }"},
	{"guards: {", "displayColumn: 'email', guards: {"}, {"import { t", "import { x as t"},
	{"  name: text", "  // qbls-ignore QB5007: it never changes\n  name: text"}, {"  guards:", "  // qbls-ignore QB5001, QB6009: later\n  guards:"},
	{"  parentId:", "  // qbls-ignore QB5008:\n  parentId:"}, {"  views:", "  // qbls-ignore QB6007: the team sees them\n  views:"},
}

// settings are what people do to the configuration.
var settings = [][2]string{
	{"name: 'many'", "compiler: { diagnostics: { QB5007: 'error', masking: 'off' } }, name: 'many'"}, {"QB5007: 'error'", "QB5007: 'off'"},
	{"'member', 'recruiter'", "'recruiter', 'member'"}, {"name: 'many'", "name: 'mony'"}, {"organizations: true", "organizations: false"},
	{"\nexport", "\n\nexport"}, {"defineConfig({ n", "defineConfg({ n"},
}

// TestIncrementalIsCold makes random edits, some of them several at a time, and asks after each what a workspace that was opened
// just now would say: of the findings, shown and suppressed, the policies and the tables. A list of findings that is the one of the
// time before is of the same texts, so that nobody has to look at it again.
func TestIncrementalIsCold(t *testing.T) {
	const tables, steps = 9, 250
	set, problems := source.Load(many(tables))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	random := rand.New(rand.NewPCG(1, 2))
	w := analysis.NewWorkspace(set)
	diagnose(t, w.Current())
	before, last := w.Current(), examine(t, w.Current())
	suppressed, kept := 0, 0
	for step := range steps {
		var changes []source.Change
		for range 1 + random.IntN(2) {
			i := random.IntN(tables)
			path := text.Path(fmt.Sprintf("quickback/features/f%d/t%d.ts", i/5, i))
			e := edits[random.IntN(len(edits))]
			if random.IntN(12) == 0 {
				path, e = "quickback/quickback.config.ts", settings[random.IntN(len(settings))]
			}
			now := w.Current().File(path).Text
			if strings.Contains(now, e[1]) {
				now = strings.ReplaceAll(now, e[1], e[0])
			} else {
				now = strings.Replace(now, e[0], e[1], 1+random.IntN(2))
			}
			changes = append(changes, change(path, now))
		}
		s := w.Apply(changes...)
		if random.IntN(4) == 0 {
			continue // the next edit comes before anybody has looked
		}
		cold := analysis.NewWorkspace(s.Files).Current()
		got, want := examine(t, s), examine(t, cold)
		if !reflect.DeepEqual(got.Found, want.Found) || !slices.EqualFunc(got.Suppressed, want.Suppressed, func(a, b diagnostics.Suppressed) bool { return reflect.DeepEqual(a, b) }) {
			t.Fatalf("step %d, %v: found\n%v\nwant\n%v", step, changes[0].Path, got, want)
		}
		suppressed += len(got.Suppressed)
		for path, list := range got.Found {
			if old := last.Found[path]; len(old) != len(list) || &old[0] != &list[0] {
				continue
			}
			kept++
			for _, d := range list {
				for _, at := range append([]diagnostics.Related{{At: d.At}}, d.Related...) {
					if s.File(at.At.Path) != before.File(at.At.Path) {
						t.Fatalf("step %d: the findings of %s are kept, and %s has another text", step, path, at.At.Path)
					}
				}
			}
		}
		before, last = s, got
		sameProject(t, s, cold)
	}
	if suppressed == 0 || kept == 0 {
		t.Errorf("%d findings were suppressed, and %d lists kept: the edits try neither", suppressed, kept)
	}
}

func examine(t *testing.T, s *analysis.Snapshot) triage.Outcome {
	t.Helper()
	out, err := s.Examine(t.Context(), ".")
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestWhatIsShownFollowsTheEdit: levels and suppressions count at once, also where nothing that was found has changed.
func TestWhatIsShownFollowsTheEdit(t *testing.T) {
	const config, actions, helper = "quickback/quickback.config.ts", "quickback/features/f0/actions.ts", "quickback/features/f0/words.ts"
	set, problems := source.Load(many(1))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	w := analysis.NewWorkspace(set)
	plain := w.Current().File(config).Text
	bare := "import { defineActions } from '@quickback/compiler';\nimport { t0 } from './t0';\nexport default defineActions(t0, {\n  close: { access: { roles: ['owner'] }, execute: async () => ({}) },\n});\n"
	for _, step := range []struct {
		path, text        string
		code              diagnostics.Code // asked for
		shown, suppressed int
	}{
		{actions, bare, "QB7004", 1, 0},
		{config, strings.Replace(plain, "name:", "compiler: { diagnostics: { QB7004: 'off' } }, name:", 1), "QB7004", 0, 0},
		{config, plain, "QB7004", 1, 0},
		{actions, strings.Replace(bare, "  close", "  // qbls-ignore QB7004: its name says it\n  close", 1), "QB7004", 0, 1},
		{actions, bare, "QB7004", 1, 0},
		{helper, "export const word = 'a';\n", "QB1202", 0, 0},
		{helper, "// qbls-ignore QB7004: nothing to see\nexport const word = 'a';\n", "QB1202", 1, 0},
		{helper, "export const word = 'a';\n", "QB1202", 0, 0},
	} {
		out := examine(t, w.Apply(change(text.Path(step.path), step.text)))
		shown := 0
		for _, list := range out.Found {
			for _, d := range list {
				if d.Rule.Code == step.code {
					shown++
				}
			}
		}
		if shown != step.shown || len(out.Suppressed) != step.suppressed {
			t.Fatalf("%s: %s is shown %d times, and %d findings are suppressed; want %d and %d\n%s", step.path, step.code, shown, len(out.Suppressed), step.shown, step.suppressed, step.text)
		}
	}
}

// sameProject compares what is known of every resource.
func sameProject(t *testing.T, s, cold *analysis.Snapshot) {
	t.Helper()
	got, want := s.Project("."), cold.Project(".")
	for path := range s.Files.Paths() {
		if a, b := s.Names(".").In(path), cold.Names(".").In(path); !slices.Equal(a, b) {
			t.Fatalf("%s names\n%v\nwant\n%v", path, a, b)
		}
	}
	if len(got.Resources) != len(want.Resources) || got.Complete != want.Complete || len(got.Features) != len(want.Features) || !reflect.DeepEqual(got.Globals, want.Globals) {
		t.Fatalf("%d resources, complete %v, %+v; want %d, %v, %+v", len(got.Resources), got.Complete, got.Globals, len(want.Resources), want.Complete, want.Globals)
	}
	for i, w := range want.Resources {
		g := got.Resources[i]
		if got.Resource(w.ID) != g || g.ID != w.ID || g.Hash != w.Hash {
			t.Fatalf("%s is %s with hash %x, want %x", w.ID, g.ID, g.Hash, w.Hash)
		}
		if a, b := string(policy.FromModel(got.Config, g).Canonical()), string(policy.FromModel(want.Config, w).Canonical()); a != b {
			t.Fatalf("the policy of %s is\n%s\nwant\n%s", w.ID, a, b)
		}
		if !reflect.DeepEqual(g, w) {
			t.Fatalf("%s is\n%+v\nwant\n%+v", w.ID, g, w)
		}
	}
}
