package lsp_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
	"github.com/qbls/qbls/lsp"
	"github.com/qbls/qbls/lsp/lsptest"
)

// TestABranchThatIsSwitchedIsEvaluated: files change on the disk, nobody saves, and the gaps are settled all the same, once.
func TestABranchThatIsSwitchedIsEvaluated(t *testing.T) {
	runs := make(chan struct{}, 100)
	c := lsp.Config{Settle: func(ctx context.Context, w *analysis.Workspace, root text.Path) ([]diagnostics.Diagnostic, error) {
		runs <- struct{}{}
		return settling(ctx, w, root)
	}}
	for _, trust := range []bool{true, false} {
		e := start(t, sample(t), lsptest.Options{Config: c, Init: map[string]any{"trusted": trust}})
		e.Settle()
		e.Disk.Write(root+"/"+notesFile, helped(t)[notesFile])
		e.Touched(notesFile)
		e.Settle()
		if trust {
			expect(t, "after the switch", e)
		} else {
			expect(t, "after the switch, without trust", e, "error QB1103 Only running")
		}
		e.Touched(notesFile, jobsFile) // the same events again, as watchers like to send
		e.Settle()
		if got, want := len(runs), map[bool]int{true: 1}[trust]; got != want {
			t.Errorf("trusted %v: evaluated %d times, want %d", trust, got, want)
		}
		for len(runs) > 0 {
			<-runs
		}
		quit(t, e)
	}
}

// TestWhatIsBeingEditedIsNotEvaluatedByAWatcher: nothing runs that nobody has saved.
func TestWhatIsBeingEditedIsNotEvaluatedByAWatcher(t *testing.T) {
	runs := make(chan struct{}, 100)
	c := lsp.Config{Settle: func(ctx context.Context, w *analysis.Workspace, root text.Path) ([]diagnostics.Diagnostic, error) {
		runs <- struct{}{}
		return settling(ctx, w, root)
	}}
	e := start(t, helped(t), lsptest.Options{Config: c, Init: trusted})
	e.Open(notesFile)
	e.Settle()
	<-runs
	swap(t, e, notesFile, "only(['id', 'name'])", "only(['name', 'id'])")
	e.Touched(jobsFile)
	e.Settle()
	if len(runs) > 0 {
		t.Error("what is typed was run")
	}
	e.Save(notesFile)
	e.Settle()
	if len(runs) != 1 {
		t.Errorf("the save ran it %d times", len(runs))
	}
}

// TestTheServerWatchesForClientsThatDoNot: a real disk, a client without watchers, and files that are changed, made and removed.
func TestTheServerWatchesForClientsThatDoNot(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, content string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	files := sample(t)
	for name, content := range files {
		write(name, content)
	}
	folder := filepath.ToSlash(dir)
	e := lsptest.Start(t, folder, lsptest.NewDisk(folder, files), lsptest.Options{NoWatch: true, Config: lsp.Config{Disk: source.OS, Watch: lsp.WatchDisk}})
	write(jobsFile, strings.Replace(files[jobsFile], "createable: [", "createable: ['tilte', ", 1))
	e.AwaitFinding(jobsFile, "QB5001", true)
	write(jobsFile, files[jobsFile])
	e.AwaitFinding(jobsFile, "QB5001", false)
	fresh := "quickback/features/fresh/deep/fresh.ts"
	write(fresh, "export default defineTable(\n")
	e.AwaitFinding(fresh, "QB1001", true)
	if err := os.RemoveAll(filepath.Join(dir, "quickback/features/fresh")); err != nil {
		t.Fatal(err)
	}
	e.AwaitFinding(fresh, "QB1001", false)
	quit(t, e)
}
