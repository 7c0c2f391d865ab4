package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qbls/qbls/lsp"
	"github.com/qbls/qbls/lsp/lsptest"
)

// saving is an editor at a real server that compiles on save, over a copy of the sample whose output is compiled.
func saving(t *testing.T, names ...string) (e *lsptest.Editor, folder string) {
	t.Helper()
	folder, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(folder, os.DirFS("../../testdata/projects/recruiting")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SOURCE_DATE_EPOCH", "1767323045")
	compileAll(t, folder)
	texts := map[string]string{}
	for _, name := range names {
		content, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		texts[name] = string(content)
	}
	cmd := exec.Command(binary, "lsp")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	root := filepath.ToSlash(folder)
	e = lsptest.Connect(t, root, lsptest.NewDisk(root, texts), out, in, lsptest.Options{Init: map[string]any{"trusted": true, "compileOnSave": true}})
	t.Cleanup(func() {
		in.Close()
		_ = cmd.Wait()
	})
	for _, name := range names {
		e.Open(name)
	}
	return e, folder
}

// save replaces a text in a file of the editor, and saves it.
func save(t *testing.T, e *lsptest.Editor, folder, name, old, with string) {
	t.Helper()
	at := strings.Index(e.Text(name), old)
	if at < 0 {
		t.Fatalf("%s has no %q", name, old)
	}
	e.Replace(name, at, at+len(old), with)
	if err := os.WriteFile(filepath.Join(folder, name), []byte(e.Text(name)), 0o644); err != nil {
		t.Fatal(err)
	}
	e.Save(name)
}

// toggle is a text that an edit puts in the place of another, and the next one takes back.
type toggle struct {
	name, one, other string
	schema           bool // a migration is pending while the other is there
}

var toggles = []toggle{
	{changedFile, "pageSize: 20", "pageSize: 30", false},
	{changedFile, "roles: ['owner'", "roles: ['recruiter', 'owner'", false},
	{changedFile, "    // Interviewers know", "\n    // Interviewers still know", false},
	{changedFile, "  salaryMin: integer('salary_min'),\n", "  salaryMin: integer('salary_min'),\n  office: text('office'),\n", true},
	{"quickback/features/applications/handlers/pipeline-report.ts", "rows.reduce(", "/* all of them */ rows.reduce(", false},
	{"quickback/features/jobs/departments.ts", "updatable: [", "updatable: [ /* what */ ", false},
	{"quickback/quickback.config.ts", "name: 'recruiting'", "name: 'agency'", false},
}

// TestASaveLeavesWhatCompileWrites: after any edits, and when the server says that the output is up to date, every file of it is what
// `qbls compile` makes of the same definitions. What a pending migration adds is left out: a save keeps it apart.
func TestASaveLeavesWhatCompileWrites(t *testing.T) {
	e, folder := saving(t, changedFile, toggles[4].name, toggles[5].name, toggles[6].name)
	random := rand.New(rand.NewPCG(3, 5))
	rounds := 14
	if testing.Short() {
		rounds = 5
	}
	for round := range rounds {
		var done []string
		for range 1 + random.IntN(3) { // saves that come before the documents of the one before
			x := &toggles[random.IntN(len(toggles))]
			save(t, e, folder, x.name, x.one, x.other)
			e.AwaitStatus(lsp.Written)
			x.one, x.other = x.other, x.one
			done = append(done, x.other+" → "+x.one)
		}
		pending := false
		for _, x := range toggles {
			pending = pending || x.schema && strings.Contains(x.one, "office")
		}
		e.AwaitStatus(lsp.UpToDate)
		sameAsCompiled(t, fmt.Sprintf("round %d, after %s", round, strings.Join(done, ", ")), folder, pending)
		if t.Failed() {
			return
		}
	}
}

// sameAsCompiled compares a project with what compiling a copy of it leaves.
func sameAsCompiled(t *testing.T, when, folder string, pending bool) {
	t.Helper()
	twin := t.TempDir()
	if err := os.CopyFS(twin, os.DirFS(folder)); err != nil {
		t.Fatal(err)
	}
	compileAll(t, twin)
	want, got := allOf(t, twin), allOf(t, folder)
	for name := range got {
		if _, there := want[name]; !there && !strings.Contains(name, ".qbls/") {
			t.Errorf("%s: nothing compiles to %s", when, name)
		}
	}
	for name, content := range want {
		migrations := strings.Contains(name, "/drizzle/") || strings.Contains(name, "/reports/") || strings.Contains(name, ".qbls/")
		if strings.HasSuffix(name, ".qbls/lock") || pending && migrations {
			continue
		}
		if got[name] != content {
			t.Errorf("%s: %s is not what is compiled (%d bytes, %d compiled)", when, name, len(got[name]), len(content))
		}
	}
}

// TestWhatWasEditedByHandIsNotOverwritten: the code that a save writes is looked at before, everything else with the documents.
func TestWhatWasEditedByHandIsNotOverwritten(t *testing.T) {
	const policy, other = "backend/src/features/jobs/jobs.resource.ts", "backend/src/features/jobs/departments.resource.ts"
	e, folder := saving(t, changedFile)
	save(t, e, folder, changedFile, "pageSize: 20", "pageSize: 30")
	e.AwaitStatus(lsp.UpToDate)
	edit := func(name string) string {
		t.Helper()
		content, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), append(content, "// mine\n"...), 0o644); err != nil {
			t.Fatal(err)
		}
		return string(content)
	}
	was := edit(policy)
	save(t, e, folder, changedFile, "pageSize: 30", "pageSize: 40")
	if s := e.AwaitStatus(lsp.Failed); !strings.Contains(s.Message, "jobs.resource.ts was edited by hand") {
		t.Errorf("got %+v", s)
	}
	left := allOf(t, folder)
	if left[policy] != was+"// mine\n" {
		t.Error("the file that was edited by hand was overwritten")
	}
	if err := os.WriteFile(filepath.Join(folder, policy), []byte(was), 0o644); err != nil {
		t.Fatal(err)
	}
	was = edit(other)
	save(t, e, folder, changedFile, "pageSize: 40", "pageSize: 60")
	if s := e.AwaitStatus(lsp.Failed); !strings.Contains(s.Message, "departments.resource.ts was edited by hand") {
		t.Errorf("got %+v", s)
	}
	if left := allOf(t, folder); left[other] != was+"// mine\n" || !strings.Contains(left[policy], "pageSize: 60") {
		t.Error("a save writes what it can, and leaves alone what was edited by hand")
	}
	if err := os.Remove(filepath.Join(folder, other)); err != nil {
		t.Fatal(err)
	}
	save(t, e, folder, changedFile, "pageSize: 60", "pageSize: 20")
	e.AwaitStatus(lsp.UpToDate)
	sameAsCompiled(t, "after a file that is gone", folder, false)
}

