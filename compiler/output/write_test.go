package output

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/qbls/qbls/diagnostics/text"
)

// memory is a Tree in memory. fail, when set, is asked before every call that changes something.
type memory struct {
	files, staged map[text.Path]string
	written       map[text.Path]int64 // when a file was committed, by a clock that ticks with every commit
	lock          sync.Mutex
	fail          func(op string, p text.Path) error
	calls         int
}

func newMemory() *memory {
	return &memory{files: map[text.Path]string{}, staged: map[text.Path]string{}, written: map[text.Path]int64{}}
}

func (m *memory) before(op string, p text.Path) error {
	m.calls++
	if m.fail == nil {
		return nil
	}
	return m.fail(op, p)
}

func (m *memory) Lock(context.Context) (func(), error) {
	m.lock.Lock()
	return m.lock.Unlock, nil
}

func (m *memory) Read(p text.Path) ([]byte, error) {
	if s, ok := m.files[p]; ok {
		return []byte(s), nil
	}
	return nil, fs.ErrNotExist
}

func (m *memory) Stat(p text.Path) (Stamp, error) {
	if s, ok := m.files[p]; ok {
		return Stamp{int64(len(s)), time.Unix(m.written[p], 0)}, nil
	}
	return Stamp{}, fs.ErrNotExist
}

func (m *memory) Stage(p text.Path, content []byte) error {
	if err := m.before("stage", p); err != nil {
		m.staged[p] = string(content[:len(content)/2]) // a kill or a full disk leaves half
		return err
	}
	m.staged[p] = string(content)
	return nil
}

func (m *memory) Commit(p text.Path) error {
	if err := m.before("commit", p); err != nil {
		return err
	}
	s, ok := m.staged[p]
	if !ok {
		return fmt.Errorf("nothing is staged for %s", p)
	}
	m.files[p], m.written[p] = s, int64(len(m.written)+m.calls)
	delete(m.staged, p)
	return nil
}

func (m *memory) Discard(p text.Path) error {
	if err := m.before("discard", p); err != nil {
		return err
	}
	delete(m.staged, p)
	return nil
}

func (m *memory) Remove(p text.Path) error {
	if err := m.before("remove", p); err != nil {
		return err
	}
	delete(m.files, p)
	return nil
}

// visible are the files without the manifest.
func (m *memory) visible() map[text.Path]string {
	out := maps.Clone(m.files)
	delete(out, ManifestPath)
	return out
}

func asMap(files []File) map[text.Path]string {
	out := map[text.Path]string{}
	for _, f := range files {
		out[f.Path] = string(f.Content)
	}
	return out
}

func mustSync(t *testing.T, tree Tree, files []File, opts ...Option) {
	t.Helper()
	if _, err := Sync(t.Context(), tree, files, opts...); err != nil {
		t.Fatal(err)
	}
}

var (
	first  = emitted("package.json", "{}", "src/index.ts", "one", "src/lib/a.ts", "lib", "src/old/b.ts", "old")
	second = emitted("package.json", "{}", "src/index.ts", "two", "src/lib/a.ts", "lib, changed", "src/new/c.ts", "new")
	third  = emitted("package.json", "{ }", "src/index.ts", "three", "src/old/b.ts", "back")
	fourth = emitted("package.json", "[]", "src/index.ts", "four", "src/lib/a.ts", "four", "src/old/b.ts", "four", "src/new/c.ts", "four")
)

func TestSyncMakesTheFilesAllThereIs(t *testing.T) {
	tree := newMemory()
	tree.files["mine.txt"] = "mine"
	for _, files := range [][]File{first, second, third, nil, first} {
		mustSync(t, tree, files)
		want := asMap(files)
		want["mine.txt"] = "mine"
		if got := tree.visible(); !maps.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		before := tree.calls
		if mustSync(t, tree, files); tree.calls != before {
			t.Errorf("writing the same again changed something %d times", tree.calls-before)
		}
	}
}

var errKilled = errors.New("killed")

