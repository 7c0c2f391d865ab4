package lsp

import (
	"context"
	"strings"

	"go.lsp.dev/protocol"
)

// DidSave reads what was saved, and compiles its project when the user wants that and trusts the workspace.
func (s *server) DidSave(_ context.Context, p *protocol.DidSaveTextDocumentParams) error {
	uri := strings.Clone(string(p.TextDocument.URI))
	s.session.Save(uri)
	if s.config.Compile == nil || !s.settings.trusted || !s.settings.compileOnSave.Load() {
		return nil
	}
	target, ok := s.session.View().Find(uri)
	if !ok {
		return nil
	}
	if root, ok := target.Snapshot.ProjectOf(target.Path); ok {
		s.compile(Job{Snapshot: target.Snapshot, Folder: target.Folder(), Root: root})
	}
	return nil
}