// TestWhatStandsInTheWayOfAMigrationIsShown: a required column without a value for the rows that are there keeps the project from being
// compiled, and the editor shows it at the column, until the text is another.
func TestWhatStandsInTheWayOfAMigrationIsShown(t *testing.T) {
	e, folder := saving(t, changedFile)
	const column = "  office: text('office').notNull(),\n"
	save(t, e, folder, changedFile, "  salaryMin: integer", column+"  salaryMin: integer")
	e.AwaitFinding(changedFile, "QB8401", true)
	for _, f := range e.Findings() {
		line := strings.Split(e.Text(changedFile), "\n")[f.Start.Line]
		if f.Code == "QB8401" && (f.File != changedFile || line != strings.TrimSuffix(column, "\n")) {
			t.Errorf("it is shown at %s, %q", f, line)
		}
	}
	e.AwaitStatus(lsp.Failed)
	at := strings.Index(e.Text(changedFile), ".notNull(),\n  salaryMin")
	e.Replace(changedFile, at, at+len(".notNull()"), "")
	e.AwaitFinding(changedFile, "QB8401", false)
}

// TestWhatStandsInTheWayOfAMigrationIsMendedInTheEditor: what a save found is answered by a code action, and the next save compiles.
func TestWhatStandsInTheWayOfAMigrationIsMendedInTheEditor(t *testing.T) {
	const config = "quickback/quickback.config.ts"
	for _, c := range []struct{ what, old, with, code, at, title, hint, sql string }{
		{
			"a required column", "  salaryMin: integer", "  office: text('office').notNull(),\n  salaryMin: integer", "QB8401", "text('office')",
			"Rows that are there get", "backfills: { jobs: { office: \"''\" } }", "''",
		},
		{
			"a column with another name", "text('title')", "text('heading')", "QB8402", "text('heading')",
			"heading was called title", "renames: { columns: { jobs: { heading: 'title' } } }", "RENAME COLUMN `title` TO `heading`",
		},
	} {
		t.Run(c.what, func(t *testing.T) {
			e, folder := saving(t, changedFile, config)
			save(t, e, folder, changedFile, c.old, c.with)
			e.AwaitFinding(changedFile, c.code, true)
			e.AwaitStatus(lsp.Failed)
			changed := e.Act(changedFile, strings.Index(e.Text(changedFile), c.at), c.title)
			if !strings.Contains(changed[config], c.hint) {
				t.Fatalf("the configuration becomes\n%s\nof %v", changed[config], changed)
			}
			e.Rewrite(config, changed[config])
			if err := os.WriteFile(filepath.Join(folder, config), []byte(changed[config]), 0o644); err != nil {
				t.Fatal(err)
			}
			e.Save(config)
			e.AwaitStatus(lsp.UpToDate)
			e.AwaitFinding(changedFile, c.code, false)
			pending := ""
			for name, content := range allOf(t, folder) {
				if strings.Contains(name, ".qbls/pending/") && strings.HasSuffix(name, ".sql") {
					pending += content
				}
			}
			if !strings.Contains(pending, c.sql) {
				t.Errorf("the pending migration is\n%s", pending)
			}
		})
	}
}
