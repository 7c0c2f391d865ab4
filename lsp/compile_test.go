package lsp_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/qbls/qbls/lsp"
	"github.com/qbls/qbls/lsp/lsptest"
)

func TestCompileOnSave(t *testing.T) {
	jobs := make(chan lsp.Job, 10)
	c := lsp.Config{Compile: func(_ context.Context, j lsp.Job) (string, error) {
		jobs <- j
		return "3 files written", nil
	}}
	e := start(t, sample(t), lsptest.Options{Config: c, Init: map[string]any{"trusted": true, "compileOnSave": true}})
	e.Open(jobsFile)
	swap(t, e, jobsFile, "guards", "/* saved */ guards")
	e.Save(jobsFile)
	j := <-jobs
	if j.Folder != root || j.Root != "." || j.Snapshot.File(jobsFile).Text != e.Text(jobsFile) {
		t.Errorf("folder %q, root %q", j.Folder, j.Root)
	}
	e.AwaitMessage("3 files written")
	quit(t, e)
}

func TestAFailedCompilationIsShown(t *testing.T) {
	for name, fail := range map[string]func() error{"error": func() error { return errors.New("disk full") }, "panic": func() error { panic("disk full") }} {
		t.Run(name, func(t *testing.T) {
			c := lsp.Config{Compile: func(context.Context, lsp.Job) (string, error) { return "", fail() }}
			e := start(t, sample(t), lsptest.Options{Config: c, Init: map[string]any{"trusted": true, "compileOnSave": true}})
			e.Open(jobsFile)
			e.Save(jobsFile)
			e.AwaitMessage("could not compile")
			e.AwaitMessage("disk full")
			quit(t, e)
		})
	}
}

func TestANewerSaveCancels(t *testing.T) {
	began, ended := make(chan int, 10), make(chan error, 10)
	count := 0 // compilations of a project never overlap
	c := lsp.Config{Compile: func(ctx context.Context, _ lsp.Job) (string, error) {
		count++
		began <- count
		if count == 1 {
			<-ctx.Done()
		}
		ended <- ctx.Err()
		return "", ctx.Err()
	}}
	e := start(t, sample(t), lsptest.Options{Config: c, Init: map[string]any{"trusted": true, "compileOnSave": true}})
	e.Open(jobsFile)
	e.Save(jobsFile)
	<-began
	e.Save(jobsFile)
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("the first ended with %v", err)
	}
	if n, err := <-began, <-ended; n != 2 || err != nil {
		t.Errorf("the second: %d, %v", n, err)
	}
	quit(t, e)
}

// TestNothingRunsWithoutTrust: a settings file of the project itself can ask for compilation, never grant trust.
func TestNothingRunsWithoutTrust(t *testing.T) {
	for name, init := range map[string]map[string]any{
		"nothing said": nil, "untrusted": {"trusted": false, "compileOnSave": true}, "not asked for": {"trusted": true}, "null": {"trusted": nil, "compileOnSave": true},
	} {
		t.Run(name, func(t *testing.T) {
			c := lsp.Config{Compile: func(context.Context, lsp.Job) (string, error) {
				t.Error("compiled")
				return "", nil
			}}
			o := lsptest.Options{Config: c, Init: init}
			if name != "not asked for" {
				o.Settings = `{"trusted": true, "compileOnSave": true}`
			}
			e := start(t, sample(t), o)
			e.Configure(o.Settings)
			e.Open(jobsFile)
			e.Save(jobsFile)
			e.Settle()
			quit(t, e) // waits for what runs
		})
	}
}

func TestSettingsChangeWhileRunning(t *testing.T) {
	ran := make(chan struct{}, 10)
	c := lsp.Config{Compile: func(context.Context, lsp.Job) (string, error) {
		ran <- struct{}{}
		return "", nil
	}}
	e := start(t, sample(t), lsptest.Options{Config: c, Init: map[string]any{"trusted": true}})
	e.Configure(`{"compileOnSave": true}`)
	e.Open(jobsFile)
	e.Save(jobsFile)
	<-ran
	quit(t, e)
}

// TestASaveDoesNotWaitForDocuments: the code of a newer save is written while the documents of the one before still find out that nobody waits for
// them; its own documents come after those, and are the only ones that the state tells of.
func TestASaveDoesNotWaitForDocuments(t *testing.T) {
	coded, began, release := make(chan struct{}, 10), make(chan int, 10), make(chan struct{})
	count, running := 0, 0 // documents of a project never overlap
	c := lsp.Config{
		Compile: func(context.Context, lsp.Job) (string, error) {
			coded <- struct{}{}
			return "written", nil
		},
		Documents: func(ctx context.Context, _ lsp.Job) (string, error) {
			count, running = count+1, running+1
			defer func() { running-- }()
			if running > 1 {
				t.Error("documents overlap")
			}
			began <- count
			if count == 1 {
				<-ctx.Done()
				<-release
				return "the first", nil // it was done before it noticed
			}
			return "the second", ctx.Err()
		},
	}
	e := start(t, sample(t), lsptest.Options{Config: c, Init: map[string]any{"trusted": true, "compileOnSave": true}})
	e.Open(jobsFile)
	e.Save(jobsFile)
	<-coded
	<-began
	e.Save(jobsFile)
	<-coded // or this test never ends
	e.AwaitStatus(lsp.Written)
	close(release)
	if n := <-began; n != 2 {
		t.Errorf("documents are made for the %dth time", n)
	}
	if s := e.AwaitStatus(lsp.UpToDate); !strings.Contains(s.Message, "the second") {
		t.Errorf("the state is told as %q", s.Message)
	}
	quit(t, e)
}
