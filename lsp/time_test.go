package lsp_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fsnotify/fsnotify"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
	"github.com/qbls/qbls/lsp"
	"github.com/qbls/qbls/lsp/lsptest"
)

// bubble runs a test whose clock stands still while anybody works, so that the times in it are exact. The library of the connection keeps
// channels for later calls in a pool; a collection, and one more for what a pool holds back, empties it, so that none is taken along.
func bubble(t *testing.T, do func(t *testing.T)) {
	t.Helper()
	empty := func() {
		runtime.GC()
		runtime.GC()
	}
	empty()
	defer empty()
	synctest.Test(t, do)
}

// TestABurstIsToldOnceAfterItsEnd: a switched branch is thousands of events with small gaps.
func TestABurstIsToldOnceAfterItsEnd(t *testing.T) {
	bubble(t, func(t *testing.T) {
		began := time.Now()
		events, lost := make(chan fsnotify.Event), make(chan error)
		type word struct {
			at    time.Duration
			paths []string
		}
		var told []word
		var followed []string
		ctx, stop := context.WithCancel(t.Context())
		go lsp.Gather(ctx, events, lost, func(made string) { followed = append(followed, made) }, func(paths []string) {
			told = append(told, word{time.Since(began), slices.Clone(paths)})
		})
		for i := range 1000 {
			pass(lsp.Burst - time.Millisecond)
			events <- fsnotify.Event{Name: fmt.Sprintf("f%d.ts", i%3), Op: fsnotify.Write}
		}
		ends := time.Since(began)
		events <- fsnotify.Event{Name: "mode.ts", Op: fsnotify.Chmod} // says nothing about contents
		pass(lsp.Burst)
		synctest.Wait()
		if len(told) != 1 || told[0].at != ends+lsp.Burst || !slices.Equal(told[0].paths, []string{"f0.ts", "f1.ts", "f2.ts"}) {
			t.Fatalf("told %v, want once at %v", told, ends+lsp.Burst)
		}
		events <- fsnotify.Event{Name: "new", Op: fsnotify.Create}
		lost <- errors.New("overflow") // everything is read again: what was due is in it
		pass(time.Hour)
		synctest.Wait()
		if len(told) != 2 || told[1].paths != nil || !slices.Equal(followed, []string{"new"}) {
			t.Errorf("told %v, followed %v", told[1:], followed)
		}
		stop()
		synctest.Wait()
	})
}

// TestTheWatchdogAsksEveryFiveSeconds: the editor's process ends at 12 s, and the server at 15 s.
func TestTheWatchdogAsksEveryFiveSeconds(t *testing.T) {
	files := sample(t)
	bubble(t, func(t *testing.T) {
		began := time.Now()
		c := lsp.Config{Alive: func(pid int) bool { return pid == 4242 && time.Since(began) < 12*time.Second }}
		e := start(t, files, lsptest.Options{Config: c, ProcessID: 4242})
		if err := e.Ended(); err == nil || !strings.Contains(err.Error(), "gone") {
			t.Errorf("got %v", err)
		}
		if got := time.Since(began); got != 15*time.Second {
			t.Errorf("the server ended after %v", got)
		}
	})
}

