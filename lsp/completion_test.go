package lsp_test

import (
	"fmt"
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

// TestATableThatIsNotImportedComesWithItsImport: accepting it is all that somebody does.
func TestATableThatIsNotImportedComesWithItsImport(t *testing.T) {
	files := sample(t)
	const file = "quickback/features/jobs/more.ts"
	files[file] = "import { defineActions } from '@quickback/compiler';\n\nexport default defineActions(jo, {});\n"
	e := start(t, files, lsptest.Options{})
	e.Open(file)
	for _, it := range e.Complete(file, strings.Index(e.Text(file), "jo,")+2) {
		if it.Label != "jobs" {
			continue
		}
		edit, ok := it.TextEdit.(*protocol.TextEdit)
		if !ok {
			t.Fatalf("the edit is %T", it.TextEdit)
		}
		got := e.Edited(file, append([]protocol.TextEdit{*edit}, it.AdditionalTextEdits...))
		if want := "import { defineActions } from '@quickback/compiler';\nimport { jobs } from './jobs';\n\nexport default defineActions(jobs, {});\n"; got != want {
			t.Errorf("got\n%s", got)
		}
		quit(t, e)
		return
	}
	t.Error("jobs is not offered")
}

// TestAListIsNeverLongerThanAHundred: of 400 columns a hundred are sent, those that begin with what was typed before all others, and the
// editor is told to ask again.
func TestAListIsNeverLongerThanAHundred(t *testing.T) {
	var columns strings.Builder
	for i := range 400 {
		fmt.Fprintf(&columns, "  column%03d: text('column_%03d'),\n", i, i)
	}
	files := sample(t)
	const file = "quickback/features/wide/wide.ts"
	files[file] = "import { sqliteTable, text } from 'drizzle-orm/sqlite-core';\nimport { defineTable } from '@quickback/compiler';\n\nexport const wide = sqliteTable('wide', {\n  id: text('id').primaryKey(),\n" +
		columns.String() + "});\n\nexport default defineTable(wide, { guards: { createable: [''], updatable: ['39'] } });\n"
	e := start(t, files, lsptest.Options{})
	e.Open(file)
	ask := func(mark string) *protocol.CompletionList {
		at := strings.Index(e.Text(file), mark) + len(mark)
		got, err := e.Server.Completion(t.Context(), &protocol.CompletionParams{TextDocumentPositionParams: e.Position(file, at)})
		list, ok := got.(*protocol.CompletionList)
		if err != nil || !ok {
			t.Fatalf("%T, %v", got, err)
		}
		return list
	}
	if list := ask("createable: ['"); len(list.Items) != 100 || !list.IsIncomplete {
		t.Errorf("%d items, incomplete: %v", len(list.Items), list.IsIncomplete)
	}
	list := ask("updatable: ['39")
	for _, it := range list.Items {
		if !strings.Contains(it.Label, "3") || !strings.Contains(it.Label, "9") {
			t.Errorf("%s is offered for 39", it.Label)
		}
	}
	if len(list.Items) == 0 || len(list.Items) > 100 || !list.IsIncomplete {
		t.Errorf("%d items, incomplete: %v", len(list.Items), list.IsIncomplete)
	}
	quit(t, e)
}
