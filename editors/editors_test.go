package editors_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var server string // the program

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "qbls-editors-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	server = filepath.Join(folder, "qbls")
	if out, err := exec.Command("go", "build", "-o", server, "../cmd/qbls").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(folder)
	os.Exit(code)
}

// TestNeovim and TestEmacs sit down at a real editor: a mistake is shown and mended, a column completed, explained, followed and renamed
// across files, and the backend follows on save.
func TestNeovim(t *testing.T) {
	needs(t, "nvim", "neovim")
	folder, err := filepath.Abs("neovim")
	if err != nil {
		t.Fatal(err)
	}
	script, err := filepath.Abs("testdata/neovim.lua")
	if err != nil {
		t.Fatal(err)
	}
	root := project(t)
	steps := drive(t, root, []string{"FOLDER=" + folder}, "nvim", "--headless", "-u", "NONE", "-c", "luafile "+script)
	author(t, steps)
	if got := steps.text("moved"); !strings.Contains(got, `"funnel.ts"`) || strings.Contains(got, "pipeline-report") || !strings.Contains(got, "handlers/funnel") {
		t.Errorf("an action that is renamed leaves %s", got)
	}
	if got := steps.text("preview"); !strings.Contains(got, "Effective policy: recruiting") {
		t.Errorf("the preview shows %s", got)
	}
	if got := steps.text("matrix"); !strings.Contains(got, "applications list") {
		t.Errorf("the matrix shows %s", got)
	}
	if got := steps.text("health"); !strings.Contains(got, "projects are trusted") || strings.Contains(got, "cannot be run") {
		t.Errorf("the health check says %s", got)
	}
}

func TestEmacs(t *testing.T) {
	needs(t, "emacs", "emacs-nox elpa-eglot")
	script, err := filepath.Abs("testdata/emacs.el")
	if err != nil {
		t.Fatal(err)
	}
	author(t, drive(t, project(t), nil, "emacs", "-q", "--batch", "-l", script))
}

// author checks what somebody meets who mends a mistake and renames a column.
func author(t *testing.T, steps steps) {
	t.Helper()
	if failed := steps.text("failed"); failed != "" {
		t.Fatal(failed)
	}
	if got := steps.text("diagnostics"); !strings.Contains(got, "nots") {
		t.Errorf("the planted mistake is not shown: %s", got)
	}
	if got := steps.text("fixed"); !strings.Contains(got, "notes") || strings.Contains(got, "no column") {
		t.Errorf("the fix left %s", got)
	}
	if got := steps.text("completion"); !strings.Contains(got, `"notes"`) {
		t.Errorf("completion offers %s", got)
	}
	if got := steps.text("hover"); !strings.Contains(got, "rejectionReason") || !strings.Contains(got, "reject") {
		t.Errorf("hover says %s", got)
	}
	if got := steps.text("jump"); !strings.Contains(got, "candidates.ts") {
		t.Errorf("the jump leads to %s", got)
	}
	var renamed struct {
		Actions     bool     `json:"actions"`
		Diagnostics []string `json:"diagnostics"`
	}
	if err := json.Unmarshal(steps["renamed"], &renamed); err != nil || !renamed.Actions || slices.ContainsFunc(renamed.Diagnostics, func(d string) bool { return strings.Contains(d, "rejectionReason") }) {
		t.Errorf("renamed: %s (%v)", steps["renamed"], err)
	}
	if got := steps.text("compiled"); !strings.Contains(got, "reasonToReject: ['reject']") || strings.Contains(got, "rejectionReason") {
		t.Errorf("the emitted policy is %s", got)
	}
}

type steps map[string]json.RawMessage

func (s steps) text(step string) string { return string(s[step]) }

// project is a copy of the sample with a mistake in it.
func project(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	if err := os.CopyFS(root, os.DirFS("../testdata/projects/recruiting")); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(root, "quickback", "features", "applications", "applications.ts")
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	broken := strings.Replace(string(content), "updatable: ['notes', 'referredById']", "updatable: ['nots', 'referredById']", 1)
	if err := os.WriteFile(file, []byte(broken), 0o644); err != nil {
		t.Fatal(err)
	}
	return root
}

// needs ends a test whose editor is not there. In CI that is a failure.
func needs(t *testing.T, program, packages string) {
	t.Helper()
	if _, err := exec.LookPath(program); err == nil {
		return
	}
	if os.Getenv("CI") != "" {
		t.Fatalf("%s is not installed: .ci/packages installs %s", program, packages)
	}
	t.Skipf("%s is not installed: apt-get install %s", program, packages)
}

// drive runs an editor with a script that prints a line of JSON for each step.
func drive(t *testing.T, root string, env []string, program string, args ...string) steps {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Env = append(append(os.Environ(), "ROOT="+root, "SERVER="+server, "HOME="+t.TempDir(), "XDG_CACHE_HOME="+t.TempDir()), env...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s: %v\n%s%s", program, err, out.Bytes(), errs.Bytes())
	}
	got := steps{}
	for lines := bufio.NewScanner(bytes.NewReader(append(out.Bytes(), errs.Bytes()...))); lines.Scan(); {
		var line struct {
			Step  string          `json:"step"`
			Value json.RawMessage `json:"value"`
		}
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Step != "" {
			got[line.Step] = line.Value
		}
	}
	if len(got) == 0 {
		t.Fatalf("%s said nothing:\n%s%s", program, out.Bytes(), errs.Bytes())
	}
	return got
}
