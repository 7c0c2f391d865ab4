package output

import (
	"errors"
	"testing"

	"github.com/qbls/qbls/diagnostics/text"
)

// reading counts what is read of a tree.
type reading struct {
	*memory
	read map[text.Path]int
}

func (r *reading) Read(p text.Path) ([]byte, error) {
	r.read[p]++
	return r.memory.Read(p)
}

// edit is what somebody does to a file with an editor.
func (r *reading) edit(p text.Path, content string) {
	r.calls++
	r.files[p], r.written[p] = content, int64(1000+r.calls)
}

func known(t *testing.T, files ...File) (*Known, *reading) {
	t.Helper()
	tree := &reading{newMemory(), map[text.Path]int{}}
	k := NewKnown(tree)
	if _, err := k.Sync(t.Context(), files); err != nil {
		t.Fatal(err)
	}
	clear(tree.read)
	return k, tree
}

func TestKnownReadsNothingTwice(t *testing.T) {
	k, tree := known(t, emitted("a", "1", "b", "2")...)
	for _, files := range [][]File{emitted("a", "1", "b", "2"), emitted("a", "3", "b", "2")} {
		if _, err := k.Sync(t.Context(), files); err != nil {
			t.Fatal(err)
		}
	}
	if len(tree.read) > 0 || tree.files["a"] != "3" {
		t.Errorf("read %v, and a is %q", tree.read, tree.files["a"])
	}
}

func TestKnownSeesWhatWasEdited(t *testing.T) {
	for name, c := range map[string]struct {
		emit     []File
		update   bool
		conflict bool
	}{
		"a whole look sees every edit":          {emitted("a", "1", "b", "3"), false, true},
		"an update sees that of what it writes": {emitted("a", "2", "b", "2"), true, true},
		"an update leaves other files alone":    {emitted("a", "1", "b", "3"), true, false},
		"an update sees that of what it drops":  {emitted("b", "2"), true, true},
	} {
		k, tree := known(t, emitted("a", "1", "b", "2")...)
		tree.edit("a", "by hand")
		do := k.Sync
		if c.update {
			do = k.Update
		}
		_, err := do(t.Context(), c.emit)
		if _, conflict := errors.AsType[*ConflictError](err); conflict != c.conflict || err != nil && !conflict || tree.files["a"] != "by hand" {
			t.Errorf("%s: %v, and the file is %q", name, err, tree.files["a"])
		}
	}
}

// TestKnownFollowsAnotherProcess: what another compilation has written since is neither a conflict nor lost.
func TestKnownFollowsAnotherProcess(t *testing.T) {
	k, tree := known(t, emitted("a", "1", "b", "2")...)
	mustSync(t, tree.memory, emitted("a", "other", "c", "3"))
	if _, err := k.Update(t.Context(), emitted("a", "4", "b", "2")); err != nil {
		t.Fatal(err)
	}
	if got := tree.visible(); got["a"] != "4" || got["b"] != "2" || got["c"] != "" {
		t.Errorf("got %v", got)
	}
}

func TestWhatComesLaterStays(t *testing.T) {
	later := Later(func(p text.Path) bool { return p == "document" })
	k, tree := known(t, emitted("a", "1", "document", "old")...)
	if _, err := k.Update(t.Context(), emitted("a", "2"), later); err != nil {
		t.Fatal(err)
	}
	if tree.files["document"] != "old" {
		t.Errorf("the document is %q", tree.files["document"])
	}
	if plan, err := k.Sync(t.Context(), emitted("a", "2")); err != nil || actions(plan) != "keep a, remove document" {
		t.Errorf("it is no longer owned: %v, %v", actions(plan), err)
	}
}
