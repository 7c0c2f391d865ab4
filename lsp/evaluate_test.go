package lsp_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/compiler/evaluate"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
	"github.com/qbls/qbls/lsp"
	"github.com/qbls/qbls/lsp/lsptest"
)

const notesFile = "quickback/features/notes/notes.ts"

// helped is the recruiting project with a policy that takes its columns from a helper.
func helped(t *testing.T) map[string]string {
	return merged(sample(t), notesFile, `import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

const only = (names: string[]) => names.filter((n) => n !== 'id');

export const notes = sqliteTable('notes', { id: text('id').primaryKey(), organizationId: text('organization_id').notNull(), name: text('name') });

export default defineTable(notes, {
  firewall: { organization: {} },
  guards: { createable: only(['id', 'name']), updatable: ['name'] },
  crud: { list: { access: { roles: ['owner'] } }, create: { access: { roles: ['owner'] } }, update: { access: { roles: ['owner'] } } },
});
`)
}

var trusted = map[string]any{"trusted": true}

// names are facts that settle the gaps of the notes as the column name.
type names struct {
	at   []text.Place
	hash text.Hash
}

func (n names) Settled(at text.Place) (string, bool) { return `["name"]`, slices.Contains(n.at, at) }
func (n names) Fits(hash func(text.Path) (text.Hash, bool)) bool {
	now, ok := hash(notesFile)
	return ok && now == n.hash
}

// settling is a hook that finds out what the helper gives.
func settling(_ context.Context, w *analysis.Workspace, root text.Path) ([]diagnostics.Diagnostic, error) {
	d := w.Current().Definition(notesFile)
	facts := names{slices.Clone(d.Settled), d.Text}
	for _, g := range d.Gaps {
		facts.at = append(facts.at, d.Place(g.At))
	}
	w.Settle(root, facts)
	return nil, nil
}

// failing is a hook that finds the first line of the notes wrong.
func failing(context.Context, *analysis.Workspace, text.Path) ([]diagnostics.Diagnostic, error) {
	at := text.Place{Path: notesFile, Span: text.Span{End: 6}}
	return []diagnostics.Diagnostic{{Rule: evaluate.TimedOut, At: at, Message: "it does not end"}}, nil
}

// codes are the findings of the notes, with their severities.
func codes(t *testing.T, e *lsptest.Editor) []string {
	t.Helper()
	var out []string
	for _, f := range e.Findings() {
		if f.File != notesFile {
			t.Errorf("found elsewhere: %s", f)
		}
		out = append(out, f.Severity+" "+f.Code+" "+strings.SplitN(f.Message, "\n", 2)[0])
	}
	return out
}

func expect(t *testing.T, when string, e *lsptest.Editor, want ...string) {
	t.Helper()
	e.Settle()
	got := codes(t, e)
	if !slices.EqualFunc(got, want, strings.HasPrefix) {
		t.Errorf("%s: found %q, want %q", when, got, want)
	}
}

func TestWhatAHelperGivesIsSettledOnSave(t *testing.T) {
	c := lsp.Config{Settle: settling}
	e := start(t, helped(t), lsptest.Options{Config: c, Init: trusted})
	expect(t, "after loading", e)
	e.Open(notesFile)
	expect(t, "after opening", e)
	swap(t, e, notesFile, "'owner'", "'admin'")
	expect(t, "while it is edited", e, "info QB1103 settled on save")
	swap(t, e, notesFile, "'admin'", "'owner'")
	expect(t, "when the edit was taken back", e, "info QB1103 settled on save")
	e.Save(notesFile)
	expect(t, "after saving", e)
	swap(t, e, notesFile, "'id', 'name'", "'name', 'id'")
	e.Save(notesFile)
	expect(t, "after saving another text", e)
	quit(t, e)
}

