package lsp

import (
	"context"

	"go.lsp.dev/protocol"

	"github.com/qbls/qbls/analysis/query"
)

// References lists every place that spells a name, in strings too.
func (s *server) References(ctx context.Context, p *protocol.ReferenceParams) ([]protocol.Location, error) {
	t, ok := view(ctx).Find(string(p.TextDocument.URI))
	if !ok {
		return []protocol.Location{}, nil
	}
	return locations(t, query.References(t.Snapshot, t.Path, t.Offset(position(p.Position)), p.Context.IncludeDeclaration)), ctx.Err()
}