// TestSavesInQuickSuccessionCompileTheLast: evaluating takes two seconds and compiling ten. The save at 1 s ends the evaluation of the
// first one, the save at 4 s the compilation of the second, and nothing waits for work that nobody needs any more.
func TestSavesInQuickSuccessionCompileTheLast(t *testing.T) {
	files := helped(t)
	bubble(t, func(t *testing.T) {
		var began time.Time
		var settled, compiled atomic.Int32
		c := lsp.Config{
			Settle: func(ctx context.Context, w *analysis.Workspace, root text.Path) ([]diagnostics.Diagnostic, error) {
				if err := work(ctx, 2*time.Second); err != nil {
					return nil, err
				}
				settled.Add(1)
				return settling(ctx, w, root)
			},
			Compile: func(ctx context.Context, job lsp.Job) (string, error) {
				if err := work(ctx, 10*time.Second); err != nil {
					return "", err
				}
				compiled.Add(1)
				return "done", nil
			},
		}
		e := start(t, files, lsptest.Options{Config: c, Init: map[string]any{"trusted": true, "compileOnSave": true}})
		e.Open(notesFile)
		e.Settle() // what was opened is evaluated
		if got := settled.Load(); got != 1 {
			t.Fatalf("evaluated %d times on opening", got)
		}
		began = time.Now()
		for _, wait := range []time.Duration{0, time.Second, 3 * time.Second} {
			pass(wait)
			e.Save(notesFile)
		}
		if s := e.AwaitStatus(lsp.UpToDate); s.Message != "done" {
			t.Errorf("got %+v", s)
		}
		if got := time.Since(began); got != 16*time.Second {
			t.Errorf("up to date after %v, want 4 s + 2 s + 10 s", got)
		}
		if e, c := settled.Load(), compiled.Load(); e != 3 || c != 1 {
			t.Errorf("evaluated %d times, compiled %d times", e, c)
		}
		quit(t, e)
	})
}

// TestDocumentsWaitUntilNothingIsSaved: the code of each save is written, and the documents 200 ms after the last one: a save that comes
// before or while they are made ends them. When they cannot be written, the output is not up to date.
func TestDocumentsWaitUntilNothingIsSaved(t *testing.T) {
	files := sample(t)
	bubble(t, func(t *testing.T) {
		var compiled, documented atomic.Int32
		var broken atomic.Bool
		c := lsp.Config{
			Compile: func(context.Context, lsp.Job) (string, error) {
				compiled.Add(1)
				return "3 files written", nil
			},
			Documents: func(ctx context.Context, _ lsp.Job) (string, error) {
				if err := work(ctx, time.Second); err != nil {
					return "", err
				}
				if broken.Load() {
					return "", errors.New("disk full")
				}
				documented.Add(1)
				return "", nil
			},
		}
		e := start(t, files, lsptest.Options{Config: c, Init: map[string]any{"trusted": true, "compileOnSave": true}})
		e.Open(jobsFile)
		e.Settle()
		began := time.Now()
		for _, wait := range []time.Duration{0, 100 * time.Millisecond, 500 * time.Millisecond} {
			pass(wait)
			e.Save(jobsFile)
			if s := e.AwaitStatus(lsp.Written); s.Message != "3 files written" {
				t.Errorf("got %+v", s)
			}
		}
		e.AwaitStatus(lsp.UpToDate)
		if got := time.Since(began); got != 1800*time.Millisecond {
			t.Errorf("up to date after %v, want 600 ms + 200 ms + 1 s", got)
		}
		if c, d := compiled.Load(), documented.Load(); c != 3 || d != 1 {
			t.Errorf("compiled %d times, documented %d times", c, d)
		}
		broken.Store(true)
		e.Save(jobsFile)
		e.AwaitStatus(lsp.Written)
		if s := e.AwaitStatus(lsp.Failed); s.Message != "disk full" {
			t.Errorf("got %+v", s)
		}
		quit(t, e)
	})
}

// pass lets time pass in a bubble.
func pass(long time.Duration) { <-time.After(long) }

// work takes a time, unless it is cancelled.
func work(ctx context.Context, long time.Duration) error {
	select {
	case <-time.After(long):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// TestKeystrokesDoNotWait: findings are published without a delay, however fast keys come: there is no debounce to wait for, and a round
// that is overtaken says nothing of the version before.
func TestKeystrokesDoNotWait(t *testing.T) {
	files := sample(t)
	bubble(t, func(t *testing.T) {
		e := start(t, files, lsptest.Options{})
		e.Open(jobsFile)
		e.Settle()
		began := time.Now()
		for range 100 {
			swap(t, e, jobsFile, "createable: [", "createable: ['tilte', ")
			e.AwaitFinding(jobsFile, "QB5001", true)
			swap(t, e, jobsFile, "createable: ['tilte', ", "createable: [")
			e.AwaitFinding(jobsFile, "QB5001", false)
		}
		if waited := time.Since(began); waited != 0 {
			t.Errorf("200 edits waited %v", waited)
		}
		quit(t, e)
	})
}
