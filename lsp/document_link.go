package lsp

import (
	"context"
	"fmt"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/qbls/qbls/analysis/query"
)

// DocumentLink makes links of the paths, tables and codes that strings and comments name.
func (s *server) DocumentLink(ctx context.Context, p *protocol.DocumentLinkParams) ([]protocol.DocumentLink, error) {
	out := []protocol.DocumentLink{}
	t, ok := view(ctx).Find(string(p.TextDocument.URI))
	if !ok {
		return out, nil
	}
	for _, link := range query.Links(t.Snapshot, t.Path) {
		target := s.config.HelpURL(link.Code)
		if link.Code == "" {
			other, ok := t.Beside(link.Target.Path)
			if !ok {
				continue
			}
			target = other.URI()
			if link.Target.Span.Len() > 0 {
				start, _ := other.Range(link.Target.Span)
				target += fmt.Sprintf("#L%d", start.Line+1)
			}
		}
		if target == "" {
			continue
		}
		to, tip := uri.URI(target), link.Tooltip
		out = append(out, protocol.DocumentLink{Range: between(t.Range(link.Span)), Target: &to, Tooltip: &tip})
	}
	return out, ctx.Err()
}
