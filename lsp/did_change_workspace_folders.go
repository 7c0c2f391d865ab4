package lsp

import (
	"context"
	"strings"

	"go.lsp.dev/protocol"
)

// DidChangeWorkspaceFolders closes and opens folders.
func (s *server) DidChangeWorkspaceFolders(_ context.Context, p *protocol.DidChangeWorkspaceFoldersParams) error {
	for _, f := range p.Event.Removed {
		s.session.RemoveFolder(string(f.URI))
	}
	for _, f := range p.Event.Added {
		s.session.AddFolder(strings.Clone(string(f.URI)))
	}
	s.loaded()
	s.watchAlone()
	return nil
}
