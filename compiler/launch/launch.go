// Package launch installs the packages of an emitted backend, starts it on a port, waits until it serves, and ends it: for `qbls dev`, for
// `qbls verify` and for the tests over HTTP.
//
// A backend is what its folder says it is: RuntimeOf reads the emitted files, so nothing has to be known of the project. A server ends
// with everything that it started: it runs in a process group of its own where the system has them.
package launch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/qbls/qbls/compiler/launch/port"
)

// Runtime is what runs an emitted backend.
type Runtime string

// The runtimes of emitted backends.
const (
	Bun     Runtime = "bun"
	Node    Runtime = "node"
	Workers Runtime = "cloudflare"
)

// RuntimeOf says what runs the backend in a folder: what its package.json installs to run it. The error says that no backend is there.
func RuntimeOf(dir string) (Runtime, error) {
	content, err := os.ReadFile(filepath.Join(dir, "package.json"))
	if err != nil {
		return "", fmt.Errorf("there is no compiled backend in %s: %w", dir, err)
	}
	var manifest struct {
		Dependencies    map[string]string `json:"dependencies"`
		DevDependencies map[string]string `json:"devDependencies"`
	}
	if err := json.Unmarshal(content, &manifest); err != nil {
		return "", fmt.Errorf("read %s: %w", filepath.Join(dir, "package.json"), err)
	}
	switch {
	case manifest.DevDependencies["wrangler"] != "":
		return Workers, nil
	case manifest.Dependencies["@hono/node-server"] != "":
		return Node, nil
	case manifest.DevDependencies["bun"] != "":
		return Bun, nil
	}
	return "", fmt.Errorf("%s is not the package.json of a compiled backend", filepath.Join(dir, "package.json"))
}

// Options say how to start a backend.
type Options struct {
	Dir  string // the emitted backend, with its packages installed
	Port int    // on 127.0.0.1; 0: any free one
	// Vars are the backend's variables: BETTER_AUTH_SECRET and so on. MIGRATIONS is a folder of migrations in the place of quickback/drizzle.
	Vars map[string]string
	// Data is the folder of the databases, made when it is missing; "": where the backend keeps them itself.
	Data string
	// Env is the environment of the process, without the backend's variables; nil: that of this one.
	Env []string
	// Rows are written into empty databases before anybody is served; nil: none. Data must be set.
	Rows   *Rows
	Output io.Writer     // what the process prints; nil: nothing is kept
	Limit  time.Duration // how long it may take to serve; 0: five minutes, for it may have to wait for a busy machine
}

// Server is a running backend.
type Server struct {
	URL     string // http://127.0.0.1:port
	Runtime Runtime

	process *exec.Cmd
	done    chan struct{} // closed when the process has ended
	err     error         // why it ended; readable after done
}

// Start starts a backend and returns when it serves. The error says that it did not: the process is gone then.
func Start(ctx context.Context, o Options) (*Server, error) {
	runtime, err := RuntimeOf(o.Dir)
	if err != nil {
		return nil, err
	}
	number, release, err := portOf(ctx, o.Port)
	if err != nil {
		return nil, err
	}
	defer release() // it serves by then, or has ended
	if o.Data != "" {
		if err := os.MkdirAll(o.Data, 0o755); err != nil {
			return nil, fmt.Errorf("make the folder of the databases: %w", err)
		}
	}
	cmd, err := command(runtime, o, number)
	if err != nil {
		return nil, err
	}
	cmd.Dir, cmd.Stdout, cmd.Stderr = o.Dir, o.Output, o.Output
	cmd.WaitDelay = 5 * time.Second // what a child of it holds open does not keep Wait
	group(cmd)
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start the backend: %w", err)
	}
	s := &Server{URL: "http://127.0.0.1:" + strconv.Itoa(number), Runtime: runtime, process: cmd, done: make(chan struct{})}
	go func() {
		if s.err = cmd.Wait(); s.err == nil {
			s.err = errors.New("it exited without an error")
		}
		kill(cmd) // what it left behind
		close(s.done)
	}()
	err = s.serves(ctx, o.Limit)
	if err == nil && o.Rows != nil && runtime != Workers {
		err = o.Rows.write(ctx, runtime, o)
	}
	if err != nil {
		_ = s.Stop()
		return nil, err
	}
	return s, nil
}

