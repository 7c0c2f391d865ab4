package lsp

import (
	"context"

	"go.lsp.dev/protocol"

	"github.com/qbls/qbls/analysis/query"
)

// FoldingRanges are the parts of a file that can be folded away. Clients that fold whole lines keep the line with the closing bracket.
func (s *server) FoldingRanges(ctx context.Context, p *protocol.FoldingRangeParams) ([]protocol.FoldingRange, error) {
	out := []protocol.FoldingRange{}
	t, ok := view(ctx).Find(string(p.TextDocument.URI))
	if !ok {
		return out, nil
	}
	for _, f := range query.Folds(t.Snapshot, t.Path) {
		if limit := s.settings.foldLimit; limit > 0 && len(out) == limit {
			break
		}
		start, end := t.Range(f.Span)
		r := protocol.FoldingRange{StartLine: start.Line, EndLine: end.Line, Kind: protocol.FoldingRangeKind(f.Kind)}
		switch {
		case !s.settings.lineFolding:
			from, to := start.Character, end.Character
			if f.Kind == query.CodeFold { // the brackets stay
				from, to = from+1, max(to, 1)-1
			}
			r.StartCharacter, r.EndCharacter = &from, &to
		case f.Kind == query.CodeFold:
			r.EndLine--
		}
		if r.EndLine > r.StartLine {
			out = append(out, r)
		}
	}
	return out, ctx.Err()
}
