package lsp_test

import (
	"context"
	"errors"
	"io"
	"testing"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"

	"github.com/qbls/qbls/lsp"
	"github.com/qbls/qbls/lsp/lsptest"
)

func TestLifecycle(t *testing.T) {
	t.Run("exit without shutdown", func(t *testing.T) {
		e := start(t, sample(t), lsptest.Options{})
		if err := e.Server.Exit(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := e.Ended(); !errors.Is(err, lsp.ErrNoShutdown) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("requests after shutdown", func(t *testing.T) {
		e := start(t, sample(t), lsptest.Options{})
		if err := e.Server.Shutdown(t.Context()); err != nil {
			t.Fatal(err)
		}
		_, err := e.Server.Hover(t.Context(), &protocol.HoverParams{})
		var wire *jsonrpc2.Error
		if !errors.As(err, &wire) || wire.Code != jsonrpc2.InvalidRequest {
			t.Errorf("got %v", err)
		}
		if err := e.Server.Exit(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := e.Ended(); err != nil {
			t.Errorf("got %v", err)
		}
	})
	t.Run("requests before initialize, and a client that vanishes", func(t *testing.T) {
		in, toServer := io.Pipe()
		fromServer, out := io.Pipe()
		ended := make(chan error, 1)
		go func() { ended <- lsp.Serve(context.Background(), lsp.Config{In: in, Out: out}) }()
		conn := jsonrpc2.NewConn(jsonrpc2.NewStream(pipes{fromServer, toServer}))
		conn.Go(context.Background(), jsonrpc2.MethodNotFoundHandler)
		_, err := conn.Call(t.Context(), protocol.MethodTextDocumentHover, map[string]any{}, nil)
		var wire *jsonrpc2.Error
		if !errors.As(err, &wire) || wire.Code != jsonrpc2.ServerNotInitialized {
			t.Errorf("got %v", err)
		}
		toServer.Close()
		if err := <-ended; !errors.Is(err, lsp.ErrNoShutdown) {
			t.Errorf("got %v", err)
		}
	})
}

type pipes struct {
	io.Reader
	io.WriteCloser
}
