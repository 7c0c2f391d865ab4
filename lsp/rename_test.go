package lsp_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/qbls/qbls/compiler/project"
	"github.com/qbls/qbls/compiler/runtime/workspace"
	"github.com/qbls/qbls/diagnostics/text"
	"github.com/qbls/qbls/lsp/lsptest"
)

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

func TestRenamingEveryColumnOfTheSample(t *testing.T) {
	before := sample(t)
	found := lsptest.FromWorkspace(t, before)
	for _, file := range []string{tableFile, "quickback/features/candidates/candidates.ts", jobsFile, "quickback/features/applications/application-events.ts"} {
		e := start(t, before, lsptest.Options{})
		e.Open(file)
		for _, line := range slices.Collect(strings.Lines(e.Text(file))) {
			name, rest, ok := strings.Cut(strings.TrimSpace(line), ": ")
			if !ok || !strings.HasPrefix(rest, "text(") && !strings.HasPrefix(rest, "integer(") {
				continue
			}
			changed, err := e.Rename(file, strings.Index(e.Text(file), line)+strings.Index(line, name), name+"Renamed")
			if err != nil {
				t.Logf("%s of %s: %v", name, file, err)
				continue
			}
			after := sample(t)
			for path, content := range changed {
				after[path] = content
			}
			if got := lsptest.FromWorkspace(t, after); len(got) != len(found) {
				t.Errorf("%s of %s leaves %v", name, file, got)
			}
		}
		quit(t, e)
	}
	_ = text.UTF8
}