// A process is killed before each step of a write in turn. Whatever is emitted next (the same, something else, what was
// there before, nothing) is then written without a conflict, and no staged file is left over.
func TestKilledAnywhereTheNextRunConverges(t *testing.T) {
	for name, next := range map[string][]File{"the same": second, "another": third, "the old": first, "nothing": nil} {
		t.Run(name, func(t *testing.T) {
			steps := killEverywhere(t, func(tree *memory) {
				mustSync(t, tree, next)
				if got := tree.visible(); !maps.Equal(got, asMap(next)) {
					t.Errorf("got %v, want %v", got, asMap(next))
				}
				delete(tree.staged, ManifestPath) // lies in our own folder, and the next change of the manifest replaces it
				if len(tree.staged) > 0 {
					t.Errorf("left over: %v", tree.staged)
				}
			})
			if steps < 10 {
				t.Errorf("only %d steps were tried", steps)
			}
		})
	}
}

// The second run is killed too, at each of its steps, and each run emits something else; the third converges.
func TestKilledTwiceTheThirdRunConverges(t *testing.T) {
	killEverywhere(t, func(tree *memory) {
		for k := 0; ; k++ {
			again := newMemory()
			again.files, again.staged = maps.Clone(tree.files), maps.Clone(tree.staged)
			if !killedAt(t, again, k, third) {
				return
			}
			mustSync(t, again, fourth)
			if got := again.visible(); !maps.Equal(got, asMap(fourth)) {
				t.Errorf("killed at %d of the second run: got %v", k, got)
			}
		}
	})
}

// killEverywhere replaces first by second, killed at every step, and hands over what is left. It returns how many steps
// there are.
func killEverywhere(t *testing.T, then func(*memory)) int {
	t.Helper()
	for k := 0; ; k++ {
		tree := newMemory()
		mustSync(t, tree, first)
		if !killedAt(t, tree, k, second) {
			return k
		}
		for p, content := range tree.visible() { // what a running backend would see
			if content != asMap(first)[p] && content != asMap(second)[p] {
				t.Errorf("killed at %d: %s is half written: %q", k, p, content)
			}
		}
		then(tree)
		if t.Failed() {
			t.Fatalf("after a kill at step %d", k)
		}
	}
}

// killedAt syncs, and lets nothing through from the step k on; false when the run is over before.
func killedAt(t *testing.T, tree *memory, k int, files []File, opts ...Option) bool {
	t.Helper()
	tree.calls = 0
	tree.fail = func(string, text.Path) error {
		if tree.calls > k {
			return errKilled
		}
		return nil
	}
	_, err := Sync(t.Context(), tree, files, opts...)
	tree.fail = nil
	var conflict *ConflictError
	if errors.As(err, &conflict) {
		t.Fatalf("a conflict with ourselves: %v", err)
	}
	if err != nil && !errors.Is(err, errKilled) {
		t.Fatal(err)
	}
	return err != nil
}

// A full disk, unlike a kill, leaves a process that can clean up: nothing has changed afterwards.
func TestAFullDiskLeavesTheOldOutput(t *testing.T) {
	for _, full := range []text.Path{"src/index.ts", "src/lib/a.ts", "src/new/c.ts", ManifestPath} {
		tree := newMemory()
		mustSync(t, tree, first)
		before := maps.Clone(tree.files)
		failed := false
		tree.fail = func(op string, p text.Path) error {
			if op == "stage" && p == full && !failed {
				failed = true
				return &fs.PathError{Op: "write", Path: string(p), Err: syscall.ENOSPC}
			}
			return nil
		}
		_, err := Sync(t.Context(), tree, second)
		if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "output: write "+string(full)) {
			t.Errorf("%s: error %v", full, err)
		}
		if !maps.Equal(tree.files, before) || len(tree.staged) > 0 {
			t.Errorf("%s: changed to %v, left over %v", full, tree.files, tree.staged)
		}
	}
}

func TestAReadOnlyFolderLeavesTheOldOutput(t *testing.T) {
	tree := newMemory()
	mustSync(t, tree, first)
	before := maps.Clone(tree.files)
	tree.fail = func(op string, p text.Path) error {
		if op == "discard" || op == "remove" {
			return nil // there is nothing to remove
		}
		return &fs.PathError{Op: "open", Path: string(p), Err: fs.ErrPermission}
	}
	if _, err := Sync(t.Context(), tree, second); !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), string(ManifestPath)) {
		t.Errorf("error %v", err)
	}
	if !maps.Equal(tree.files, before) {
		t.Errorf("changed to %v", tree.files)
	}
}

