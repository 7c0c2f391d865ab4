package lsp

import (
	"context"

	"go.lsp.dev/protocol"
)

// DidClose gives a document back to the disk.
func (s *server) DidClose(_ context.Context, p *protocol.DidCloseTextDocumentParams) error {
	s.session.Close(string(p.TextDocument.URI))
	s.forgetPreview(string(p.TextDocument.URI))
	s.tokens.forget(string(p.TextDocument.URI))
	return nil
}
