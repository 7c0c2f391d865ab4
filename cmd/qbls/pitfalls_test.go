package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// Each file of testdata/pitfalls is a project around something that is easily got wrong: what is found in it (want), and what the
// backend is told (emits, where each line stands in the file that is named, whatever the indentation).
func TestPitfalls(t *testing.T) {
	paths, err := filepath.Glob("testdata/pitfalls/*.txtar")
	if err != nil || len(paths) < 11 {
		t.Fatalf("%d pitfalls (%v)", len(paths), err)
	}
	for _, p := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(p), ".txtar"), func(t *testing.T) {
			content, err := os.ReadFile(p)
			if err != nil {
				t.Fatal(err)
			}
			pitfall(t, txtar.Parse(content))
		})
	}
}

const pitfallConfig = `import { defineAuth, defineConfig, defineDatabase, defineRuntime } from '@quickback/compiler';

export default defineConfig({
  name: 'pitfalls',
  template: 'hono',
  features: { organizations: true },
  providers: { runtime: defineRuntime('bun'), database: defineDatabase('better-sqlite3'), auth: defineAuth('better-auth') },
});
`

func pitfall(t *testing.T, archive *txtar.Archive) {
	folder, out := t.TempDir(), t.TempDir()
	want, emits := "", map[string]string{}
	write := func(name, text string) {
		name = filepath.Join(folder, "quickback", filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, name, text)
	}
	write("quickback.config.ts", pitfallConfig)
	for _, f := range archive.Files {
		switch path, emitted := strings.CutPrefix(f.Name, "emits "); {
		case f.Name == "want":
			want = string(f.Data)
		case emitted:
			emits[path] = string(f.Data)
		default:
			write(f.Name, string(f.Data))
		}
	}
	if got := pitfallFindings(t, folder); got != want {
		t.Errorf("found\n%s\nwant\n%s", got, want)
	}
	if len(emits) == 0 {
		return
	}
	if said, errs, code := qbls(t, "compile", folder, "--out", out); code != exitOK {
		t.Fatalf("exit %d\n%s%s", code, said, errs)
	}
	for path, lines := range emits {
		content, err := os.ReadFile(filepath.Join(out, filepath.FromSlash(path)))
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Join(strings.Fields(string(content)), " ")
		if lines == "" {
			t.Errorf("%s: nothing is said of it", path)
		}
		for line := range strings.Lines(lines) {
			if line = strings.Join(strings.Fields(line), " "); !strings.Contains(text, line) {
				t.Errorf("%s does not hold %q", path, line)
			}
		}
	}
}

func pitfallFindings(t *testing.T, folder string) string {
	t.Helper()
	said, errs, _ := qbls(t, "check", folder, "--format", "json")
	var report struct {
		Projects []struct {
			Diagnostics []struct {
				Code, Severity, Message, File string
				Range                         struct{ Start position }
			}
		}
	}
	if err := json.Unmarshal([]byte(said), &report); err != nil {
		t.Fatalf("%v: %s", err, errs)
	}
	var b strings.Builder
	for _, d := range report.Projects[0].Diagnostics {
		fmt.Fprintf(&b, "%s %s %s:%d %s\n", d.Code, d.Severity, filepath.Base(d.File), d.Range.Start.Line+1, d.Message)
	}
	return b.String()
}
