package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// binary is the program itself: these tests run it as people do.
var binary string

// patience is how long a test waits for what must come: more than the slowest machine takes. Nobody waits so long for what has ended.
const patience = 20 * time.Minute

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "qbls-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	binary = filepath.Join(folder, "qbls.exe")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		os.Exit(1)
	}
	_ = os.Setenv("XDG_CACHE_HOME", filepath.Join(folder, "cache")) // of the program: nothing of a test stays behind
	code := m.Run()
	stopServers()
	os.RemoveAll(folder)
	os.Exit(code)
}

const recruiting = "../../testdata/projects/recruiting"

// copyOf is a copy of the sample that a test may change.
func copyOf(t *testing.T, project string) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.CopyFS(filepath.Join(folder, "quickback"), os.DirFS(filepath.Join(project, "quickback"))); err != nil {
		t.Fatal(err)
	}
	return folder
}

// qbls runs the program and returns what it printed and its exit code.
func qbls(t *testing.T, args ...string) (out, errs string, code int) {
	t.Helper()
	cmd := exec.Command(binary, args...)
	var stdout, stderr buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()
}