// TestAFileThatIsClosedWaitsForTheSaveOfAnother: the file with the gap is not the one that is edited.
func TestAFileThatIsClosedWaitsForTheSaveOfAnother(t *testing.T) {
	files := helped(t)
	files["quickback/features/notes/only.ts"] = "export const only = (names: string[]) => names.filter((n) => n !== 'id');\n"
	files[notesFile] = strings.Replace(files[notesFile], "const only = (names: string[]) => names.filter((n) => n !== 'id');", "import { only } from './only';", 1)
	e := start(t, files, lsptest.Options{Config: lsp.Config{Settle: failing}, Init: trusted})
	expect(t, "after loading", e, "error QB1120 it does not end", "error QB1103 Only running")
	e.Open("quickback/features/notes/only.ts")
	swap(t, e, "quickback/features/notes/only.ts", "'id'", "'name'")
	expect(t, "while the helper is edited", e, "info QB1103 settled on save")
	e.Save("quickback/features/notes/only.ts")
	expect(t, "after saving", e, "error QB1120 it does not end", "error QB1103 Only running")
	quit(t, e)
}

func TestWhatEvaluationFindsIsShownUntilTheTextChanges(t *testing.T) {
	e := start(t, helped(t), lsptest.Options{Config: lsp.Config{Settle: failing}, Init: trusted})
	e.Open(notesFile)
	expect(t, "after loading", e, "error QB1120 it does not end", "error QB1103 Only running")
	e.Open(jobsFile)
	swap(t, e, jobsFile, "guards", "/* elsewhere */ guards")
	expect(t, "while another file is edited", e, "error QB1120 it does not end", "error QB1103 Only running")
	swap(t, e, notesFile, "only([", "only([ ")
	expect(t, "while it is edited", e, "info QB1103 settled on save")
	e.Save(notesFile)
	expect(t, "after saving", e, "error QB1120 it does not end", "error QB1103 Only running")
	swap(t, e, notesFile, "only([ 'id', 'name'])", "['name']")
	expect(t, "written out", e)
	quit(t, e)
}

func TestTheServerAnswersWhileItEvaluates(t *testing.T) {
	began, release := make(chan struct{}, 1), make(chan struct{})
	c := lsp.Config{Settle: func(ctx context.Context, w *analysis.Workspace, root text.Path) ([]diagnostics.Diagnostic, error) {
		began <- struct{}{}
		<-release // even the end of the context does not hurry it
		return settling(ctx, w, root)
	}}
	e := start(t, helped(t), lsptest.Options{Config: c, Init: trusted})
	<-began
	e.Open(notesFile)
	if got := e.Hover(notesFile, strings.Index(e.Text(notesFile), "firewall")+1); got == "" {
		t.Error("no hover while it evaluates")
	}
	if got := e.Labels(notesFile, strings.Index(e.Text(notesFile), "updatable: ['")+len("updatable: ['")); !slices.Contains(got, "name") {
		t.Errorf("completion offers %v while it evaluates", got)
	}
	e.Open(jobsFile)
	swap(t, e, jobsFile, "guards", "gards")
	if got := e.Await(jobsFile); len(got) == 0 {
		t.Error("nothing is published while it evaluates")
	}
	swap(t, e, jobsFile, "gards", "guards")
	close(release)
	expect(t, "after it was released", e)
	quit(t, e)
}

// TestEvaluationIsCancelled by a newer save and by an edit: nothing is run that nobody has saved.
func TestEvaluationIsCancelled(t *testing.T) {
	for name, by := range map[string]func(*lsptest.Editor){
		"by a newer save": func(e *lsptest.Editor) { e.Save(notesFile) },
		"by an edit":      func(e *lsptest.Editor) { e.Replace(notesFile, 0, 0, "\n") },
	} {
		t.Run(name, func(t *testing.T) {
			began, ended := make(chan int, 10), make(chan error, 10)
			count := 0 // evaluations of a project never overlap
			c := lsp.Config{Settle: func(ctx context.Context, w *analysis.Workspace, root text.Path) ([]diagnostics.Diagnostic, error) {
				count++
				began <- count
				if count == 2 {
					<-ctx.Done()
					ended <- ctx.Err()
					return failing(ctx, w, root)
				}
				return settling(ctx, w, root)
			}}
			e := start(t, helped(t), lsptest.Options{Config: c, Init: trusted})
			<-began
			e.Settle()
			e.Open(notesFile)
			e.Save(notesFile)
			<-began
			by(e)
			if err := <-ended; !errors.Is(err, context.Canceled) {
				t.Errorf("it ended with %v", err)
			}
			if strings.Contains(name, "edit") {
				expect(t, "edited", e, "info QB1103 settled on save")
				e.Save(notesFile)
			}
			expect(t, "saved again", e)
			if count != 3 {
				t.Errorf("evaluated %d times", count)
			}
			quit(t, e)
		})
	}
}

