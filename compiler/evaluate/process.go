package evaluate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// startLimit is how long a child may take until it is ready. It has run nothing of the project then.
const startLimit = 2 * time.Minute

// patience is how many times the limit of processor time a child may take by the clock on the wall. Definitions cannot wait for anything,
// so only a child that the system does not let run comes to it.
const patience = 20

// process is one child. It serves one job at a time.
type process struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	said    chan message
	ended   chan struct{} // closed when the child is gone and has been waited for
	errors  *tail
	release func()
}

// crash says how a job ended that has no outcome.
type crash struct {
	kind    string // "time", "memory", "recursion", "output", "bundling", "ended"
	running int    // ordinal of the module that was running, -1 before the first
	detail  string
}

// tail keeps the beginning of what is written to it.
type tail struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if room := 1<<16 - t.text.Len(); room > 0 {
		t.text.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.String()
}

// start runs a child and waits until it is ready. It knows nothing of this process but two pipes.
func start(ctx context.Context, command []string) (*process, error) {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = []string{}
	cmd.Dir = os.TempDir()
	errs := &tail{}
	cmd.Stderr = errs
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("starting the sandbox: %w", err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("starting the sandbox: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the sandbox: %w", err)
	}
	p := &process{cmd: cmd, in: in, said: make(chan message), ended: make(chan struct{}), errors: errs}
	release, err := enclose(cmd)
	if err != nil {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		return nil, err
	}
	p.release = release
	go p.listen(out)
	timer := time.NewTimer(startLimit)
	defer timer.Stop()
	select {
	case m, ok := <-p.said:
		if ok && m.Ready {
			return p, nil
		}
		err = fmt.Errorf("the sandbox did not start: %s", strings.TrimSpace(errs.String()))
	case <-timer.C:
		err = errors.New("the sandbox did not start in time")
	case <-ctx.Done():
		err = ctx.Err()
	}
	p.kill()
	return nil, err
}

// listen passes on what the child says. When it says nothing more, or too much, it is ended and waited for.
func (p *process) listen(out io.Reader) {
	defer close(p.ended)
	for {
		m := message{}
		err := receive(out, &m)
		if err == nil {
			p.said <- m
			continue
		}
		if !errors.Is(err, io.EOF) {
			_, _ = p.errors.Write([]byte("qbls: " + err.Error()))
		}
		break
	}
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait() // how it ended is in cmd.ProcessState
	p.release()
	close(p.said)
}

// kill ends the child and returns when it is gone.
func (p *process) kill() {
	_ = p.in.Close()
	_ = p.cmd.Process.Kill()
	for range p.said { // listen may be waiting for somebody to take a message
	}
	<-p.ended
}

// run gives the child a job; bundling and running have the limit of processor time each. It returns the outcome, or how the child was
// lost; the child is gone when there is no outcome.
func (p *process) run(ctx context.Context, j *job, limit time.Duration) (*outcome, *crash, error) {
	sent := make(chan error, 1)
	go func() { sent <- send(p.in, j) }()
	timer := time.NewTimer(patience * limit)
	defer timer.Stop()
	c := &crash{kind: "bundling", running: -1}
	for {
		select {
		case <-ctx.Done():
			p.kill()
			return nil, nil, ctx.Err()
		case <-timer.C:
			p.kill()
			if c.kind == "" {
				c.kind = "time"
			}
			return nil, c, nil
		case m, ok := <-p.said:
			switch {
			case !ok:
				<-p.ended
				if kind, detail := p.cause(); kind != "time" || c.kind != "bundling" {
					c.kind, c.detail = kind, detail
				}
				return nil, c, nil
			case m.Bundled:
				c.kind = ""
				timer.Reset(patience * limit)
			case m.Running != nil:
				c.running = *m.Running
			case m.Result != nil:
				if err := <-sent; err != nil {
					p.kill()
					return nil, nil, fmt.Errorf("asking the sandbox: %w", err)
				}
				return m.Result, nil, nil
			}
		}
	}
}

// cause tells from what an ended child has left why it ended.
func (p *process) cause() (kind, detail string) {
	said := p.errors.String()
	switch {
	case p.cmd.ProcessState.ExitCode() == exitMemory, strings.Contains(said, "out of memory"), strings.Contains(said, "cannot allocate memory"), strings.Contains(said, "failed to create new OS thread"):
		return "memory", ""
	case p.cmd.ProcessState.ExitCode() == exitTime:
		return "time", ""
	case strings.Contains(said, "stack exceeds"), strings.Contains(said, "stack overflow"):
		return "recursion", ""
	case strings.Contains(said, errTooLarge.Error()):
		return "output", ""
	}
	line, _, _ := strings.Cut(strings.TrimSpace(said), "\n")
	return "ended", line
}