// command is the process of a backend, which is built first where it has to be.
func command(runtime Runtime, o Options, port int) (*exec.Cmd, error) {
	if runtime == Workers {
		return worker(o, port)
	}
	if at, err := filepath.Abs(o.Dir); runtime == Bun && err == nil && strings.Contains(at, "?") {
		return nil, fmt.Errorf("a folder with a ? in its name has no modules for Bun. Rename the folder, or move the project out of it: %s", at)
	}
	vars := map[string]string{"HOST": "127.0.0.1", "PORT": strconv.Itoa(port), "BETTER_AUTH_TELEMETRY": "0", "DO_NOT_TRACK": "1"}
	if o.Data != "" {
		vars["DATABASE_PATH"] = filepath.Join(o.Data, "app.db")
		vars["DATABASE_URL"] = "file:" + filepath.ToSlash(vars["DATABASE_PATH"])
	}
	maps.Copy(vars, o.Vars)
	program, err := bun(o.Dir)
	entry := filepath.Join("src", "index.ts")
	if runtime == Node {
		entry = filepath.Join("dist", "index.js")
		if program, err = exec.LookPath("node"); err == nil {
			err = bundle(o.Dir, filepath.Join(o.Dir, entry), Node)
		}
	}
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(program, entry)
	cmd.Env = base(o.Env)
	for _, key := range slices.Sorted(maps.Keys(vars)) {
		cmd.Env = append(cmd.Env, key+"="+vars[key])
	}
	return cmd, nil
}

func base(env []string) []string {
	if env == nil {
		return os.Environ()
	}
	return slices.Clone(env)
}

// portOf is the port that is asked for, or for 0 one that is kept until it is released. A server that was ended on that port may have left
// something that the system takes a moment to end, as workerd: it is waited for.
func portOf(ctx context.Context, asked int) (number int, release func(), err error) {
	if asked == 0 {
		return port.Reserve()
	}
	ctx, enough := context.WithTimeout(ctx, 30*time.Second)
	defer enough()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for {
		if err := Free(asked); err == nil || ctx.Err() != nil {
			return asked, func() {}, err
		}
		select {
		case <-ctx.Done():
		case <-again.C:
		}
	}
}

// Free says in words when something else listens on a port.
func Free(number int) error {
	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(number)))
	if err != nil {
		return fmt.Errorf("port %d is taken. Choose another one with --port: %w", number, err)
	}
	return l.Close()
}

// serves polls /health until it answers, the process ends or the time is up.
func (s *Server) serves(ctx context.Context, limit time.Duration) error {
	if limit == 0 {
		limit = 5 * time.Minute
	}
	patience, enough := context.WithTimeout(ctx, limit)
	defer enough()
	again := time.NewTicker(25 * time.Millisecond)
	defer again.Stop()
	for {
		if answers(patience, s.URL+"/health") {
			return nil
		}
		select {
		case <-s.done:
			return fmt.Errorf("the backend did not start: %w", s.err)
		case <-patience.Done():
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return fmt.Errorf("the backend did not answer on %s/health for %s", s.URL, limit)
		case <-again.C:
		}
	}
}

// answers says whether anything of the backend answers: also one that only says which variables it misses.
func answers(ctx context.Context, url string) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	_ = response.Body.Close()
	return response.StatusCode == http.StatusOK || response.StatusCode == http.StatusServiceUnavailable
}

// Ended is closed when the process has ended, by Stop or by itself.
func (s *Server) Ended() <-chan struct{} { return s.done }

// Err is why the process ended. It is only to be asked when Ended is closed.
func (s *Server) Err() error { return s.err }

// Stop asks the backend to finish its requests and end, and ends it with all that it started when it does not within thirty seconds: it
// gives its requests ten. The error says that it had to.
func (s *Server) Stop() error {
	const patience = 30 * time.Second
	interrupt(s.process)
	select {
	case <-s.done:
		return nil
	case <-time.After(patience):
		kill(s.process)
		<-s.done
		return fmt.Errorf("the backend did not end within %s and was ended", patience)
	}
}
