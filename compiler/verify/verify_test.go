package verify_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/compiler"
	"github.com/qbls/qbls/compiler/launch"
	"github.com/qbls/qbls/compiler/runtime/workspace"
	"github.com/qbls/qbls/compiler/verify"
)

// repository is the folder of go.mod.
func repository(t testing.TB) string {
	t.Helper()
	_, file, _, ok := runtime.Caller(0)
	if !ok {
		t.Fatal("the test binary does not know its own source")
	}
	return filepath.Join(filepath.Dir(file), "..", "..")
}

// targets are the runtimes that samples are proven on, each with its database.
var targets = map[string]*strings.Replacer{
	"bun":     strings.NewReplacer(),
	"node":    strings.NewReplacer("defineRuntime('bun')", "defineRuntime('node')", "defineDatabase('better-sqlite3'", "defineDatabase('libsql'"),
	"workerd": strings.NewReplacer("defineRuntime('bun')", "defineRuntime('cloudflare')", "defineDatabase('better-sqlite3'", "defineDatabase('cloudflare-d1'"),
}

// compiled emits a sample for a runtime into a folder of the test, ready to run.
func compiled(t testing.TB, name, runtime string) (string, *model.Project) {
	t.Helper()
	project := t.TempDir()
	if err := os.CopyFS(project, os.DirFS(filepath.Join(repository(t), "testdata", "projects", name))); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(project, "quickback", "quickback.config.ts")
	content, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(config, []byte(targets[runtime].Replace(string(content))), 0o644); err != nil {
		t.Fatal(err)
	}
	set, errs := source.Load(source.OS(project))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	s := analysis.NewWorkspace(set).Current()
	root := s.Projects()[0]
	result, err := compiler.Compile(context.Background(), s, root, compiler.Options{Version: "test", GeneratedAt: time.Unix(0, 0)})
	if err != nil {
		t.Fatal(err)
	}
	if result.Failed() {
		t.Fatal(result.Diagnostics)
	}
	dir := t.TempDir()
	for _, f := range result.Files {
		path := filepath.Join(dir, string(f.Path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	workspace.Link(t, dir)
	return dir, s.Project(root)
}

// prove runs the suite on the backend in a folder.
func prove(t testing.TB, dir string, suite *verify.Suite) []verify.Result {
	t.Helper()
	return proveWith(t, dir, suite, nil)
}

func proveWith(t testing.TB, dir string, suite *verify.Suite, vars map[string]string) []verify.Result {
	t.Helper()
	if vars != nil {
		vars["BETTER_AUTH_SECRET"] = "of a backend that lives for one test only"
	}
	results, err := suite.Prove(context.Background(), launch.Options{Dir: dir, Data: t.TempDir(), Vars: vars}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return results
}

// TestTheSamplesAreVerified asks each sample everything, on every runtime: organizations and roles, rows put whole under foreign ids, and
// owners with the public. The reports are equal, and so are status and error code of every single answer. Node is asked twice, with the
// database in a file and on libSQL's own server.
func TestTheSamplesAreVerified(t *testing.T) {
	for name, operations := range map[string][]string{
		"recruiting": {"list", "get", "view pipeline", "update", "batchUpdate", "delete", "batchDelete", "create", "batchCreate", "action advance-stage", "internal"},
		"inventory":  {"list", "get", "create", "update", "put", "batchUpsert", "delete"},
		"journal":    {"list", "get", "create", "update", "delete", "action publish"},
	} {
		reports, all := map[string]string{}, map[string][]string{}
		for _, on := range []string{"bun", "node", "workerd", "libSQL's server"} {
			t.Run(name+" on "+on, func(t *testing.T) {
				runtime, vars := on, map[string]string(nil)
				if on == "libSQL's server" {
					runtime, vars = "node", workspace.Libsql(t).Vars()
				}
				dir, project := compiled(t, name, runtime)
				results := proveWith(t, dir, verify.New(project), vars)
				judge(t, results, operations)
				reports[on], all[on] = written(t, name, results), answers(results)
			})
		}
		for on, said := range all {
			if reports[on] != reports["bun"] {
				t.Errorf("%s: the report of %s is another one than bun's:\n%s", name, on, reports[on])
			}
			for i, answer := range said {
				if answer != all["bun"][i] {
					t.Errorf("%s on %s: %s\non bun: %s", name, on, answer, all["bun"][i])
				}
			}
		}
	}
}

// written is the report as qbls verify --format json prints it.
func written(t testing.TB, project string, results []verify.Result) string {
	t.Helper()
	var b bytes.Buffer
	if err := verify.NewReport(project, results).JSON(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// answers are what came of every probe, in a line each.
func answers(results []verify.Result) (out []string) {
	for _, r := range results {
		out = append(out, fmt.Sprintf("%s → %d %s", r.Probe.Name(), r.Status, r.Code))
	}
	return out
}

// judge reports wrong answers, and operations of which nothing was granted or nothing refused: they prove nothing.
func judge(t *testing.T, results []verify.Result, operations []string) {
	t.Helper()
	asked, granted := map[string]int{}, map[string]int{}
	for _, r := range results {
		asked[r.Probe.Operation]++
		if r.Fault != "" {
			t.Errorf("%s %s\n  %s: %s", r.Probe.Resource, r.Probe.Operation, r.Probe.Name(), r.Fault)
		}
		if want := r.Probe.Want; len(want.Status) == 0 || want.Status[0] < 300 {
			granted[r.Probe.Operation]++
		}
	}
	for _, o := range operations {
		if refused := asked[o] - granted[o]; refused == 0 || granted[o] == 0 && o != "internal" {
			t.Errorf("%s proves nothing: granted %d times, refused %d times", o, granted[o], refused)
		}
	}
}
