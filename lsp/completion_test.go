package lsp_test

import (
	"strings"
	"testing"

	"go.lsp.dev/protocol"

	"github.com/qbls/qbls/lsp/lsptest"
)

// TestAnItemIsExplainedWhenItIsResolved: lists are short, and what an item means is said for the one that is looked at.
func TestAnItemIsExplainedWhenItIsResolved(t *testing.T) {
	e := start(t, sample(t), lsptest.Options{})
	const file = "quickback/features/candidates/candidates.ts"
	e.Open(file)
	at := strings.Index(e.Text(file), "masking: {") + len("masking: {")
	for _, it := range e.Complete(file, at) {
		if it.Label != "source" {
			continue
		}
		got, err := e.Server.CompletionResolve(t.Context(), &it)
		if err != nil {
			t.Fatal(err)
		}
		if doc, ok := got.Documentation.(*protocol.MarkupContent); !ok || !strings.Contains(doc.Value, "Read by") {
			t.Errorf("got %v", got.Documentation)
		}
		quit(t, e)
		return
	}
	t.Errorf("no column among %v", e.Labels(file, at))
}
