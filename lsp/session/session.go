// Package session is the state of one connection: which folders and documents are open, what was published, what is due.
//
// Changes come in one after the other and take effect at once; answering and publishing work on the immutable snapshots that
// were current when they began. One goroutine publishes (Run): edits that arrive while it works are folded into its next
// round, so it is never behind by more than one. The session knows URIs and positions but nothing of the wire.
package session

import (
	"context"
	"log/slog"
	"slices"
	"sync"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/diagnostics/text"
)

// Options are what a session needs from outside.
type Options struct {
	Disk     func(root string) source.Disk             // disk of a folder by its absolute path
	Open     func(*source.Set) *analysis.Workspace     // makes the workspace of a folder
	Publish  func(context.Context, Publication) error  // called from Run only
	Problems func(folder string, p []source.LoadError) // what could not be read; may be nil
	Round    func(context.Context, *View)              // called from Run when a state was published; may be nil
	Encoding text.Encoding                             // of positions
	Log      *slog.Logger
}

// Session is the state of one connection. Its methods may be called from several goroutines; the order of changes is the
// order of the calls.
type Session struct {
	opts Options

	mu      sync.Mutex
	folders []*folder
	docs    map[string]*document // by PathOf, or by URI when it is no file
	changed uint64               // counts changes
	settled uint64               // the count that Run has published
	waiting []waiter

	kick      chan struct{}
	sent      map[string]sent      // by URI; only Run touches it
	last      *findings            // of the last round, when all of it was published; only Run touches it
	converted map[place]*converted // only Run touches it
	warmers   sync.WaitGroup
}

// document is a file that the editor holds.
type document struct {
	uri     string
	version int32
	folder  *folder // nil: belongs to no folder, or is no file
	path    text.Path
	file    *text.File
}

type waiter struct {
	count uint64
	ready chan struct{}
}

// New returns a session without folders.
func New(o Options) *Session {
	if o.Open == nil {
		o.Open = analysis.NewWorkspace
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Session{opts: o, docs: map[string]*document{}, kick: make(chan struct{}, 1), sent: map[string]sent{}, converted: map[place]*converted{}}
}

// Encoding is what a character of a position counts in this session.
func (s *Session) Encoding() text.Encoding { return s.opts.Encoding }

// touch notes a change; the caller holds the lock.
func (s *Session) touch() {
	s.changed++
	select {
	case s.kick <- struct{}{}:
	default: // a round is due already and will see this change
	}
}

// Settled waits until everything that arrived before the call is published, with what evaluations find that had begun. It
// returns the error of the context when that ends first.
func (s *Session) Settled(ctx context.Context) error {
	for _, done := range s.evaluations() {
		select {
		case <-done:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	s.mu.Lock()
	if s.settled >= s.changed {
		s.mu.Unlock()
		return nil
	}
	w := waiter{s.changed, make(chan struct{})}
	s.waiting = append(s.waiting, w)
	s.mu.Unlock()
	select {
	case <-w.ready:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// settle tells everybody who waits for the count.
func (s *Session) settle(count uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.settled = max(s.settled, count)
	s.waiting = slices.DeleteFunc(s.waiting, func(w waiter) bool {
		if w.count > s.settled {
			return false
		}
		close(w.ready)
		return true
	})
}
