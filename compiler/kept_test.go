package compiler

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/compiler/contract"
	"github.com/qbls/qbls/compiler/migrate"
	"github.com/qbls/qbls/compiler/output"
	"github.com/qbls/qbls/diagnostics/text"
)

// swap is an edit of one file that another one takes back.
type swap struct{ file, old, new string }

// swaps are edits of the sample, at least one of each kind that something else is kept for: what every resource, the list of all, the tables,
// the backend as a whole, a linked module and the configuration say.
var swaps = []swap{
	{"features/jobs/jobs.ts", "pageSize: 20", "pageSize: 30"},
	{"features/jobs/jobs.ts", "delete: { access: { roles: ['owner'] } }", "delete: { access: { roles: ['PUBLIC'] } }"},                     // the audit trail
	{"features/jobs/jobs.ts", "firewall: { organization: {} }", "firewall: { organization: {}, owner: { column: 'createdBy' } }"},          // whose rows
	{"features/jobs/jobs.ts", "  salaryMin: integer('salary_min'),\n", "  salaryMin: integer('salary_min'),\n  office: text('office'),\n"}, // tables
	{"features/jobs/jobs.ts", "sqliteTable('jobs'", "sqliteTable('openings'"},
	{"features/jobs/jobs.ts", "departmentId: text('department_id')\n    .notNull()\n    .references(() => departments.id)", "departmentId: text('department_id')\n    .notNull()"},
	{"features/jobs/departments.ts", "uniqueIndex('departments_org_code').on(table.organizationId, table.code)", "uniqueIndex('departments_org_code').on(table.code)"},
	{"features/jobs/departments.ts", "  crud: {\n", "  // nothing\n  crud: {\n"},
	{"features/jobs/departments.ts", "delete: { access: { roles: ['owner'] } }", "delete: { access: { userRole: ['admin'] } }"},    // roles of users themselves
	{"features/jobs/jobs.ts", "record: { status: { notEquals: 'closed' } }", "record: { title: { equals: '$ctx.activeTeamId' } }"}, // teams
	{"features/candidates/actions.ts", "path: '/candidates/import'", "path: '/import/candidates'"},                                 // where it is mounted
	{"features/candidates/actions.ts", "const seen = new Set", "/* what is known */ const seen = new Set"},
	{"features/candidates/actions.ts", "    standalone: true,\n", "    standalone: true,\n    unsafe: { reason: 'They come from elsewhere', adminOnly: true, crossTenant: true, targetScope: 'all' },\n"},
	{"features/applications/handlers/pipeline-report.ts", "rows.reduce(", "/* all of them */ rows.reduce("},
	{"quickback.config.ts", "name: 'recruiting'", "name: 'agency'"},
	{"quickback.config.ts", "'interviewer', 'recruiter', 'hiring-manager'", "'recruiter', 'interviewer', 'hiring-manager'"},
	{"quickback.config.ts", "plugins: ['organization']", "plugins: ['organization', 'anonymous']"},
}

// edited is the sample with some of the swaps, and with or without a file more.
func edited(t *testing.T, base *analysis.Snapshot, on []bool, more bool) *analysis.Snapshot {
	t.Helper()
	texts := map[text.Path]string{}
	for i, x := range swaps {
		path := text.Path("quickback/" + x.file)
		if texts[path] == "" {
			texts[path] = base.File(path).Text
		}
		if !strings.Contains(texts[path], x.old) {
			t.Fatalf("%s has no %q", path, x.old)
		}
		if on[i] {
			texts[path] = strings.Replace(texts[path], x.old, x.new, 1)
		}
	}
	if more {
		d := base.File("quickback/features/jobs/departments.ts").Text
		texts["quickback/features/jobs/branches.ts"] = strings.NewReplacer("departments", "branches", "Department", "Branch").Replace(d)
	}
	var changes []source.Change
	for p, s := range texts {
		changes = append(changes, source.Change{Path: p, File: text.NewFile(p, s)})
	}
	return base.With(changes...)
}

// TestWhatIsKeptIsWhatIsMadeAnew: whatever was compiled before with the same cache, a project compiles to the same files, findings and pending
// migration as without one.
func TestWhatIsKeptIsWhatIsMadeAnew(t *testing.T) {
	base := recruiting(t)
	whole, err := Compile(t.Context(), base, base.Projects()[0], Options{GeneratedAt: epoch})
	if err != nil {
		t.Fatal(err)
	}
	t.Run("nothing is committed", func(t *testing.T) { testKept(t, base, nil, 60) })
	t.Run("the sample is", func(t *testing.T) { testKept(t, base, committedOf(whole.Files), 30) })
}

