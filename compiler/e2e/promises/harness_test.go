package promises

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/compiler"
	"github.com/qbls/qbls/compiler/launch"
	"github.com/qbls/qbls/compiler/runtime/workspace"
)

const secret = "a-secret-of-more-than-thirty-two-characters"

// backend is a compiled project that runs, with the people of one workshop.
type backend struct {
	url, dir, data string
	server         *launch.Server
	output         *buffer
	home           *tenant
}

var (
	scratch string
	mu      sync.Mutex
	running = map[string]*backend{} // by runtime
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "qbls-promises-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	scratch = dir
	defer func() {
		for _, b := range running {
			if b != nil {
				_ = b.server.Stop()
			}
		}
		_ = os.RemoveAll(dir)
	}()
	return m.Run()
}

// repository is the folder of go.mod.
func repository(t testing.TB) string {
	t.Helper()
	_, file, _, ok := runtime.Caller(0)
	if !ok {
		t.Fatal("the test binary does not know its own source")
	}
	return filepath.Join(filepath.Dir(file), "..", "..", "..")
}

// workshop is the backend of testdata/workshop on Bun, which all tests share.
func workshop(t *testing.T) *backend {
	t.Helper()
	return on(t, "bun", "better-sqlite3")
}

// onEach runs a test on SQLite in a process, and on D1 in a Worker.
func onEach(t *testing.T, test func(*testing.T, *backend)) {
	t.Helper()
	for name, database := range map[string]string{"bun": "better-sqlite3", "cloudflare": "cloudflare-d1"} {
		t.Run(name, func(t *testing.T) { test(t, on(t, name, database)) })
	}
}

func on(t *testing.T, name, database string) *backend {
	t.Helper()
	mu.Lock()
	defer mu.Unlock()
	b, known := running[name]
	if known && b == nil {
		t.Fatalf("the workshop does not run on %s: see the first test that failed", name)
	}
	if !known {
		running[name] = nil
		dir := filepath.Join(scratch, name)
		compiled(t, "workshop", dir, strings.NewReplacer("defineRuntime('bun')", "defineRuntime('"+name+"')", "'better-sqlite3'", "'"+database+"'"))
		b = launched(t, dir, filepath.Join(scratch, name+"-data"), nil)
		b.home = newTenant(t, b, "manager", "mechanic", "member")
		running[name] = b
	}
	return b
}

// compiled compiles a project of testdata, its configuration changed, into dir, ready to run.
func compiled(t testing.TB, project, dir string, change *strings.Replacer) map[string]string {
	t.Helper()
	root := filepath.Join(dir, "..", filepath.Base(dir)+"-project")
	if err := os.CopyFS(root, os.DirFS(filepath.Join(repository(t), "compiler", "e2e", "promises", "testdata", project))); err != nil {
		t.Fatal(err)
	}
	config := filepath.Join(root, "quickback", "quickback.config.ts")
	content, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(config, []byte(change.Replace(string(content))), 0o644); err != nil {
		t.Fatal(err)
	}
	set, errs := source.Load(source.OS(root))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	s := analysis.NewWorkspace(set).Current()
	result, err := compiler.Compile(context.Background(), s, s.Projects()[0], compiler.Options{Version: "test", GeneratedAt: time.Unix(0, 0)})
	if err != nil {
		t.Fatal(err)
	}
	if result.Failed() || len(result.Diagnostics) > 0 {
		t.Fatal(result.Diagnostics)
	}
	files := map[string]string{}
	for _, f := range result.Files {
		path := filepath.Join(dir, string(f.Path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Content, 0o644); err != nil {
			t.Fatal(err)
		}
		files[string(f.Path)] = string(f.Content)
	}
	workspace.Link(t, dir)
	return files
}

// launched starts what was compiled into dir.
func launched(t testing.TB, dir, data string, vars map[string]string) *backend {
	t.Helper()
	b := &backend{dir: dir, data: data, output: &buffer{}}
	all := map[string]string{"BETTER_AUTH_SECRET": secret}
	for name, value := range vars {
		all[name] = value
	}
	server, err := launch.Start(context.Background(), launch.Options{
		Dir: dir, Data: data, Vars: all, Output: b.output,
		Env: []string{"PATH=" + os.Getenv("PATH"), "HOME=" + scratch, "TMPDIR=" + scratch},
	})
	if err != nil {
		t.Fatalf("%v\n%s", err, b.output)
	}
	b.server, b.url = server, server.URL
	return b
}

// file reads a file of the compiled backend.
func (b *backend) file(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(b.dir, filepath.FromSlash(path)))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// buffer is what the process printed, readable while it prints.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
	next chan struct{}
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.next != nil {
		close(b.next)
		b.next = nil
	}
	return b.text.Write(p)
}

// await returns what was printed as soon as it satisfies the condition, or fails the test when it never comes.
func (b *buffer) await(t *testing.T, what string, holds func(text string) bool) string {
	t.Helper()
	deadline := time.After(20 * time.Minute) // more than the slowest machine takes
	for {
		b.mu.Lock()
		now, next := b.text.String(), b.grown()
		b.mu.Unlock()
		if holds(now) {
			return now
		}
		select {
		case <-next:
		case <-deadline:
			t.Fatalf("%s was not printed:\n%s", what, now)
		}
	}
}

// grown is closed by the next write.
func (b *buffer) grown() <-chan struct{} {
	if b.next == nil {
		b.next = make(chan struct{})
	}
	return b.next
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
