package lsp

import (
	"context"
	"strings"

	"go.lsp.dev/protocol"
)

// DidChangeWatchedFiles looks at files that changed on the disk.
func (s *server) DidChangeWatchedFiles(_ context.Context, p *protocol.DidChangeWatchedFilesParams) error {
	uris := make([]string, 0, len(p.Changes))
	for _, c := range p.Changes {
		uris = append(uris, strings.Clone(string(c.URI)))
	}
	s.session.Watched(uris)
	return nil
}
