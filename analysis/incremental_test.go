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
}

// TestIncrementalIsCold makes random edits, some of them several at a time, and asks after each what a workspace that was opened
// just now would say: of the findings, the policies and the tables.
func TestIncrementalIsCold(t *testing.T) {
	const tables, steps = 9, 250
	set, problems := source.Load(many(tables))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	random := rand.New(rand.NewPCG(1, 2))
	w := analysis.NewWorkspace(set)
	diagnose(t, w.Current())
	for step := range steps {
		var changes []source.Change
		for range 1 + random.IntN(2) {
			i := random.IntN(tables)
			path := text.Path(fmt.Sprintf("quickback/features/f%d/t%d.ts", i/5, i))
			e := edits[random.IntN(len(edits))]
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
		want, err := cold.Diagnose(t.Context(), ".")
		if err != nil {
			t.Fatal(err)
		}
		got, err := s.Diagnose(t.Context(), ".")
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("step %d, %v: found\n%v\nwant\n%v", step, changes[0].Path, got, want)
		}
		sameProject(t, s, cold)
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
