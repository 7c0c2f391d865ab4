package lsp_test

import (
	"strings"
	"testing"

	"github.com/qbls/qbls/lsp/lsptest"
)

const (
	tableFile   = "quickback/features/applications/applications.ts"
	actionsFile = "quickback/features/applications/actions.ts"
)

func TestDefinition(t *testing.T) {
	e := start(t, sample(t), lsptest.Options{})
	e.Open(tableFile)
	e.Open(actionsFile)
	for _, c := range []struct{ name, file, mark, to, spells string }{
		{"a column in a view", tableFile, "'stage', 'createdAt'", tableFile, "stage"},
		{"a column in another file", actionsFile, "stage: { notIn", tableFile, "stage"},
		{"an action that protects", tableFile, "'reject']", actionsFile, "reject"},
		{"a handler", actionsFile, "'./handlers/pipeline-report'", "quickback/features/applications/handlers/pipeline-report.ts", ""},
		{"a table in references", tableFile, "'candidates' },", "quickback/features/candidates/candidates.ts", "candidates"},
	} {
		t.Run(c.name, func(t *testing.T) {
			at := strings.Index(e.Text(c.file), c.mark)
			if at < 0 {
				t.Fatalf("%q is not there", c.mark)
			}
			got := e.Definition(c.file, at+2)
			if len(got) != 1 || got[0].File != c.to || strings.Trim(got[0].Message, "'") != c.spells {
				t.Errorf("got %v", got)
			}
		})
	}
	if got := e.Definition(tableFile, 0); len(got) != 0 {
		t.Errorf("an import is TypeScript's: %v", got)
	}
	quit(t, e)
}

func TestReferences(t *testing.T) {
	e := start(t, sample(t), lsptest.Options{})
	e.Open(tableFile)
	at := strings.Index(e.Text(tableFile), "stage: text(")
	with, without := e.References(tableFile, at, true), e.References(tableFile, at, false)
	if len(with) != len(without)+1 || len(without) < 7 {
		t.Errorf("%d with the declaration, %d without", len(with), len(without))
	}
	for _, f := range with {
		if strings.Trim(f.Message, "'") != "stage" {
			t.Errorf("%v spells no stage", f)
		}
	}
	quit(t, e)
}
