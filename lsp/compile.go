package lsp

import (
	"context"
	"fmt"
	"sync"
	"time"

	"go.lsp.dev/protocol"

	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// compiler runs at most one compilation per project: a newer save cancels the one before it, and waits until that writes no code any more. Its
// documents may take a while to notice; they are not written, and the next ones wait for their end.
type compiler struct {
	mu      sync.Mutex
	running map[string]*compilation
	count   int
	warned  map[string]string // by project: what was shown last
}

type compilation struct {
	mu     sync.Mutex // held while it is cancelled, or its end is told
	ctx    context.Context
	cancel context.CancelFunc
	before *compilation // nil: none, or it has ended
	coded  func()       // tells that no more code will be written
	code   chan struct{}
	done   chan struct{} // no more of anything
}

// compile compiles a project in the background.
func (s *server) compile(job Job) {
	s.compileThen(job, func(string, error) {})
}

// compileThen compiles a project in the background and calls then with what came of it, once; the error is that of the context when a
// newer compilation came between.
func (s *server) compileThen(job Job, then func(result string, err error)) {
	ctx, cancel := context.WithCancel(s.life)
	now := &compilation{ctx: ctx, cancel: cancel, code: make(chan struct{}), done: make(chan struct{})}
	now.coded = sync.OnceFunc(func() { close(now.code) })
	key := job.Folder + "\x00" + string(job.Root)

	s.compiler.mu.Lock()
	if s.compiler.running == nil {
		s.compiler.running = map[string]*compilation{}
	}
	now.before = s.compiler.running[key]
	s.compiler.running[key] = now
	s.compiler.count++
	token := fmt.Sprintf("qbls-compile-%d", s.compiler.count)
	s.compiler.mu.Unlock()

	s.run(func(context.Context) {
		defer close(now.done)
		defer now.alone()
		defer now.coded()
		defer cancel()
		if now.before != nil {
			now.before.stop()
			<-now.before.code
		}
		if ctx.Err() != nil {
			then("", ctx.Err())
			return
		}
		then(s.compiled(ctx, token, job, now))
	})
}

// stop cancels it: then it does not tell its end.
func (c *compilation) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cancel()
}

// end tells its end, unless it was cancelled; then it returns false.
func (c *compilation) end(tell func()) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ctx.Err() != nil {
		return false
	}
	tell()
	return true
}

// alone waits until the compilation before has ended.
func (c *compilation) alone() {
	if c.before != nil {
		<-c.before.done
		c.before = nil
	}
}

// compiled compiles and tells how it went: with progress where the client shows it, and a message when it failed.
func (s *server) compiled(ctx context.Context, token string, job Job, now *compilation) (string, error) {
	progress := s.settings.progress && s.client.WorkDoneProgressCreate(ctx, &protocol.WorkDoneProgressCreateParams{Token: protocol.String(token)}) == nil
	if progress {
		s.progress(token, &protocol.WorkDoneProgressBegin{Title: "qbls: compiling " + projectName(job)})
	}
	s.status.compiling(s, job)
	job.report = func(found []diagnostics.Diagnostic) {
		if ctx.Err() == nil {
			s.session.Compiled(job.Folder, job.Root, job.Snapshot, found)
		}
	}
	result, err := s.guarded(ctx, s.config.Compile, job)
	if err == nil && s.config.Documents != nil {
		s.status.written(s, job, result)
	}
	now.coded() // a newer one tells its state after this one's
	if progress {
		end := result
		if ctx.Err() != nil {
			end = "cancelled"
		}
		s.progress(token, &protocol.WorkDoneProgressEnd{Message: &end})
	}
	if err == nil && s.config.Documents != nil {
		var note string
		now.alone()
		if note, err = s.document(ctx, job); note != "" && ctx.Err() == nil {
			result += ". " + note
			s.warn(job, note)
		}
	}
	if !now.end(func() { s.status.compiled(s, job, result, err) }) {
		return "cancelled", nil // a newer save follows
	}
	if err != nil {
		s.config.Log.Error("compile failed", "project", projectName(job), "error", err)
		s.show(s.life, protocol.MessageTypeError, "qbls could not compile %s: %v", projectName(job), err)
	}
	return result, err
}

// quiet is how long nothing may be saved before the documents about the backend are written: somebody who saves twice in a row waits for
// nothing that the second time makes anew.
const quiet = 200 * time.Millisecond

// warn shows a message about a project, unless it was the last one that was shown.
func (s *server) warn(job Job, note string) {
	key := job.Folder + "\x00" + string(job.Root)
	s.compiler.mu.Lock()
	if s.compiler.warned == nil {
		s.compiler.warned = map[string]string{}
	}
	again := s.compiler.warned[key] == note
	s.compiler.warned[key] = note
	s.compiler.mu.Unlock()
	if !again {
		s.show(s.life, protocol.MessageTypeWarning, "qbls: %s", note)
	}
}

// document writes the documents about what was compiled, and returns what the user has to know of it.
func (s *server) document(ctx context.Context, job Job) (string, error) {
	wait := time.NewTimer(quiet)
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-ctx.Done():
		return "", ctx.Err()
	}
	return s.guarded(ctx, s.config.Documents, job)
}

func (s *server) guarded(ctx context.Context, compile Compile, job Job) (result string, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("internal error: %v", r)
		}
	}()
	return compile(ctx, job)
}

func (s *server) progress(token string, value any) {
	raw, err := protocol.Marshal(value)
	if err == nil {
		err = s.client.Progress(s.life, &protocol.ProgressParams{Token: protocol.String(token), Value: raw})
	}
	if err != nil {
		s.config.Log.Warn("progress could not be shown", "error", err)
	}
}

func (s *server) show(ctx context.Context, kind protocol.MessageType, format string, args ...any) {
	if err := s.client.ShowMessage(ctx, &protocol.ShowMessageParams{Type: kind, Message: fmt.Sprintf(format, args...)}); err != nil {
		s.config.Log.Warn("message could not be shown", "error", err)
	}
}

func projectName(job Job) string {
	if job.Root == "" || job.Root == text.Path(".") {
		return job.Folder
	}
	return job.Folder + "/" + string(job.Root)
}