func testKept(t *testing.T, base *analysis.Snapshot, committed *migrate.Committed, rounds int) {
	random := rand.New(rand.NewPCG(17, 19))
	cache := NewCache()
	on, more, compiled := make([]bool, len(swaps)), false, 0
	if testing.Short() {
		rounds /= 4
	}
	for round := range rounds {
		if round > 0 {
			for range 1 + random.IntN(2) {
				i := random.IntN(len(swaps))
				on[i] = !on[i]
			}
			more = more != (random.IntN(8) == 0)
		}
		s := edited(t, base, on, more)
		drafted := ""
		for _, draft := range []bool{true, round%5 == 0} {
			o := Options{Version: "0.0.0-test", GeneratedAt: epoch, Pending: true, Draft: draft, Committed: committed}
			want, errWant := Compile(t.Context(), s, s.Projects()[0], o)
			o.Cache = cache
			got, errGot := Compile(t.Context(), s, s.Projects()[0], o)
			when := fmt.Sprintf("round %d, %v, one more %v, draft %v", round, on, more, draft)
			if (errWant == nil) != (errGot == nil) {
				t.Fatalf("%s: %v, and anew %v", when, errGot, errWant)
			}
			if errWant != nil {
				continue
			}
			if a, b := fmt.Sprint(findingsOf(got)), fmt.Sprint(findingsOf(want)); a != b {
				t.Fatalf("%s: finds\n%s\nand anew\n%s", when, a, b)
			}
			if draft {
				drafted = fmt.Sprint(findingsOf(got))
			} else if a := fmt.Sprint(findingsOf(got)); a != drafted {
				t.Fatalf("%s: finds\n%s\nand the draft\n%s", when, a, drafted)
			}
			sameFiles(t, when, got.Files, want.Files)
			sameFiles(t, when+", pending", got.Pending, want.Pending)
			if len(want.Files) > 0 {
				compiled++
			}
		}
	}
	if compiled < rounds/3 {
		t.Errorf("only %d versions could be compiled", compiled)
	}
}

func findingsOf(r *Result) (out []string) {
	for _, d := range r.Diagnostics {
		out = append(out, fmt.Sprintf("%s %v %s", d.Rule.Code, d.At, d.Message))
	}
	return out
}

func sameFiles(t *testing.T, when string, got, want []output.File) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d files, and anew %d", when, len(got), len(want))
	}
	for i := range want {
		if got[i].Path != want[i].Path || !bytes.Equal(got[i].Content, want[i].Content) || got[i].Hash() != want[i].Hash() {
			t.Fatalf("%s: %s is another one than when it is made anew", when, want[i].Path)
		}
	}
}

// TestNoFaultHidesBehindWhatHeld: code in which something is wrong is found wrong in the same ways whether the verifier remembers that all was
// well or not; also where not the code is another one, but what it should say.
func TestNoFaultHidesBehindWhatHeld(t *testing.T) {
	base := recruiting(t)
	root := base.Projects()[0]
	cache := NewCache()
	right := newBuild(base, base.Project(root), Options{Cache: cache})
	files, problems, err := right.code(t.Context())
	if err != nil || len(problems) > 0 {
		t.Fatal(err, problems)
	}
	settings := contract.SettingsOf(base.Project(root).Config.Source)
	verify := func(s *analysis.Snapshot, files []output.File, c *Cache) string {
		b := newBuild(s, s.Project(root), Options{Cache: c})
		b.library = right.library // that of the code
		return fmt.Sprint(contract.Code(b.verification(files, nil, settings)))
	}
	held := func() {
		t.Helper()
		if got := verify(base, files, cache); got != "[]" {
			t.Fatalf("what is right is found wrong: %s", got)
		}
	}
	held()
	wrong := 0
	random := rand.New(rand.NewPCG(23, 29))
	for i := range files {
		if !strings.HasPrefix(string(files[i].Path), "src/") || strings.HasPrefix(string(files[i].Path), "src/lib/") && i%9 != 0 {
			continue
		}
		for _, content := range faulty(random, files[i].Content) {
			changed := slices.Clone(files)
			changed[i] = output.File{Path: files[i].Path, Content: content, From: files[i].From}
			want := verify(base, changed, nil)
			if got := verify(base, changed, cache); got != want {
				t.Fatalf("%s:\n%s\nis found to be\n%s\nand anew\n%s", files[i].Path, content, got, want)
			}
			if want != "[]" {
				wrong++
			}
			held()
		}
	}
	if wrong < 40 {
		t.Errorf("only %d faults were any", wrong)
	}
	for i := range swaps {
		on := make([]bool, len(swaps))
		on[i] = true
		s := edited(t, base, on, false)
		for _, files := range [][]output.File{files, with(t, files, s, "src/definitions/"), with(t, files, s, "src/definitions/", "src/features/")} {
			want := verify(s, files, nil)
			if got := verify(s, files, cache); got != want {
				t.Errorf("%v: the code from before is found to be\n%s\nand anew\n%s", swaps[i], got, want)
			}
			held()
		}
	}
}

// with are files in which those of some folders are what another version has.
func with(t *testing.T, files []output.File, s *analysis.Snapshot, folders ...string) []output.File {
	t.Helper()
	out := slices.Clone(files)
	for _, f := range compile(t, s, Options{Draft: true}).Files {
		i, ok := slices.BinarySearchFunc(out, f, byPath)
		if ok && slices.ContainsFunc(folders, func(folder string) bool { return strings.HasPrefix(string(f.Path), folder) }) {
			out[i] = f
		}
	}
	return out
}

// faulty are versions of a module: without one of its lines, with one twice, and with another string.
func faulty(random *rand.Rand, content []byte) (out [][]byte) {
	lines := bytes.SplitAfter(content, []byte("\n"))
	at := random.IntN(len(lines))
	out = append(out, bytes.Join(slices.Delete(slices.Clone(lines), at, at+1), nil))
	at = random.IntN(len(lines))
	out = append(out, bytes.Join(slices.Insert(slices.Clone(lines), at, lines[at]), nil))
	if from := bytes.IndexByte(content, '\''); from >= 0 {
		out = append(out, slices.Insert(slices.Clone(content), from+1, 'x'))
	}
	return out
}
