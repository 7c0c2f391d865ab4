package schema

import (
	"sync"

	"github.com/qbls/qbls/compiler/emit/ordered"
)

// Texts are tables as snapshots hold them, for as long as somebody has the tables: most of a snapshot is what the last one said. Nobody changes a
// table that has a text. The zero value has none; it is safe for concurrent use.
type Texts struct {
	mu    sync.Mutex
	store *ordered.Store
	of    map[*Table]ordered.Text
}

// text returns what is kept of a table, else what lay gives.
func (x *Texts) text(t *Table, lay func() ordered.Text) ordered.Text {
	if x == nil {
		return lay()
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if known, ok := x.of[t]; ok {
		return known
	}
	if x.store == nil {
		x.store, x.of = ordered.NewStore(), map[*Table]ordered.Text{}
	}
	made := x.store.Keep(lay())
	x.of[t] = made
	return made
}

// Forget drops all texts.
func (x *Texts) Forget() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.store, x.of = nil, nil
}
