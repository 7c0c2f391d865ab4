package migrate

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/qbls/qbls/compiler/output"
)

// TestThePendingMigrationIsReplacedWhole: nothing is left of the one before, also not of one that a killed process had begun to write.
func TestThePendingMigrationIsReplacedWhole(t *testing.T) {
	out := t.TempDir()
	there := func() map[string]string {
		t.Helper()
		found := map[string]string{}
		err := fs.WalkDir(os.DirFS(out), ".", func(p string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			text, err := os.ReadFile(filepath.Join(out, p))
			found[p] = string(text)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	half := filepath.Join(out, ".qbls", "pending.new", "0000_half.sql")
	if err := os.MkdirAll(filepath.Dir(half), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(half, []byte("CREATE"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		files []output.File
		want  map[string]string
	}{
		{[]output.File{{Path: Folder + "/0000_initial.sql", Content: []byte("A")}, {Path: Folder + "/features/0000_initial.sql", Content: []byte("B")}},
			map[string]string{".qbls/pending/0000_initial.sql": "A", ".qbls/pending/features/0000_initial.sql": "B"}},
		{[]output.File{{Path: Folder + "/0001_next.sql", Content: []byte("C")}}, map[string]string{".qbls/pending/0001_next.sql": "C"}},
		{nil, map[string]string{}},
		{nil, map[string]string{}},
	} {
		if err := WritePending(out, step.files); err != nil {
			t.Fatal(err)
		}
		if got := there(); !maps.Equal(got, step.want) {
			t.Errorf("there is %v, not %v", slices.Sorted(maps.Keys(got)), slices.Sorted(maps.Keys(step.want)))
		}
	}
}
