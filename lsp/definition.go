package lsp

import (
	"context"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/qbls/qbls/analysis/query"
	"github.com/qbls/qbls/diagnostics/text"
	"github.com/qbls/qbls/lsp/session"
)

// Definition goes from a name in a string to where it is declared.
func (s *server) Definition(ctx context.Context, p *protocol.DefinitionParams) (protocol.DefinitionResult, error) {
	t, ok := view(ctx).Find(string(p.TextDocument.URI))
	if !ok {
		return protocol.LocationSlice{}, nil
	}
	return protocol.LocationSlice(locations(t, query.Definition(t.Snapshot, t.Path, t.Offset(position(p.Position))))), ctx.Err()
}

func locations(t session.Target, places []text.Place) []protocol.Location {
	out := make([]protocol.Location, 0, len(places))
	for _, place := range places {
		other, ok := t.Beside(place.Path)
		if !ok {
			continue
		}
		start, end := other.Range(place.Span)
		out = append(out, protocol.Location{URI: uri.URI(other.URI()), Range: between(start, end)})
	}
	return out
}
