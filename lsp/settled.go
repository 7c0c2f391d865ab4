package lsp

import (
	"context"

	"github.com/go-json-experiment/json/jsontext"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
)

// MethodSettled is a request of our own without parameters: the answer comes when everything that was sent before it is
// published. Scripts and tests wait with it instead of guessing a time.
const MethodSettled = "qbls/settled"

func (s *server) settled(ctx context.Context) (any, error) {
	if err := s.session.Settled(ctx); err != nil {
		return nil, protocol.ErrRequestCancelled
	}
	return jsontext.Value("null"), nil
}

// Request answers the methods that LSP does not know.
func (s *server) Request(_ context.Context, method string, _ any) (any, error) {
	return nil, jsonrpc2.Errorf(jsonrpc2.MethodNotFound, "%s is not known", method)
}
