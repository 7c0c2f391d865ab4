package e2e

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/qbls/qbls/compiler/launch"
	"github.com/qbls/qbls/compiler/runtime/workspace"
)

const secret = "a-secret-of-more-than-thirty-two-characters"

// backend is a running emitted backend.
type backend struct {
	url      string // http://127.0.0.1:port
	database string // path of the SQLite file
	dir      string // the emitted code

	server *launch.Server
	output *buffer
}

var shared once[*backend]

// start returns the backend that most tests share.
func start(t testing.TB) *backend {
	t.Helper()
	return shared.get(t, func() *backend { return launched(t, filepath.Join(scratch, "shared")) })
}

func stopShared() {
	if shared.ok {
		_ = shared.made.stop()
	}
	for _, b := range sharedProjects {
		_ = b.stop()
	}
	clear(sharedProjects)
	clear(emittedProjects)
}

// startOwn starts a backend for this test alone, on databases of its own in a folder, and stops it with the test.
func startOwn(t *testing.T, data string) *backend {
	t.Helper()
	b := launched(t, data)
	t.Cleanup(func() { _ = b.stop() })
	return b
}

// launched starts the compiled sample and returns when it serves.
func launched(t testing.TB, data string) *backend {
	t.Helper()
	return launchIn(t, emitted(t), data)
}

// launchIn does the same with another emitted backend.
func launchIn(t testing.TB, dir, data string) *backend {
	t.Helper()
	b := begin(t, dir, data, nil)
	b.database = databaseFile(t, data)
	return b
}

// begin starts an emitted backend with variables besides the secret.
func begin(t testing.TB, dir, data string, vars map[string]string) *backend {
	t.Helper()
	all := map[string]string{"BETTER_AUTH_SECRET": secret}
	maps.Copy(all, vars)
	b := &backend{dir: dir, output: &buffer{}}
	server, err := launch.Start(context.Background(), b.options(data, all))
	if err != nil {
		t.Fatalf("%v\n%s", err, b.output)
	}
	b.server, b.url = server, server.URL
	return b
}

var (
	emittedProjects = map[string]string{}   // folders of emitted backends, by project
	sharedProjects  = map[string]*backend{} // started ones
)

// emitProject compiles a project of testdata for the target that the tests run on, once.
func emitProject(t testing.TB, name string) string {
	t.Helper()
	if out, done := emittedProjects[name]; done {
		return out
	}
	project, out := filepath.Join(scratch, name+"-project"), filepath.Join(scratch, name+"-backend")
	if err := os.CopyFS(project, os.DirFS(filepath.Join(repository(t), "compiler", "e2e", "testdata", name))); err != nil {
		t.Fatal(err)
	}
	retarget(t, project)
	emit(t, project, out)
	workspace.Link(t, out)
	emittedProjects[name] = out
	return out
}

// startProject returns the running backend of a project of testdata, which its tests share.
func startProject(t testing.TB, name string) *backend {
	t.Helper()
	if b, runs := sharedProjects[name]; runs {
		return b
	}
	b := launchIn(t, emitProject(t, name), filepath.Join(scratch, name+"-data"))
	sharedProjects[name] = b
	return b
}

// databaseFile is the SQLite file of the features' tables. workerd names its files by hashes: the one without Better Auth's tables and without the audit trail is it.
func databaseFile(t testing.TB, data string) string {
	t.Helper()
	if on.runtime != "cloudflare" {
		return filepath.Join(data, "app.db")
	}
	script := `import { Database } from 'bun:sqlite';
import { Glob } from 'bun';
for (const file of new Glob('**/*.sqlite').scanSync({ cwd: process.argv[1], absolute: true })) {
  const database = new Database(file, { readonly: true });
  database.run('pragma busy_timeout = 600000');
  const names = database.query("select name from sqlite_master").all().map((row) => row.name);
  if (names.includes('d1_migrations') && !names.includes('session') && !names.includes('audit_events')) console.log(file);
}`
	out, err := exec.Command(workspace.Bun(t), "-e", script, data).CombinedOutput()
	file := strings.TrimSpace(string(out))
	if err != nil || file == "" || strings.Contains(file, "\n") {
		t.Fatalf("no one database of the features below %s: %v\n%s", data, err, out)
	}
	return file
}

// options are those of a process to which nothing of the machine's own settings leaks.
func (b *backend) options(data string, vars map[string]string) launch.Options {
	return launch.Options{Dir: b.dir, Data: data, Vars: vars, Output: b.output, Env: []string{"PATH=" + os.Getenv("PATH"), "HOME=" + scratch, "TMPDIR=" + scratch}}
}

// stop asks the backend to end. The error says that it had to be ended.
func (b *backend) stop() error {
	if err := b.server.Stop(); err != nil {
		return fmt.Errorf("%w\n%s", err, b.output)
	}
	return nil
}

// count asks the database itself, for what no route may show. Bun reads it, so no other driver is needed.
func (b *backend) count(t *testing.T, query string, arguments ...string) int {
	t.Helper()
	script := `import { Database } from 'bun:sqlite';
const [file, query, ...rest] = process.argv.slice(1);
const database = new Database(file, { readonly: true });
database.run('pragma busy_timeout = 600000');
console.log(Object.values(database.query(query).get(...rest))[0]);`
	out, err := exec.Command(workspace.Bun(t), append([]string{"-e", script, b.database, query}, arguments...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", query, err, out)
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(out)))
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

// buffer is what the process printed, readable while it prints.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// await returns when what was printed satisfies the condition. What another process prints comes when it comes, also after the answer that
// it is about. A process that has ended prints nothing more; nil is one that does not end.
func (b *buffer) await(t *testing.T, what string, ended <-chan struct{}, holds func(said string) bool) {
	t.Helper()
	enough, again := time.NewTimer(patience), time.NewTicker(10*time.Millisecond)
	defer enough.Stop()
	defer again.Stop()
	for over := false; !holds(b.String()); {
		if over {
			t.Fatalf("it ended before it was printed: %s\n%s", what, b)
		}
		select {
		case <-enough.C:
			t.Fatalf("it was not printed: %s\n%s", what, b)
		case <-ended:
			over = true
		case <-again.C:
		}
	}
}

// last is the last line.
func (b *buffer) last() string {
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	return lines[len(lines)-1]
}
