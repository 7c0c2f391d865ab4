package lsp

import (
	"context"

	"go.lsp.dev/protocol"

	"github.com/qbls/qbls/analysis/query"
)

// Hover says what the name or key at the position means.
func (s *server) Hover(ctx context.Context, p *protocol.HoverParams) (*protocol.Hover, error) {
	t, ok := view(ctx).Find(string(p.TextDocument.URI))
	if !ok {
		return nil, nil
	}
	h, ok := query.HoverAt(t.Snapshot, t.Path, t.Offset(position(p.Position)))
	if !ok {
		return nil, ctx.Err()
	}
	start, end := t.Range(h.Span)
	r := between(start, end)
	return &protocol.Hover{Contents: &protocol.MarkupContent{Kind: protocol.MarkupKindMarkdown, Value: h.Markdown}, Range: &r}, nil
}