func TestConflictsKeepEverythingAsItIs(t *testing.T) {
	tree := newMemory()
	mustSync(t, tree, first)
	tree.files["src/index.ts"] = "edited"
	before := maps.Clone(tree.files)
	plan, err := Sync(t.Context(), tree, second)
	var conflict *ConflictError
	if !errors.As(err, &conflict) || len(conflict.Conflicts) != 1 || conflict.Conflicts[0].Path != "src/index.ts" || len(plan.Conflicts()) != 1 {
		t.Fatalf("error %v", err)
	}
	if !maps.Equal(tree.files, before) {
		t.Errorf("changed to %v", tree.files)
	}
	mustSync(t, tree, second, Force())
	if got := tree.visible(); !maps.Equal(got, asMap(second)) {
		t.Errorf("forced: %v", got)
	}
	mustSync(t, tree, third) // and it is ours again
}

// Force is asked for once. A forced write that is killed before it replaced the edited file leaves a conflict.
func TestAKilledForceIsNoForceTheNextTime(t *testing.T) {
	tree := newMemory()
	mustSync(t, tree, first)
	tree.files["src/index.ts"] = "edited"
	tree.fail = func(op string, p text.Path) error {
		if op == "commit" && p != ManifestPath {
			return errKilled
		}
		return nil
	}
	if _, err := Sync(t.Context(), tree, second, Force()); !errors.Is(err, errKilled) {
		t.Fatalf("error %v", err)
	}
	tree.fail = nil
	var conflict *ConflictError
	if _, err := Sync(t.Context(), tree, second); !errors.As(err, &conflict) || tree.files["src/index.ts"] != "edited" {
		t.Errorf("error %v; the edited file is %q", err, tree.files["src/index.ts"])
	}
}

func TestAnEndedContextChangesNothing(t *testing.T) {
	tree := newMemory()
	mustSync(t, tree, first)
	before := maps.Clone(tree.files)
	ctx, cancel := context.WithCancel(t.Context())
	tree.fail = func(op string, p text.Path) error {
		if op == "stage" && p == "src/lib/a.ts" {
			cancel()
		}
		return nil
	}
	if _, err := Sync(ctx, tree, second); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if !maps.Equal(tree.files, before) || len(tree.staged) > 0 {
		t.Errorf("changed to %v, left over %v", tree.files, tree.staged)
	}
}

func TestAStalePlanIsNotWritten(t *testing.T) {
	for name, change := range map[string]func(*testing.T, *memory){
		"another compile": func(t *testing.T, m *memory) { mustSync(t, m, third) },
		"an edit":         func(_ *testing.T, m *memory) { m.files["src/index.ts"] = "edited" },
		"a new file":      func(_ *testing.T, m *memory) { m.files["src/new/c.ts"] = "mine" },
		"a removed file":  func(_ *testing.T, m *memory) { delete(m.files, "src/old/b.ts") },
	} {
		t.Run(name, func(t *testing.T) {
			tree := newMemory()
			mustSync(t, tree, first)
			old, err := ReadManifest(tree)
			if err != nil {
				t.Fatal(err)
			}
			plan := NewPlan(old, OnDisk(tree), second)
			change(t, tree)
			before := maps.Clone(tree.files)
			if err := plan.Write(t.Context(), tree); !errors.Is(err, ErrStale) {
				t.Errorf("error %v", err)
			}
			if !maps.Equal(tree.files, before) {
				t.Errorf("changed to %v", tree.files)
			}
		})
	}
}

func TestWriteDoesWhatThePlanSays(t *testing.T) {
	tree := newMemory()
	if err := NewPlan(Manifest{}, OnDisk(tree), first).Write(t.Context(), tree); err != nil {
		t.Fatal(err)
	}
	if got := tree.visible(); !maps.Equal(got, asMap(first)) {
		t.Errorf("got %v", got)
	}
	tree.files["src/index.ts"] = "edited"
	old, _ := ReadManifest(tree)
	var conflict *ConflictError
	if err := NewPlan(old, OnDisk(tree), second).Write(t.Context(), tree); !errors.As(err, &conflict) {
		t.Errorf("error %v", err)
	}
	if path.Base(string(conflict.Conflicts[0].Path)) != "index.ts" {
		t.Errorf("conflicts %v", conflict.Conflicts)
	}
}
