package output

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/qbls/qbls/diagnostics/text"
)

// onDisk is every file below a folder but the manifest and the lock.
func onDisk(t *testing.T, root string) map[text.Path]string {
	t.Helper()
	out := map[text.Path]string{}
	err := filepath.WalkDir(root, func(name string, e fs.DirEntry, err error) error {
		if err != nil || name == root {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		p := text.Path(filepath.ToSlash(rel))
		if e.IsDir() {
			if p == stateDir {
				return fs.SkipDir
			}
			return nil
		}
		content, err := os.ReadFile(name)
		out[p] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func write(t *testing.T, root, name, content string) {
	t.Helper()
	full := filepath.Join(root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestDir(t *testing.T) {
	root := filepath.Join(t.TempDir(), "not", "there", "yet")
	for _, files := range [][]File{first, second, third, first} {
		mustSync(t, Dir(root), files)
		if got := onDisk(t, root); !maps.Equal(got, asMap(files)) {
			t.Errorf("got %v, want %v", got, asMap(files))
		}
	}
	write(t, root, "src/lib/mine.ts", "mine")
	mustSync(t, Dir(root), nil)
	if got := onDisk(t, root); !maps.Equal(got, map[text.Path]string{"src/lib/mine.ts": "mine"}) {
		t.Errorf("got %v", got)
	}
	for folder, there := range map[string]bool{"src/old": false, "src/lib": true} {
		if _, err := os.Stat(filepath.Join(root, folder)); (err == nil) != there {
			t.Errorf("%s: %v", folder, err)
		}
	}
}

func TestUnchangedFilesAreNotTouched(t *testing.T) {
	root := t.TempDir()
	mustSync(t, Dir(root), first)
	long := time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)
	for _, name := range []string{"package.json", string(ManifestPath)} {
		if err := os.Chtimes(filepath.Join(root, name), long, long); err != nil {
			t.Fatal(err)
		}
	}
	touched := func(name string) bool {
		info, err := os.Stat(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		return !info.ModTime().Equal(long)
	}
	if mustSync(t, Dir(root), first); touched("package.json") || touched(string(ManifestPath)) {
		t.Error("writing the same files again touches them")
	}
	if mustSync(t, Dir(root), second); touched("package.json") || !touched(string(ManifestPath)) {
		t.Error("a file that stays the same is touched, or the manifest is not")
	}
}

// dying lets k changes through to a real folder, and none after.
type dying struct {
	Tree
	left int
}

func (d *dying) step(op func() error) error {
	if d.left--; d.left < 0 {
		return errKilled
	}
	return op()
}

func (d *dying) Stage(p text.Path, b []byte) error {
	err := d.step(func() error { return d.Tree.Stage(p, b) })
	if d.left == -1 {
		return errors.Join(err, d.Tree.Stage(p, b[:len(b)/2])) // killed in the middle of it
	}
	return err
}
func (d *dying) Commit(p text.Path) error  { return d.step(func() error { return d.Tree.Commit(p) }) }
func (d *dying) Discard(p text.Path) error { return d.step(func() error { return d.Tree.Discard(p) }) }
func (d *dying) Remove(p text.Path) error  { return d.step(func() error { return d.Tree.Remove(p) }) }

func TestKilledOnARealDisk(t *testing.T) {
	for k := 0; ; k++ {
		root := t.TempDir()
		mustSync(t, Dir(root), first)
		_, err := Sync(t.Context(), &dying{Dir(root), k}, second)
		if err == nil {
			if k < 10 {
				t.Errorf("the write has only %d steps", k)
			}
			return
		}
		mustSync(t, Dir(root), third)
		if got := onDisk(t, root); !maps.Equal(got, asMap(third)) {
			t.Fatalf("killed at %d: got %v, want %v", k, got, asMap(third))
		}
	}
}

func TestLinksThatLeadOutAreRefused(t *testing.T) {
	outside, root := t.TempDir(), t.TempDir()
	write(t, outside, "index.ts", "mine")
	if err := os.Symlink(outside, filepath.Join(root, "src")); err != nil {
		t.Fatal(err)
	}
	var conflict *ConflictError
	if _, err := Sync(t.Context(), Dir(root), first); !errors.As(err, &conflict) {
		t.Errorf("error %v", err)
	}
	if _, err := Sync(t.Context(), Dir(root), first, Force()); err == nil || errors.As(err, &conflict) {
		t.Errorf("forced: error %v", err)
	}
	if got := onDisk(t, outside); !maps.Equal(got, map[text.Path]string{"index.ts": "mine"}) {
		t.Errorf("outside there is %v", got)
	}
}

// A link in the place of a file is somebody's; forced, the link is replaced and not what it leads to.
func TestALinkInThePlaceOfAFile(t *testing.T) {
	outside, root := t.TempDir(), t.TempDir()
	write(t, outside, "x", "mine")
	for _, place := range []string{"package.json", ".package.json.qbls"} {
		if err := os.Symlink(filepath.Join(outside, "x"), filepath.Join(root, place)); err != nil {
			t.Fatal(err)
		}
	}
	var conflict *ConflictError
	if _, err := Sync(t.Context(), Dir(root), first); !errors.As(err, &conflict) {
		t.Errorf("error %v", err)
	}
	mustSync(t, Dir(root), first, Force())
	if got := onDisk(t, root); !maps.Equal(got, asMap(first)) {
		t.Errorf("got %v", got)
	}
	if got := onDisk(t, outside); got["x"] != "mine" {
		t.Errorf("the link was followed: %v", got)
	}
}

func TestAFolderInThePlaceOfAFile(t *testing.T) {
	root := t.TempDir()
	write(t, root, "package.json/x", "mine")
	var conflict *ConflictError
	if _, err := Sync(t.Context(), Dir(root), first); !errors.As(err, &conflict) {
		t.Errorf("error %v", err)
	}
	if _, err := Sync(t.Context(), Dir(root), first, Force()); err == nil {
		t.Error("a folder of the user was replaced")
	}
	if got := onDisk(t, root); got["package.json/x"] != "mine" {
		t.Errorf("got %v", got)
	}
}

func TestAFolderThatCannotBeMadeSaysWhat(t *testing.T) {
	root := t.TempDir()
	write(t, root, "file", "mine")
	_, err := Sync(t.Context(), Dir(filepath.Join(root, "file", "out")), first)
	if err == nil || !strings.Contains(err.Error(), "lock the folder") || !strings.Contains(err.Error(), "file") {
		t.Errorf("error %v", err)
	}
}

func TestOneWritesAtATime(t *testing.T) {
	root := t.TempDir()
	release, err := Dir(root).Lock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*lockRetry)
	defer cancel()
	_, err = Sync(ctx, Dir(root), first)
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), fmt.Sprint("process ", os.Getpid())) {
		t.Errorf("error %v", err)
	}
	if got := onDisk(t, root); len(got) > 0 {
		t.Errorf("written under somebody else's lock: %v", got)
	}
	done := make(chan error)
	go func() {
		_, err := Sync(t.Context(), Dir(root), first)
		done <- err
	}()
	release()
	if err := <-done; err != nil {
		t.Errorf("after the lock was released: %v", err)
	}
}

// Compiles that run at the same time come one after the other: the result is that of one of them, whole.
func TestCompilesDoNotInterleave(t *testing.T) {
	root := t.TempDir()
	var running sync.WaitGroup
	for i := range 8 {
		running.Go(func() {
			var files []File
			for f := range 20 {
				files = append(files, File{Path: text.Path(fmt.Sprintf("src/f%d.ts", f)), Content: fmt.Append(nil, "by ", i)})
			}
			if _, err := Sync(t.Context(), Dir(root), files); err != nil {
				t.Errorf("%d: %v", i, err)
			}
		})
	}
	running.Wait()
	got := onDisk(t, root)
	if len(got) != 20 {
		t.Errorf("%d files", len(got))
	}
	for p, content := range got {
		if content != got["src/f0.ts"] {
			t.Errorf("%s was written %s, src/f0.ts %s", p, content, got["src/f0.ts"])
		}
	}
	if m, err := ReadManifest(Dir(root)); err != nil || len(m.Owned) != 20 || len(m.Pending) != 0 {
		t.Errorf("the manifest: %v, %v", m, err)
	}
}

// A lock file that nobody holds, such as that of a killed compile, locks nobody out.
func TestALockOfTheDeadIsNone(t *testing.T) {
	root := t.TempDir()
	write(t, root, ".qbls/lock", "999999")
	mustSync(t, Dir(root), first)
}
