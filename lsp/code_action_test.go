package lsp_test

import (
	"strings"
	"testing"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/qbls/qbls/diagnostics/text"
	"github.com/qbls/qbls/lsp/lsptest"
)

func TestAFixMends(t *testing.T) {
	e := start(t, sample(t), lsptest.Options{Encoding: text.UTF8})
	e.Open(jobsFile)
	swap(t, e, jobsFile, "guards", "gards")
	found := e.Await(jobsFile)
	at := -1
	for i, d := range found {
		if m, _ := d.Message.(protocol.String); strings.Contains(string(m), "gards") {
			at = i
		}
	}
	if at < 0 {
		t.Fatalf("no diagnostic about the key: %v", found)
	}
	actions := e.Actions(jobsFile, found[at])
	if len(actions) != 1 || !strings.Contains(actions[0].Title, "guards") || len(actions[0].Diagnostics) != 1 {
		t.Fatalf("got %v", actions)
	}
	if *actions[0].Kind != protocol.CodeActionKindQuickFix {
		t.Errorf("kind %v", *actions[0].Kind)
	}
	edits := actions[0].Edit.Changes[uri.URI(e.URI(jobsFile))]
	if got := e.Edited(jobsFile, edits); got != sample(t)[jobsFile] {
		t.Errorf("the fix leaves\n%s", got)
	}
	quit(t, e)
}

func TestNoActionsWhereNothingWasFound(t *testing.T) {
	e := start(t, sample(t), lsptest.Options{})
	e.Open(jobsFile)
	if got := e.Actions(jobsFile, protocol.Diagnostic{}); len(got) != 0 {
		t.Errorf("got %v", got)
	}
	quit(t, e)
}
