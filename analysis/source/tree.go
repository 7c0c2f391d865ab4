package source

import (
	"hash/fnv"
	"iter"

	"github.com/qbls/qbls/diagnostics/text"
)

// entry is what a Set knows of a path. The layers are kept apart so that closing an editor shows the saved text again.
type entry struct {
	disk    *text.File
	overlay *text.File // nil: not open
}

// file is the text that counts.
func (e entry) file() *text.File {
	if e.overlay != nil {
		return e.overlay
	}
	return e.disk
}

// tree is a persistent treap: a search tree by path that is at the same time a heap by the hash of the path. Its shape
// depends on nothing but which paths it holds, an update copies one way down from the root (a dozen nodes of ten thousand),
// and the paths of a folder lie side by side.
type tree struct {
	path        text.Path
	weight      uint64
	entry       entry
	left, right *tree
}

func weightOf(p text.Path) uint64 {
	h := fnv.New64a()
	h.Write([]byte(p))
	// FNV barely moves the high bits for a changed last letter, and siblings differ in just that: mix (SplitMix64).
	x := h.Sum64()
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (t *tree) get(p text.Path) (entry, bool) {
	for t != nil {
		switch {
		case p < t.path:
			t = t.left
		case p > t.path:
			t = t.right
		default:
			return t.entry, true
		}
	}
	return entry{}, false
}

// put returns the tree with an entry set.
func (t *tree) put(p text.Path, e entry) *tree {
	return t.insert(&tree{path: p, weight: weightOf(p), entry: e})
}

func (t *tree) insert(n *tree) *tree {
	if t == nil {
		return n
	}
	if t.path == n.path {
		return &tree{t.path, t.weight, n.entry, t.left, t.right}
	}
	if n.weight > t.weight { // then its path is not below: equal paths weigh the same, and nothing below weighs more
		n.left, n.right = t.split(n.path)
		return n
	}
	if n.path < t.path {
		return &tree{t.path, t.weight, t.entry, t.left.insert(n), t.right}
	}
	return &tree{t.path, t.weight, t.entry, t.left, t.right.insert(n)}
}

// split parts the tree into what lies before p and what lies after it; p itself is not in the tree.
func (t *tree) split(p text.Path) (before, after *tree) {
	if t == nil {
		return nil, nil
	}
	if t.path < p {
		middle, after := t.right.split(p)
		return &tree{t.path, t.weight, t.entry, t.left, middle}, after
	}
	before, middle := t.left.split(p)
	return before, &tree{t.path, t.weight, t.entry, middle, t.right}
}

// drop returns the tree without a path.
func (t *tree) drop(p text.Path) *tree {
	switch {
	case t == nil:
		return nil
	case p < t.path:
		return &tree{t.path, t.weight, t.entry, t.left.drop(p), t.right}
	case p > t.path:
		return &tree{t.path, t.weight, t.entry, t.left, t.right.drop(p)}
	}
	return join(t.left, t.right)
}

// join makes one tree of two of which the first lies wholly before the second.
func join(a, b *tree) *tree {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	case a.weight > b.weight:
		return &tree{a.path, a.weight, a.entry, a.left, join(a.right, b)}
	}
	return &tree{b.path, b.weight, b.entry, join(a, b.left), b.right}
}

// from yields the entries at and after a path, in order, until the consumer stops.
func (t *tree) from(p text.Path) iter.Seq2[text.Path, entry] {
	return func(yield func(text.Path, entry) bool) { t.walk(p, yield) }
}

func (t *tree) walk(p text.Path, yield func(text.Path, entry) bool) bool {
	if t == nil {
		return true
	}
	if t.path >= p {
		if !t.left.walk(p, yield) || !yield(t.path, t.entry) {
			return false
		}
	}
	return t.right.walk(p, yield)
}

// same says whether two trees hold the same entries. What they share is not looked at.
func (t *tree) same(other *tree) bool {
	if t == other {
		return true
	}
	if t == nil || other == nil {
		return false
	}
	return t.path == other.path && t.entry == other.entry && t.left.same(other.left) && t.right.same(other.right)
}
