package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/qbls/qbls/lsp/lsptest"
)

const evaluatedFile = "quickback/features/evaluated/evaluated.ts"

// inEditor starts `qbls lsp` for a folder, and an editor that trusts it. The editor has a disk of its own: save writes to both.
func inEditor(t *testing.T, folder string) (e *lsptest.Editor, save func(name string)) {
	t.Helper()
	return inEditorWith(t, folder, map[string]any{"trusted": true})
}

// inEditorWith is inEditor with these options.
func inEditorWith(t *testing.T, folder string, options map[string]any) (e *lsptest.Editor, save func(name string)) {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(folder), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() { // also not what links to packages
			return err
		}
		content, err := os.ReadFile(filepath.Join(folder, p))
		files[p] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
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
	e = lsptest.Connect(t, root, lsptest.NewDisk(root, files), out, in, lsptest.Options{Init: options})
	t.Cleanup(func() {
		in.Close()
		_ = cmd.Wait() // how it ends is what the tests of the server are about
	})
	return e, func(name string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(folder, name), []byte(e.Text(name)), 0o644); err != nil {
			t.Fatal(err)
		}
		e.Save(name)
	}
}

// TestTheEditorSettlesWhatCheckSettles: after a save the editor shows what the command says.
func TestTheEditorSettlesWhatCheckSettles(t *testing.T) {
	createable := "['id', 'name'].filter((c) => c !== 'id')"
	folder := evaluated(t, createable)
	e, save := inEditor(t, folder)
	e.Open(evaluatedFile)
	for _, c := range []struct {
		next string
		want string // among them; "" for none at all
	}{
		{createable, ""},
		{"['name'].map((c) => c)", ""},
		{"['name'].map((c) => c.toUpperCase())", "QB5001 error"},
		{"[unknownAtAll('name')]", "QB1122 error"},
	} {
		at := strings.Index(e.Text(evaluatedFile), createable)
		e.Replace(evaluatedFile, at, at+len(createable), c.next)
		createable = c.next
		save(evaluatedFile)
		e.Settle()
		var editor []string
		for _, f := range e.Findings() {
			editor = append(editor, f.Code+" "+f.Severity)
		}
		slices.Sort(editor)
		if command, _ := codes(t, folder); !slices.Equal(editor, command) {
			t.Errorf("%s: the editor shows %v, check says %v", c.next, editor, command)
		}
		if c.want == "" && len(editor) > 0 || c.want != "" && !slices.Contains(editor, c.want) {
			t.Errorf("%s: the editor shows %v", c.next, e.Findings())
		}
	}
}

// TestTheEditorIsAnsweredWhileDefinitionsDoNotEnd: a definition that loops keeps nobody waiting, and is named in the end.
func TestTheEditorIsAnsweredWhileDefinitionsDoNotEnd(t *testing.T) {
	e, save := inEditor(t, evaluated(t, "[...(() => { while (true) {} })()]"))
	e.Open(evaluatedFile)
	save(evaluatedFile)
	if got := e.Hover(evaluatedFile, strings.Index(e.Text(evaluatedFile), "firewall")+1); got == "" {
		t.Error("no hover")
	}
	e.Settle()
	if !slices.ContainsFunc(e.Findings(), func(f lsptest.Found) bool { return f.File == evaluatedFile && f.Code == "QB1120" }) {
		t.Errorf("the editor shows %v", e.Findings())
	}
}
