package lsp

import (
	"context"

	"go.lsp.dev/protocol"
)

// Shutdown is answered when it was admitted; exit follows.
func (s *server) Shutdown(context.Context) error { return nil }

// Exit ends the connection, with an error when the client did not ask to shut down before.
func (s *server) Exit(context.Context) error {
	s.leave(s.ended(nil))
	return nil
}

// SetTrace is accepted; the log of the server says more.
func (s *server) SetTrace(context.Context, *protocol.SetTraceParams) error { return nil }

// ended is what Serve returns when the connection is over.
func (s *server) ended(err error) error {
	if s.state.Load() != stopping && err == nil {
		return ErrNoShutdown
	}
	return err
}

func (s *server) leave(err error) {
	select {
	case s.left <- err:
	default: // somebody left before
	}
}

// run starts a goroutine that Serve waits for.
func (s *server) run(work func(context.Context)) {
	s.jobs.Go(func() { work(s.life) })
}
