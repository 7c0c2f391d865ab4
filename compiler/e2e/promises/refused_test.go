package promises

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/compiler"
)

// TestWhatCannotBeHeldDoesNotCompile changes the workshop so that something would be lost in what is emitted: an error says so, and
// nothing is emitted.
func TestWhatCannotBeHeldDoesNotCompile(t *testing.T) {
	for name, c := range map[string]struct{ file, from, to, code, says string }{
		"a protected column of no action": {"machines/machines.ts", "['approve']", "['aprove']", "QB5006", "aprove"},
		"a condition on no column":        {"machines/machines.ts", "record: { state:", "record: { sate:", "QB2011", "sate"},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			if err := os.CopyFS(root, os.DirFS(filepath.Join(repository(t), "compiler", "e2e", "promises", "testdata", "workshop"))); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(root, "quickback", "features", filepath.FromSlash(c.file))
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			changed := strings.Replace(string(content), c.from, c.to, 1)
			if changed == string(content) {
				t.Fatalf("%s does not say %s", c.file, c.from)
			}
			if err := os.WriteFile(path, []byte(changed), 0o644); err != nil {
				t.Fatal(err)
			}
			set, errs := source.Load(source.OS(root))
			if len(errs) > 0 {
				t.Fatal(errs)
			}
			s := analysis.NewWorkspace(set).Current()
			result, err := compiler.Compile(context.Background(), s, s.Projects()[0], compiler.Options{Version: "test", GeneratedAt: time.Unix(0, 0)})
			if err == nil && !result.Failed() {
				t.Fatal("it compiles")
			}
			found := false
			said, err := s.Diagnose(context.Background(), s.Projects()[0])
			if err != nil {
				t.Fatal(err)
			}
			for _, list := range said {
				for _, d := range list {
					found = found || string(d.Rule.Code) == c.code && strings.Contains(d.Message, c.says)
				}
			}
			if !found {
				t.Errorf("no %s about %s: %v", c.code, c.says, said)
			}
		})
	}
}
