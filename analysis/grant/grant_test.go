package grant_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/grant"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/diagnostics/text"
)

const sample = "../../testdata/projects/recruiting"

// files reads places of a snapshot.
type files struct{ *analysis.Snapshot }

func (f files) Place(p text.Place) grant.Place {
	at := f.File(p.Path).Position(int(p.Span.Start), text.UTF8)
	return grant.Place{File: string(p.Path), Line: int(at.Line) + 1, Column: int(at.Character) + 1}
}

func (f files) Text(p text.Place) string {
	return f.File(p.Path).Slice(p.Span)
}

func listOf(t *testing.T, dir string) *grant.List {
	t.Helper()
	set, errs := source.Load(source.OS(dir))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	s := analysis.NewWorkspace(set).Current()
	p := s.Project(s.Projects()[0])
	if !p.Complete {
		t.Fatal("the definitions of the case have errors")
	}
	// As a report would keep it.
	text, err := json.Marshal(grant.Of(p, files{s}))
	if err != nil {
		t.Fatal(err)
	}
	var out grant.List
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return &out
}

// edited copies the sample with one edit.
func edited(t *testing.T, file, old, replacement string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(sample)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "quickback", file)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(content), old) == 0 {
		t.Fatalf("%s does not contain %q", file, old)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(content), old, replacement, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestNothingChanged(t *testing.T) {
	l := listOf(t, sample)
	if got := grant.Compare(l, l); len(got) > 0 {
		t.Errorf("the same definitions differ: %v", got)
	}
}
