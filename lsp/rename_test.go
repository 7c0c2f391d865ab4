package lsp_test

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/qbls/qbls/compiler/project"
	"github.com/qbls/qbls/compiler/runtime/workspace"
	"github.com/qbls/qbls/lsp/lsptest"
)

const configFile = "quickback/quickback.config.ts"

// TestRenamingAColumnAcrossFiles renames the sample's stage of an application, as an editor does. What is left checks as before,
// type-checks, tells the migration, and spells the old name nowhere that it meant the column.
func TestRenamingAColumnAcrossFiles(t *testing.T) {
	for _, c := range []struct{ name, file, at, to, hint string }{
		{"from the schema", tableFile, "stage: text(", "phase", "renames: { columns: { applications: { phase: 'stage' } } }"},
		{"from a condition of an action", actionsFile, "stage: { notIn", "pipelineStep", "renames: { columns: { applications: { pipeline_step: 'stage' } } }"},
		{"from a handler", actionsFile, "stage: input.stage })", "phase", "renames: { columns: { applications: { phase: 'stage' } } }"},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := sample(t)
			e := start(t, before, lsptest.Options{Versioned: true})
			e.Open(c.file) // the others stay closed
			offset := strings.Index(e.Text(c.file), c.at)
			if got, err := e.PrepareRename(c.file, offset); got != "stage" || err != nil {
				t.Fatalf("prepared %q, %v", got, err)
			}
			changed, err := e.Rename(c.file, offset, c.to)
			if err != nil {
				t.Fatal(err)
			}
			after := sample(t)
			for name, content := range changed {
				after[name] = content
			}
			if got, want := lsptest.FromWorkspace(t, after), lsptest.FromWorkspace(t, before); len(got) != len(want) {
				t.Errorf("found %v\nbefore %v", got, want)
			}
			if !strings.Contains(after["quickback/quickback.config.ts"], c.hint) {
				t.Errorf("no hint in\n%s", after["quickback/quickback.config.ts"])
			}
			if strings.Contains(after[tableFile], "'stage'") || strings.Contains(after[actionsFile], "record.stage") {
				t.Error("the old name is still there")
			}
			if !strings.Contains(after[actionsFile], "input.stage") || !strings.Contains(after[actionsFile], "fromStage") {
				t.Error("what only looks like the column is renamed, too")
			}
			typeCheck(t, after)
			quit(t, e)
		})
	}
}

// typeCheck runs the TypeScript compiler over the definitions of a project as the editor does.
func typeCheck(t *testing.T, files map[string]string) {
	t.Helper()
	folder := t.TempDir()
	put := func(name, content string) {
		target := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(target, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	steps, err := project.Init(fstest.MapFS{}, "sample")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range steps {
		if !strings.HasSuffix(s.Path, "/") {
			put(s.Path, s.Content)
		}
	}
	workspace.Link(t, folder)
	for name, content := range files {
		put(name, content)
	}
	tsc := exec.Command(workspace.Tsc(t), "--noEmit", "--pretty", "false", "-p", "quickback")
	tsc.Dir = folder
	if out, err := tsc.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestRenamingEverythingOfTheSample renames each column, role, action, view, state and table of the sample, one after the other.
// After each the findings are what they were, and what is left in the end type-checks.
func TestRenamingEverythingOfTheSample(t *testing.T) {
	before := sample(t)
	found := lsptest.FromWorkspace(t, before)
	e := start(t, before, lsptest.Options{Versioned: true})
	for name := range before {
		e.Open(name)
	}
	now := func() map[string]string {
		out := map[string]string{}
		for name := range before {
			out[name] = e.Text(name)
		}
		return out
	}
	rename := func(file, mark, to string) {
		t.Helper()
		at := strings.Index(e.Text(file), mark)
		if at < 0 {
			t.Fatalf("%q is not in %s", mark, file)
		}
		changed, err := e.Rename(file, at, to)
		if err != nil || len(changed) == 0 {
			t.Fatalf("%s to %s: %v, %d files", mark, to, err, len(changed))
		}
		for name, content := range changed {
			e.Rewrite(name, content)
		}
		if got := lsptest.FromWorkspace(t, now()); len(got) != len(found) {
			t.Fatalf("%s to %s leaves %v", mark, to, got)
		}
	}
	files := slices.Sorted(maps.Keys(before))
	for _, file := range files {
		for _, line := range slices.Collect(strings.Lines(before[file])) {
			name, rest, ok := strings.Cut(strings.TrimSpace(line), ": ")
			column := ok && (rest == "text\n" || strings.HasPrefix(rest, "text(") || strings.HasPrefix(rest, "integer("))
			if column && name != "id" && name != "organizationId" && name != "ownerId" {
				rename(file, name+": "+rest, name+"Now")
			}
		}
	}
	rename(tableFile, "recruiter'", "head-hunter")
	rename(configFile, "interviewer'", "listener")
	rename(actionsFile, "reject: {", "turn-down")
	rename(actionsFile, "advance-stage'", "advance")
	rename(tableFile, "pipeline: {", "funnel")
	rename(tableFile, "offer'", "proposal")
	rename(tableFile, "applications = sqliteTable", "dossiers")
	rename("quickback/features/candidates/candidates.ts", "candidates = sqliteTable", "people")
	after := now()
	old := regexp.MustCompile(`(?m)^[^/\n]*('recruiter|'interviewer'|'reject'|'offer'|\bapplications\.|record\.stage\b).*`)
	for name, content := range after {
		if line := old.FindString(content); line != "" {
			t.Errorf("%s still has %s", name, line)
		}
	}
	for _, hint := range []string{"dossiers: 'applications'", "people: 'candidates'", "stage_now: 'stage'"} {
		if !strings.Contains(after[configFile], hint) {
			t.Errorf("no hint %s in\n%s", hint, after[configFile])
		}
	}
	typeCheck(t, after)
	quit(t, e)
}
