package lsp

import (
	"context"
	"strings"

	"go.lsp.dev/protocol"
)

// DidSave reads what was saved. In a workspace that the user trusts it evaluates the project, and then compiles it when the user
// wants that.
func (s *server) DidSave(_ context.Context, p *protocol.DidSaveTextDocumentParams) error {
	uri := strings.Clone(string(p.TextDocument.URI))
	s.session.Save(uri)
	if project, ok := s.session.ProjectOf(uri); ok && s.settings.trusted {
		s.evaluate(project, s.config.Compile != nil && s.settings.compileOnSave.Load())
	}
	return nil
}
