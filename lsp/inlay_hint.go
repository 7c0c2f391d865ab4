package lsp

import (
	"context"

	"go.lsp.dev/protocol"

	"github.com/qbls/qbls/analysis/query"
	"github.com/qbls/qbls/diagnostics/text"
)

// InlayHint shows what holds without being written, of the kinds that the settings leave on.
func (s *server) InlayHint(ctx context.Context, p *protocol.InlayHintParams) ([]protocol.InlayHint, error) {
	out := []protocol.InlayHint{}
	t, ok := view(ctx).Find(string(p.TextDocument.URI))
	if !ok {
		return out, nil
	}
	yes := true
	for _, h := range query.Hints(t.Snapshot, t.Path, t.Span(place(p.Range)), s.settings.hints()) {
		at, _ := t.Range(text.Span{Start: int32(h.Offset), End: int32(h.Offset)})
		out = append(out, protocol.InlayHint{
			Position: wire(at), Label: protocol.String(h.Label), Kind: protocol.InlayHintKindType, PaddingLeft: &yes, PaddingRight: &yes,
			Tooltip: &protocol.MarkupContent{Kind: protocol.MarkupKindMarkdown, Value: h.Tooltip},
		})
	}
	return out, ctx.Err()
}

// place is a range as text knows it.
func place(r protocol.Range) (start, end text.Position) { return position(r.Start), position(r.End) }

// hints are the kinds of hints that the user wants to see: all, unless the setting says otherwise.
func (s *settings) hints() []query.HintKind {
	off := s.hintsOff.Load()
	if off == nil {
		return query.HintKinds
	}
	var out []query.HintKind
	for _, kind := range query.HintKinds {
		if !(*off)[string(kind)] {
			out = append(out, kind)
		}
	}
	return out
}
