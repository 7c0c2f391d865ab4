package main

import (
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const changedFile = "quickback/features/jobs/jobs.ts"

// TestAKilledServerOrCompileLosesNothing kills a compilation, or a server that compiles on save, 50 times at random moments. After each,
// every file of the author is what it was, every file of the output is whole, from before or from after, and the next compilation brings
// the output to where it would be had nothing happened.
func TestAKilledServerOrCompileLosesNothing(t *testing.T) {
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS("../../testdata/projects/recruiting")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SOURCE_DATE_EPOCH", "1767323045")
	authored := allOf(t, folder)
	texts := [2]string{authored[changedFile], strings.Replace(authored[changedFile], "updatable: [", "updatable: [ /* the same */ ", 1)}
	texts[1] = strings.Replace(texts[1], "roles: ['owner'", "roles: ['recruiter', 'owner'", 1)
	if texts[0] == texts[1] {
		t.Fatal("the sample has changed: there is nothing to replace")
	}
	outputs := [2]map[string]string{}
	for i := range outputs {
		writeFile(t, folder, texts[i])
		compileAll(t, folder)
		outputs[i] = allOf(t, folder)
	}
	if fmt.Sprint(outputs[0]) == fmt.Sprint(outputs[1]) {
		t.Fatal("both texts compile to the same")
	}
	random := rand.New(rand.NewPCG(7, 11))
	rounds := 50
	if testing.Short() {
		rounds = 6
	}
	killed := 0
	for round := range rounds {
		now := round % 2
		writeFile(t, folder, texts[now])
		authored[changedFile] = texts[now]
		after := time.Duration(random.Int64N(int64(120 * time.Millisecond)))
		if round%4 < 2 {
			killed += killCompile(t, folder, after)
		} else {
			killed += killServer(t, folder, after)
		}
		left := allOf(t, folder)
		for name, content := range authored {
			if left[name] != content {
				t.Fatalf("round %d, killed after %v: the author's %s is not what it was", round, after, name)
			}
		}
		for name, content := range left {
			if _, mine := authored[name]; mine || strings.Contains(name, ".qbls") {
				continue // the manifest and what is staged are how the next compilation knows what happened
			}
			if content != outputs[0][name] && content != outputs[1][name] {
				t.Fatalf("round %d, killed after %v: %s is neither from before nor from after (%d bytes)", round, after, name, len(content))
			}
		}
		compileAll(t, folder)
		for name, content := range allOf(t, folder) {
			if content != outputs[now][name] && !strings.HasSuffix(name, ".qbls/lock") { // which process had it last
				t.Fatalf("round %d, killed after %v: the next compilation leaves another %s", round, after, name)
			}
		}
	}
	if killed < rounds/2 {
		t.Errorf("only %d of %d ended before they were done", killed, rounds)
	}
}

// allOf are the texts of all files of a folder, by name.
func allOf(t *testing.T, folder string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := fs.WalkDir(os.DirFS(folder), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(filepath.Join(folder, p))
		out[p] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func writeFile(t *testing.T, folder, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(folder, changedFile), []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func compileAll(t *testing.T, folder string) {
	t.Helper()
	if out, err := exec.Command(binary, "compile", folder).CombinedOutput(); err != nil {
		t.Fatalf("compile: %v\n%s", err, out)
	}
}

func killCompile(t *testing.T, folder string, after time.Duration) int {
	t.Helper()
	cmd := exec.Command(binary, "compile", folder)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return kill(cmd, after)
}

// killServer kills a server while it compiles what was saved.
func killServer(t *testing.T, folder string, after time.Duration) int {
	t.Helper()
	cmd := exec.Command(binary, "lsp")
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
	go func() { _, _ = io.Copy(io.Discard, out) }()
	root := "file://" + (&url.URL{Path: filepath.ToSlash(folder)}).EscapedPath()
	for _, body := range []string{
		fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"processId":null,"rootUri":%q,"capabilities":{},"initializationOptions":{"trusted":true,"compileOnSave":true}}}`, root),
		`{"jsonrpc":"2.0","method":"initialized","params":{}}`,
		fmt.Sprintf(`{"jsonrpc":"2.0","method":"textDocument/didSave","params":{"textDocument":{"uri":%q}}}`, root+"/"+changedFile),
	} {
		if _, err := fmt.Fprintf(in, "Content-Length: %d\r\n\r\n%s", len(body), body); err != nil {
			t.Fatal(err)
		}
	}
	return kill(cmd, after)
}

// kill ends a process with SIGKILL after a while and returns 1, or 0 when it was done before.
func kill(cmd *exec.Cmd, after time.Duration) int {
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	defer timer.Stop()
	if cmd.Wait() != nil {
		return 1
	}
	return 0
}