func TestAnEvaluationThatFailsIsShown(t *testing.T) {
	for name, fail := range map[string]func() error{"error": func() error { return errors.New("no sandbox") }, "panic": func() error { panic("no sandbox") }} {
		t.Run(name, func(t *testing.T) {
			c := lsp.Config{Settle: func(context.Context, *analysis.Workspace, text.Path) ([]diagnostics.Diagnostic, error) {
				return nil, fail()
			}}
			e := start(t, helped(t), lsptest.Options{Config: c, Init: trusted})
			e.AwaitMessage("could not evaluate")
			e.AwaitMessage("no sandbox")
			expect(t, "afterwards", e, "error QB1103 Only running")
			quit(t, e)
		})
	}
}

// TestNothingIsEvaluated: without trust nothing of a project runs, whatever its own settings say, and a project that is written
// out gives no reason to.
func TestNothingIsEvaluated(t *testing.T) {
	for name, o := range map[string]lsptest.Options{
		"nothing said":      {},
		"untrusted":         {Init: map[string]any{"trusted": false}, Settings: `{"trusted": true}`},
		"nothing to settle": {Init: trusted},
	} {
		t.Run(name, func(t *testing.T) {
			o.Config.Settle = func(context.Context, *analysis.Workspace, text.Path) ([]diagnostics.Diagnostic, error) {
				t.Error("evaluated")
				return nil, nil
			}
			files, want := helped(t), []string{"error QB1103 Only running"}
			if name == "nothing to settle" {
				files, want = sample(t), nil
			}
			e := start(t, files, o)
			e.Configure(o.Settings)
			e.Open(jobsFile)
			e.Save(jobsFile)
			expect(t, "after saving", e, want...)
			if want != nil {
				e.Open(notesFile)
				swap(t, e, notesFile, "'owner'", "'admin'")
				expect(t, "while it is edited", e, want...)
			}
			quit(t, e)
		})
	}
}

// TestTypingRunsNothing: a gap that was typed is evaluated when it is saved, not before.
func TestTypingRunsNothing(t *testing.T) {
	count := 0
	c := lsp.Config{Settle: func(ctx context.Context, w *analysis.Workspace, root text.Path) ([]diagnostics.Diagnostic, error) {
		count++
		return settling(ctx, w, root)
	}}
	files := helped(t)
	files[notesFile] = strings.Replace(files[notesFile], "only(['id', 'name'])", "['name']", 1)
	e := start(t, files, lsptest.Options{Config: c, Init: trusted})
	e.Open(notesFile)
	swap(t, e, notesFile, "createable: ['name']", "createable: only(['name'])")
	e.Open(jobsFile)
	expect(t, "typed", e, "error QB1103 Only running")
	if count != 0 {
		t.Errorf("evaluated %d times before a save", count)
	}
	e.Save(notesFile)
	expect(t, "saved", e)
	quit(t, e)
}

func TestWhatIsSettledIsCompiled(t *testing.T) {
	jobs := make(chan lsp.Job, 10)
	c := lsp.Config{Settle: settling, Compile: func(_ context.Context, j lsp.Job) (string, error) {
		jobs <- j
		return "written", nil
	}}
	e := start(t, helped(t), lsptest.Options{Config: c, Init: map[string]any{"trusted": true, "compileOnSave": true}})
	e.Open(notesFile)
	swap(t, e, notesFile, "'id', 'name'", "'name', 'id'")
	e.Save(notesFile)
	j := <-jobs
	if d := j.Snapshot.Definition(notesFile); len(d.Gaps) != 0 || len(d.Settled) != 1 || len(j.Found) != 0 {
		t.Errorf("compiled with %d gaps, %v", len(d.Gaps), j.Found)
	}
	quit(t, e)
}
