package lsp_test

import (
	"strings"
	"testing"

	"go.lsp.dev/protocol"

	"github.com/qbls/qbls/lsp/lsptest"
)

// TestMissingImportsAreWritten: a table that a reference or an actions file names and does not import is imported by a fix, and the file is
// what it was before its import was lost.
func TestMissingImportsAreWritten(t *testing.T) {
	for _, c := range []struct{ file, line, code, title string }{
		{tableFile, "import { jobs } from '../jobs/jobs';\n", "QB2017", "Import jobs from ../jobs/jobs"},
		{"quickback/features/jobs/actions.ts", "import { jobs } from './jobs';\n", "QB7040", "Import jobs from ./jobs"},
	} {
		t.Run(c.code, func(t *testing.T) {
			files := sample(t)
			whole := files[c.file]
			if files[c.file] = strings.Replace(whole, c.line, "", 1); files[c.file] == whole {
				t.Fatalf("%s does not import it", c.file)
			}
			e := start(t, files, lsptest.Options{Versioned: true})
			e.Open(c.file)
			var found *protocol.Diagnostic
			for _, d := range e.Await(c.file) {
				if code, _ := d.Code.(protocol.String); string(code) == c.code {
					found = &d
				}
			}
			if found == nil {
				t.Fatalf("%s is not found", c.code)
			}
			actions := e.Actions(c.file, *found)
			if len(actions) == 0 || actions[0].Title != c.title || actions[0].IsPreferred == nil || !*actions[0].IsPreferred {
				t.Fatalf("the fixes are %v", actions)
			}
			at := strings.Index(e.Text(c.file), "jobs.id")
			if c.code == "QB7040" {
				at = strings.Index(e.Text(c.file), "defineActions(jobs") + len("defineActions(")
			}
			after := e.Act(c.file, at, c.title, protocol.CodeActionKindQuickFix)[c.file]
			if !strings.Contains(after, c.line) || len(after) != len(whole) {
				t.Errorf("it leaves\n%s", after)
			}
			files[c.file] = after
			if got := lsptest.FromWorkspace(t, files); len(got) != 0 {
				t.Errorf("it leaves %v", got)
			}
			quit(t, e)
		})
	}
}

// TestATableThatIsReferredToComesWithItsImport: the key of a table is offered behind .references(() => , and its import is written.
func TestATableThatIsReferredToComesWithItsImport(t *testing.T) {
	files := sample(t)
	const line = "import { jobs } from '../jobs/jobs';\n"
	whole := files[tableFile]
	files[tableFile] = strings.NewReplacer(line, "", "jobs.id)", "jo)").Replace(whole)
	e := start(t, files, lsptest.Options{})
	e.Open(tableFile)
	for _, it := range e.Complete(tableFile, strings.Index(e.Text(tableFile), "jo)")+2) {
		if it.Label != "jobs.id" {
			continue
		}
		edit, ok := it.TextEdit.(*protocol.TextEdit)
		if !ok {
			t.Fatalf("the edit is %T", it.TextEdit)
		}
		got := e.Edited(tableFile, append([]protocol.TextEdit{*edit}, it.AdditionalTextEdits...))
		if got != whole {
			t.Errorf("it leaves\n%s", got)
		}
		quit(t, e)
		return
	}
	t.Errorf("jobs.id is not offered among %v", e.Labels(tableFile, strings.Index(e.Text(tableFile), "jo)")+2))
}

// TestNoImportOfWhatIsThere: where the name is imported already, another import of it would be one too many. What is wrong is elsewhere.
func TestNoImportOfWhatIsThere(t *testing.T) {
	for _, c := range [][2]string{{"() => jobs.id", "() => jobs.ident"}, {"'../jobs/jobs'", "'../jobs/job'"}} {
		files := sample(t)
		changed := strings.Replace(files[tableFile], c[0], c[1], 1)
		if changed == files[tableFile] {
			t.Fatalf("%s is not in the sample", c[0])
		}
		e := start(t, files, lsptest.Options{Versioned: true})
		e.Open(tableFile)
		e.Rewrite(tableFile, changed)
		reported := false
		for _, d := range e.Await(tableFile) {
			if code, _ := d.Code.(protocol.String); code != "QB2017" {
				continue
			}
			reported = true
			for _, a := range e.Actions(tableFile, d) {
				if strings.HasPrefix(a.Title, "Import ") {
					t.Errorf("%s: offered is %s", c[1], a.Title)
				}
			}
		}
		if !reported {
			t.Errorf("%s is not reported", c[1])
		}
		quit(t, e)
	}
}
