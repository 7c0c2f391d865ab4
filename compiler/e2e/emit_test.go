package e2e

import (
	"flag"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/qbls/qbls/compiler/runtime/workspace"
)

// patience is how long a test waits for what must come: more than the slowest machine takes. Nobody waits so long for what has ended.
const patience = 20 * time.Minute

// Folders that TestMain makes and removes: scratch for what one target's tests share, bin for the command.
var scratch, bin string

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	flag.Parse()
	dir, err := os.MkdirTemp("", "qbls-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	bin = dir
	for i, each := range targets {
		if only := os.Getenv("QBLS_E2E"); only != "" && only != each.runtime || i > 0 && testing.Short() {
			continue
		}
		if err := flag.Set("test.skip", others(each)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		if code := runOn(m, each); code != 0 {
			fmt.Fprintf(os.Stderr, "these were the tests on %s\n", each.runtime)
			return code
		}
	}
	return 0
}

// others are the tests that belong to other targets: what is emitted alike for all is tested with the first, wrangler with Workers,
// servers of libSQL with Node.
func others(t runtimeTarget) string {
	var all []string
	if t != targets[0] {
		all = append(all, "TestSampleIsClean", "TestCompilingTwice", "TestCompilingAgain", "TestEmittedCodeReads", "TestPackagesInstall")
	}
	if t.runtime != "node" {
		all = append(all, "TestLibsqlServer", "TestRacesOnLibsqlServer")
	}
	if t.runtime != "cloudflare" {
		all = append(all, "TestSessionsInKV", "TestWrangler", "TestGettingStartedPage")
	}
	return "^(" + strings.Join(all, "|") + ")$"
}

// runtimeTarget is a runtime with its database.
type runtimeTarget struct{ runtime, database string }

// targets are those that all tests over HTTP run on.
var (
	targets = []runtimeTarget{{"bun", "better-sqlite3"}, {"cloudflare", "cloudflare-d1"}, {"node", "libsql"}}
	on      runtimeTarget // what the tests run on now
)

// runOn runs all tests on one target, with everything made anew.
func runOn(m *testing.M, t runtimeTarget) int {
	dir, err := os.MkdirTemp("", "qbls-e2e-"+t.runtime+"-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	http.DefaultTransport.(*http.Transport).IdleConnTimeout = time.Second // workerd closes what is idle sooner than Go expects
	on, scratch, shared, emittedSample = t, dir, once[*backend]{}, once[string]{}
	defer stopShared()
	return m.Run()
}

// retarget makes a copied project one of the target that the tests run on.
func retarget(t testing.TB, project string) {
	t.Helper()
	on.set(t, project)
}

// set makes a copied project, whose configuration names the first target, one of this target.
func (r runtimeTarget) set(t testing.TB, project string) {
	t.Helper()
	path := filepath.Join(project, "quickback", "quickback.config.ts")
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.NewReplacer("defineRuntime('bun')", "defineRuntime('"+r.runtime+"')", "defineDatabase('better-sqlite3'", "defineDatabase('"+r.database+"'",
		"provider: 'aws-ses', region: 'eu-west-1'", "provider: '"+map[bool]string{true: "cloudflare'", false: "aws-ses', region: 'eu-west-1'"}[r.runtime == "cloudflare"]).Replace(string(content))
	if r != targets[0] && changed == string(content) {
		t.Fatalf("%s names no runtime to exchange", path)
	}
	if err := os.WriteFile(path, []byte(changed), 0o644); err != nil {
		t.Fatal(err)
	}
}

// once makes something for all tests, with the test that comes first. When that one fails, so do the others.
type once[T any] struct {
	sync.Once
	made T
	ok   bool
}

func (o *once[T]) get(t testing.TB, make func() T) T {
	t.Helper()
	o.Do(func() {
		o.made = make() // does not come back when it fails the test
		o.ok = true
	})
	if !o.ok {
		t.Fatal("what all tests need could not be made: see the first that failed")
	}
	return o.made
}

// repository is the folder of go.mod.
func repository(t testing.TB) string {
	t.Helper()
	_, file, _, ok := runtime.Caller(0)
	if !ok {
		t.Fatal("the test binary does not know its own source")
	}
	return filepath.Dir(filepath.Dir(filepath.Dir(file)))
}

var qblsBinary once[string]

// qbls builds the command. Its own binary is used, not the packages behind it, because that is what people run.
func qbls(t testing.TB) string {
	t.Helper()
	return qblsBinary.get(t, func() string {
		binary := filepath.Join(bin, "qbls")
		if runtime.GOOS == "windows" {
			binary += ".exe"
		}
		look(t)
		build := exec.Command("go", "build", "-o", binary, "./cmd/qbls")
		build.Dir = repository(t)
		if said, err := build.CombinedOutput(); err != nil {
			t.Fatalf("building qbls: %v\n%s", err, said)
		}
		return binary
	})
}

// look looks at every source of the command, which the tests do not import: go test remembers what a test looked at, and would
// otherwise show the result of an older compiler for that of a changed one.
func look(t testing.TB) {
	t.Helper()
	for _, folder := range []string{"analysis", "cmd", "compiler", "diagnostics", "lsp"} {
		err := filepath.WalkDir(filepath.Join(repository(t), folder), func(path string, _ fs.DirEntry, err error) error {
			if err == nil && slices.Contains([]string{".go", ".ts", ".js", ".json"}, filepath.Ext(path)) {
				_, err = os.Stat(path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// sample copies the sample project to a new folder, because compiling may write beside the definitions.
func sample(t testing.TB, dir string) string {
	t.Helper()
	if err := os.CopyFS(dir, os.DirFS(samplePath(t))); err != nil {
		t.Fatal(err)
	}
	return dir
}

func samplePath(t testing.TB) string {
	t.Helper()
	return filepath.Join(repository(t), "testdata", "projects", "recruiting")
}

// emit compiles the project into out.
func emit(t testing.TB, project, out string) {
	t.Helper()
	if said, err := exec.Command(qbls(t), "compile", project, "--out", out).CombinedOutput(); err != nil {
		t.Fatalf("qbls compile: %v\n%s", err, said)
	}
}

var emittedSample once[string]

// emitted is the folder of the compiled sample, ready to run.
func emitted(t testing.TB) string {
	t.Helper()
	return emittedSample.get(t, func() string {
		out := filepath.Join(scratch, "backend")
		project := sample(t, filepath.Join(scratch, "recruiting"))
		retarget(t, project)
		emit(t, project, out)
		workspace.Link(t, out)
		return out
	})
}

// files reads every regular file below dir.
func files(t testing.TB, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(dir, path)
		found[filepath.ToSlash(relative)] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
