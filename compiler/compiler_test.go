package compiler

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/source"
)

func recruiting(t *testing.T) *analysis.Snapshot {
	t.Helper()
	set, errs := source.Load(source.OS(filepath.Join("..", "testdata", "projects", "recruiting")))
	for _, err := range errs {
		t.Error(err)
	}
	return analysis.NewWorkspace(set).Current()
}

func TestCompile(t *testing.T) {
	s := recruiting(t)
	r, err := Compile(t.Context(), s, s.Projects()[0], Options{Version: "test", GeneratedAt: time.Unix(0, 0)})
	if err != nil {
		found, _ := s.Diagnose(t.Context(), s.Projects()[0])
		for p, l := range found {
			for _, d := range l {
				t.Log(p, d.Rule.Code, d.Message)
			}
		}
		t.Fatal(err)
	}
	for _, d := range r.Diagnostics {
		t.Error(d.Rule.Code, d.Message)
	}
	if out := os.Getenv("OUT"); out != "" {
		for _, f := range r.Files {
			p := filepath.Join(out, filepath.FromSlash(string(f.Path)))
			os.MkdirAll(filepath.Dir(p), 0o755)
			os.WriteFile(p, f.Content, 0o644)
		}
	}
}
