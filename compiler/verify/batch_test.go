package verify_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/compiler/verify"
)

// Batches hold a list, also of a table whose clients may change nothing: a backend rightly refuses what is none.
func TestBatchesHoldLists(t *testing.T) {
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS(filepath.Join(repository(t), "testdata", "projects", "journal"))); err != nil {
		t.Fatal(err)
	}
	posts := filepath.Join(folder, "quickback", "features", "posts", "posts.ts")
	content, err := os.ReadFile(posts)
	if err != nil {
		t.Fatal(err)
	}
	closed := strings.Replace(string(content), "updatable: ['title', 'body']", "updatable: []", 1)
	if closed == string(content) {
		t.Fatal("the sample is another one")
	}
	if err := os.WriteFile(posts, []byte(closed), 0o644); err != nil {
		t.Fatal(err)
	}
	set, errs := source.Load(source.OS(folder))
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	s := analysis.NewWorkspace(set).Current()
	batches := 0
	for _, p := range verify.New(s.Project(s.Projects()[0])).Probes {
		if !strings.HasSuffix(p.Path, "/batch") || p.Resource != "posts" {
			continue
		}
		sent, err := json.Marshal(p.Body)
		if err != nil {
			t.Fatal(err)
		}
		var body struct{ Records, IDs json.RawMessage }
		if err := json.Unmarshal(sent, &body); err != nil || !strings.HasPrefix(string(body.Records)+string(body.IDs), "[") {
			t.Errorf("%s sends %s", p.Name(), sent)
		}
		if p.Operation == "batchUpdate" {
			batches++
		}
	}
	if batches == 0 {
		t.Error("no batch of updates is asked")
	}
}
