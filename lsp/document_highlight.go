package lsp

import (
	"context"

	"go.lsp.dev/protocol"

	"github.com/qbls/qbls/analysis/query"
)

// DocumentHighlight marks where the file names what stands at the position.
func (s *server) DocumentHighlight(ctx context.Context, p *protocol.DocumentHighlightParams) ([]protocol.DocumentHighlight, error) {
	out := []protocol.DocumentHighlight{}
	t, ok := view(ctx).Find(string(p.TextDocument.URI))
	if !ok {
		return out, nil
	}
	for _, h := range query.Highlights(t.Snapshot, t.Path, t.Offset(position(p.Position))) {
		start, end := t.Range(h.Span)
		kind := protocol.DocumentHighlightKindRead
		if h.Write {
			kind = protocol.DocumentHighlightKindWrite
		}
		out = append(out, protocol.DocumentHighlight{Range: between(start, end), Kind: kind})
	}
	return out, ctx.Err()
}
