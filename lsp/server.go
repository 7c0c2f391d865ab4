package lsp

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"

	"github.com/qbls/qbls/lsp/session"
)

// server holds one connection. Methods of the protocol that it does not implement are answered as not found.
type server struct {
	protocol.UnimplementedServer

	config Config
	conn   jsonrpc2.Conn
	client protocol.Client
	life   context.Context // ends with the connection
	left   chan error      // what Serve returns, when the client says exit or is gone
	jobs   sync.WaitGroup  // goroutines that must end before Serve returns

	cancels  cancels
	state    atomic.Int32 // phase
	started  sync.Once    // publishing and the watchdog run
	parent   int          // process of the client, 0 when it does not say
	session  *session.Session
	settings settings
	compiler compiler
	tokens   tokens
	previews previewed
	status   statuses
	alone    watching
	asking   atomic.Bool // askAgain is under way
}

// phase of the lifecycle.
const (
	starting int32 = iota // before initialize
	running
	stopping // after shutdown
)

type viewKey struct{}

// view is the session as it was when the request arrived.
func view(ctx context.Context) *session.View {
	v, _ := ctx.Value(viewKey{}).(*session.View)
	if v == nil {
		return &session.View{}
	}
	return v
}

// handler puts order into what arrives: see the package comment.
func (s *server) handler() jsonrpc2.Handler {
	dispatch := protocol.ServerHandler(s, jsonrpc2.MethodNotFoundHandler)
	return func(ctx context.Context, req *jsonrpc2.Request) (result any, err error) {
		method := strings.Clone(req.Method())
		defer func() {
			if r := recover(); r != nil {
				s.config.Log.Error("handler panicked", "method", method, "panic", fmt.Sprint(r), "stack", string(debug.Stack()))
				result, err = nil, jsonrpc2.Errorf(jsonrpc2.InternalError, "%s failed: %v", method, r)
			}
			if err != nil && !req.IsCall() {
				s.config.Log.Error("notification failed", "method", method, "error", err)
				result, err = nil, nil // an error would end the connection
			}
		}()
		if req.IsCall() {
			result, err := s.request(ctx, method, req, dispatch)
			return result, coded(err)
		}
		return nil, s.notification(ctx, method, req, dispatch)
	}
}

// notification runs on the reading goroutine: the next message is read when it is done.
func (s *server) notification(ctx context.Context, method string, req *jsonrpc2.Request, dispatch jsonrpc2.Handler) error {
	switch {
	case method == protocol.MethodCancelRequest:
		return s.cancel(req)
	case optional(method):
		return nil
	case s.state.Load() != running && method != protocol.MethodExit:
		return nil
	}
	_, err := dispatch(ctx, req)
	return err
}

// request takes the View and then leaves the reading goroutine, so that writing the answer never keeps it from reading. Only
// initialize is answered before anything else is read.
func (s *server) request(ctx context.Context, method string, req *jsonrpc2.Request, dispatch jsonrpc2.Handler) (any, error) {
	if err := s.admit(method); err != nil {
		return nil, err
	}
	own, done := s.cancellable(ctx, req.ID())
	defer done()
	if method == protocol.MethodShutdown {
		s.state.Store(stopping) // before exit is read
	}
	if method != protocol.MethodInitialize {
		own = context.WithValue(own, viewKey{}, s.session.View())
		jsonrpc2.Async(ctx)
	}
	if s.config.intercept != nil {
		if err := s.config.intercept(own, method); err != nil {
			return nil, err
		}
	}
	if result, known, err := s.custom(own, method, req.Params()); known {
		return result, err
	}
	result, err := dispatch(own, req)
	if wire, ok := errors.AsType[*jsonrpc2.Error](err); ok && wire.Code == jsonrpc2.ParseError {
		// The message was JSON (frames.go): what does not fit is its parameters.
		err = jsonrpc2.NewError(jsonrpc2.InvalidParams, wire.Message)
	}
	return result, err
}

// coded gives an error that has none a code: without one it would be answered with 0, which says nothing (JSON-RPC 2.0, section 5.1).
func coded(err error) error {
	if _, has := errors.AsType[*jsonrpc2.Error](err); err == nil || has {
		return err
	}
	if errors.Is(err, context.Canceled) {
		return protocol.ErrRequestCancelled
	}
	return jsonrpc2.NewError(requestFailed, err.Error())
}

// admit refuses requests that come too early or too late (LSP 3.17, "initialize" and "shutdown").
func (s *server) admit(method string) error {
	switch s.state.Load() {
	case starting:
		if method != protocol.MethodInitialize {
			return jsonrpc2.Errorf(jsonrpc2.ServerNotInitialized, "%s came before initialize", method)
		}
	case running:
		if method == protocol.MethodInitialize {
			return jsonrpc2.Errorf(jsonrpc2.InvalidRequest, "initialize came twice")
		}
	case stopping:
		return jsonrpc2.Errorf(jsonrpc2.InvalidRequest, "%s came after shutdown", method)
	}
	return nil
}

// optional says that a notification may be ignored by its name: LSP 3.17, "$ notifications and requests".
func optional(method string) bool { return strings.HasPrefix(method, "$/") }
