package contract_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/compiler"
	"github.com/qbls/qbls/compiler/contract"
	"github.com/qbls/qbls/compiler/output"
	"github.com/qbls/qbls/diagnostics/text"
)

var epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// backend is a compiled project.
type backend struct {
	s     *analysis.Snapshot
	root  text.Path
	files []output.File
	o     compiler.Options
}

func compiled(t testing.TB, d source.Disk, o compiler.Options) *backend {
	t.Helper()
	set, problems := source.Load(d)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	s := analysis.NewWorkspace(set).Current()
	if len(s.Projects()) != 1 {
		t.Fatalf("projects: %v", s.Projects())
	}
	o.Version, o.GeneratedAt = "0.0.0-test", epoch
	r, err := compiler.Compile(t.Context(), s, s.Projects()[0], o)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range r.Diagnostics {
		t.Logf("%s %s: %s", x.Rule.Code, x.At.Path, x.Message)
	}
	if r.Failed() {
		t.Fatal("nothing was emitted")
	}
	return &backend{s, s.Projects()[0], r.Files, o}
}

func folder(t testing.TB, parts ...string) *backend {
	t.Helper()
	return compiled(t, source.OS(filepath.Join(append([]string{"..", ".."}, parts...)...)), compiler.Options{})
}

func (b *backend) verify(t testing.TB, files []output.File) *contract.Report {
	t.Helper()
	r, err := compiler.Verify(b.s, b.root, files, b.o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestUntouchedOutputHasNoViolation: every sample project, and the project of the compiler's own tests.
func TestUntouchedOutputHasNoViolation(t *testing.T) {
	projects, err := os.ReadDir("../../testdata/projects")
	if err != nil {
		t.Fatal(err)
	}
	folders := [][]string{{"compiler", "testdata", "things"}, {"compiler", "e2e", "testdata", "oracle"}}
	for _, p := range projects {
		folders = append(folders, []string{"testdata", "projects", p.Name()})
	}
	for _, f := range folders {
		t.Run(f[len(f)-1], func(t *testing.T) {
			b := folder(t, f...)
			r := b.verify(t, b.files)
			for _, v := range r.Violations {
				t.Errorf("%s %s:%d: %s (declared %s, emitted %s)", v.Code, v.File, v.Range.Line, v.Message, v.Declared, v.Emitted)
			}
			if r.Summary.Status != contract.Pass || r.Summary.FilesChecked["hono"] == 0 {
				t.Errorf("summary: %+v", r.Summary)
			}
		})
	}
}

func BenchmarkVerify(b *testing.B) {
	p := folder(b, "testdata", "projects", "recruiting")
	b.ResetTimer()
	for range b.N {
		p.verify(b, p.files)
	}
}

// TestEveryTargetIsRead: entry points, databases and bindings differ by target; each has its own exact form.
func TestEveryTargetIsRead(t *testing.T) {
	for _, target := range [][2]string{{"bun", "better-sqlite3"}, {"bun", "libsql"}, {"node", "libsql"}, {"node", "better-sqlite3"}, {"cloudflare", "cloudflare-d1"}} {
		t.Run(target[0]+" "+target[1], func(t *testing.T) {
			disk := fstest.MapFS{}
			if err := fs.WalkDir(os.DirFS("../testdata/things"), ".", func(p string, d fs.DirEntry, err error) error {
				if err != nil || d.IsDir() {
					return err
				}
				content, err := os.ReadFile("../testdata/things/" + p)
				disk[p] = &fstest.MapFile{Data: content}
				return err
			}); err != nil {
				t.Fatal(err)
			}
			config := disk["quickback/quickback.config.ts"]
			config.Data = []byte(strings.NewReplacer("'bun'", "'"+target[0]+"'", "'better-sqlite3'", "'"+target[1]+"'").Replace(string(config.Data)))
			b := compiled(t, disk, compiler.Options{})
			if r := b.verify(t, b.files); r.Summary.Status != contract.Pass {
				t.Error(list(r))
			}
			for _, f := range b.files {
				if f.Path != "src/index.ts" {
					continue
				}
				r := b.verify(t, changed(b.files, f.Path, string(f.Content)+"\nfetch('https://example.com');\n"))
				if r.Summary.Status != contract.Fail || r.Violations[0].File != "src/index.ts" || r.Violations[0].Code != "QB9112" {
					t.Errorf("a statement more: %s", list(r))
				}
			}
		})
	}
}
