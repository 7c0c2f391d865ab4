package lsp

import (
	"context"
	"sync"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
)

// cancels holds what ends each request that is being answered.
//
// The library's own CancelHandler is not used. It derives a context from the one of the request, which is pooled: a goroutine
// of package context still asks the parent after the request was recycled, and finds none (a panic) or that of another request.
type cancels struct {
	mu   sync.Mutex
	byID map[jsonrpc2.ID]context.CancelFunc
}

// cancellable returns a context of the connection that ends when the client cancels the request.
func (s *server) cancellable(ctx context.Context, id jsonrpc2.ID) (context.Context, func()) {
	own, cancel := context.WithCancel(jsonrpc2.DetachContext(ctx))
	s.cancels.mu.Lock()
	defer s.cancels.mu.Unlock()
	if s.cancels.byID == nil {
		s.cancels.byID = map[jsonrpc2.ID]context.CancelFunc{}
	}
	s.cancels.byID[id] = cancel
	return own, func() {
		s.cancels.mu.Lock()
		defer s.cancels.mu.Unlock()
		delete(s.cancels.byID, id)
		cancel()
	}
}

// cancel ends a request (LSP 3.17, "cancelRequest"). One that is answered already is not there any more.
func (s *server) cancel(req *jsonrpc2.Request) error {
	var p protocol.CancelParams
	if err := protocol.Unmarshal(req.Params(), &p); err != nil {
		return err
	}
	var id jsonrpc2.ID
	switch v := p.ID.(type) {
	case protocol.Integer:
		id = jsonrpc2.NewNumberID(int64(v))
	case protocol.String:
		id = jsonrpc2.NewStringID(string(v))
	}
	s.cancels.mu.Lock()
	defer s.cancels.mu.Unlock()
	if end := s.cancels.byID[id]; end != nil {
		end()
	}
	return nil
}
