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
	s.watched(uris)
	return nil
}

// watched looks at files that somebody says have changed.
func (s *server) watched(uris []string) {
	s.session.Watched(uris)
	s.evaluateDue()
}

// evaluateDue evaluates what has changed on the disk since it was evaluated last.
func (s *server) evaluateDue() {
	s.loaded()
	if s.settings.trusted && s.config.Settle != nil {
		for _, p := range s.session.Due() {
			s.evaluate(p, false)
		}
	}
}
