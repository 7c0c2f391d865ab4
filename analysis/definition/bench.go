package definition

import (
	"sync"

	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics/text"
)

// bench is what a reader works with and nobody needs afterwards. The next reader takes it up: a project has thousands of files, and
// each would leave more behind than it declares.
type bench struct {
	places     []text.Place // how many there will be is not known before
	properties slab[property]
	nodes      slab[syntax.Node]
	meaning    File // without what its shape leaves out
	written    []byte
}

var benches = sync.Pool{New: func() any { return new(bench) }}

func (b *bench) clear() {
	clear(b.places)
	b.properties.clear()
	b.nodes.clear()
	benches.Put(b)
}

// slab is room for many short lists.
type slab[T any] struct{ used []T }

// take returns an empty list with room for n.
func (s *slab[T]) take(n int) []T {
	if len(s.used)+n > cap(s.used) {
		s.used = make([]T, 0, max(n, min(2*cap(s.used), 4096), 128)) // the lists that were taken keep the old room
	}
	at := len(s.used)
	s.used = s.used[:at+n]
	return s.used[at : at : at+n]
}

// clear makes all lists invalid.
func (s *slab[T]) clear() {
	clear(s.used)
	s.used = s.used[:0]
}
