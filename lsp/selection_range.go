package lsp

import (
	"context"
	"slices"

	"go.lsp.dev/protocol"

	"github.com/qbls/qbls/analysis/query"
	"github.com/qbls/qbls/diagnostics/text"
)

// SelectionRange answers for each position with the spans around it.
func (s *server) SelectionRange(ctx context.Context, p *protocol.SelectionRangeParams) ([]protocol.SelectionRange, error) {
	out := []protocol.SelectionRange{}
	t, ok := view(ctx).Find(string(p.TextDocument.URI))
	if !ok {
		return out, nil
	}
	for _, at := range p.Positions {
		spans := query.Selections(t.Snapshot, t.Path, t.Offset(position(at)))
		if len(spans) == 0 {
			offset := int32(t.Offset(position(at)))
			spans = []text.Span{{Start: offset, End: offset}} // every position has an answer (LSP 3.17, "selectionRange")
		}
		var around *protocol.SelectionRange
		for _, span := range slices.Backward(spans) {
			around = &protocol.SelectionRange{Range: between(t.Range(span)), Parent: around}
		}
		out = append(out, *around)
	}
	return out, ctx.Err()
}
