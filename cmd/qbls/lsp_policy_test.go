package main

import (
	"strings"
	"testing"

	"github.com/qbls/qbls/lsp"
	"github.com/qbls/qbls/lsp/lsptest"
)

// TestThePreviewOfPolicyChanges: what is typed is compared with the last commit, without being saved and without a path of the copy that
// was read.
func TestThePreviewOfPolicyChanges(t *testing.T) {
	folder := copyOf(t, recruiting)
	repository(t, folder, "init", "-q")
	ask := func(e *lsptest.Editor) (lsp.Preview, error) {
		return lsptest.Ask[lsp.Preview](e, lsp.MethodPreview, lsp.PreviewParams{Kind: "policyChanges"})
	}
	e, _ := inEditor(t, folder)
	if _, err := ask(e); err == nil || !strings.Contains(err.Error(), "no commit to compare with") {
		t.Errorf("without a commit: %v", err)
	}
	repository(t, folder, "add", ".")
	repository(t, folder, "commit", "-q", "-m", "first")
	p, err := ask(e)
	if err != nil || !strings.Contains(p.Text, "Nobody can do more or less than before.") {
		t.Fatalf("unchanged: %v\n%s", err, p.Text)
	}
	const file = "quickback/features/jobs/jobs.ts"
	e.Open(file)
	at := strings.Index(e.Text(file), "delete: { access: { roles: ['")
	if at < 0 {
		t.Fatal("the sample has no delete of jobs")
	}
	at += len("delete: { access: { roles: [")
	e.Replace(file, at, at, "'interviewer', ")
	p, err = ask(e)
	if err != nil || !strings.Contains(p.Text, "1 widened, 0 narrowed") || !strings.Contains(p.Text, "interviewer") || !strings.Contains(p.Text, "`"+file+":") {
		t.Errorf("one role more: %v\n%s", err, p.Text)
	}
	repository(t, folder, "commit", "-q", "--allow-empty", "-m", "second")
	if again, err := ask(e); err != nil || again.Text != p.Text {
		t.Errorf("after a commit of nothing: %v\n%s", err, again.Text)
	}
	e.Replace(file, at, at, "[[")
	if p, err = ask(e); err != nil || !p.Stale || !strings.Contains(p.Text, "1 widened") {
		t.Errorf("with an error the last text stays: %v, stale %v\n%s", err, p.Stale, p.Text)
	}
}
