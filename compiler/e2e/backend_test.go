package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/qbls/qbls/compiler/runtime/workspace"
)

const (
	startLimit = 60 * time.Second // a cold Bun on a busy machine
	stopLimit  = 10 * time.Second
	secret     = "a-secret-of-more-than-thirty-two-characters"
)

// backend is a running emitted backend.
type backend struct {
	url      string // http://127.0.0.1:port
	database string // path of the SQLite file
	dir      string // the emitted code

	process *exec.Cmd
	output  *buffer
	ended   chan struct{} // closed when the process is gone
}

var shared once[*backend]

// start returns the backend that most tests share.
func start(t testing.TB) *backend {
	t.Helper()
	return shared.get(t, func() *backend { return launch(t, filepath.Join(scratch, "shared.db")) })
}

func stopShared() {
	if shared.ok {
		_ = shared.made.stop()
	}
}

// startOwn starts a backend for this test alone, on a database of its own, and stops it with the test.
func startOwn(t *testing.T, database string) *backend {
	t.Helper()
	b := launch(t, database)
	t.Cleanup(func() { _ = b.stop() })
	return b
}

// launch starts the compiled sample and returns when it answers /health.
func launch(t testing.TB, database string) *backend {
	t.Helper()
	return launchIn(t, emitted(t), database)
}

// launchIn does the same with another emitted backend.
func launchIn(t testing.TB, dir, database string) *backend {
	t.Helper()
	port := freePort(t)
	b := &backend{dir: dir, url: "http://127.0.0.1:" + port, database: database}
	b.run(t, environment(port, database))
	if err := b.healthy(); err != nil {
		_ = b.stop()
		t.Fatalf("%v\n%s", err, b.output)
	}
	return b
}

// environment is all the process gets: nothing of the machine's own settings leaks into a test.
func environment(port, database string) []string {
	return []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + scratch, "TMPDIR=" + scratch,
		"HOST=127.0.0.1", "PORT=" + port, "BETTER_AUTH_SECRET=" + secret, "DATABASE_PATH=" + database,
	}
}

// run starts the process.
func (b *backend) run(t testing.TB, env []string) {
	t.Helper()
	b.output, b.ended = &buffer{}, make(chan struct{})
	b.process = exec.Command(workspace.Bun(t), "src/index.ts")
	b.process.Dir, b.process.Env = b.dir, env
	b.process.Stdout, b.process.Stderr = b.output, b.output
	if err := b.process.Start(); err != nil {
		t.Fatalf("starting the backend: %v", err)
	}
	go func() {
		_ = b.process.Wait()
		close(b.ended)
	}()
}

// healthy polls /health until it answers, the process ends or the time is up.
func (b *backend) healthy() error {
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, b.url+"/health", nil)
		if err != nil {
			return err
		}
		if response, err := http.DefaultClient.Do(request); err == nil {
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-b.ended:
			return errors.New("the backend ended instead of listening")
		case <-ctx.Done():
			return fmt.Errorf("the backend does not answer /health after %s", startLimit)
		case <-tick.C:
		}
	}
}

// stop asks the process to end, and ends it when it does not. The error says that it had to.
func (b *backend) stop() error {
	_ = b.process.Process.Signal(syscall.SIGTERM)
	select {
	case <-b.ended:
		return nil
	case <-time.After(stopLimit):
		_ = b.process.Process.Kill()
		<-b.ended
		return fmt.Errorf("the backend did not end within %s of SIGTERM\n%s", stopLimit, b.output)
	}
}

// count asks the database itself, for what no route may show. Bun reads it, so no other driver is needed.
func (b *backend) count(t *testing.T, query string, arguments ...string) int {
	t.Helper()
	script := `import { Database } from 'bun:sqlite';
const [file, query, ...rest] = process.argv.slice(1);
console.log(Object.values(new Database(file, { readonly: true }).query(query).get(...rest))[0]);`
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

func freePort(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
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

// last is the last line.
func (b *buffer) last() string {
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	return lines[len(lines)-1]
}
