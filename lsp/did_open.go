package lsp

import (
	"context"
	"strings"

	"go.lsp.dev/protocol"
)

// DidOpen takes over a document. Strings of a message live as long as the message: what is kept is cloned.
func (s *server) DidOpen(_ context.Context, p *protocol.DidOpenTextDocumentParams) error {
	d := p.TextDocument
	s.session.Open(strings.Clone(string(d.URI)), d.Version, strings.Clone(d.Text))
	s.loaded()
	s.watchAlone()
	return nil
}
