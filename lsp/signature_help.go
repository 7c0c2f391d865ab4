package lsp

import (
	"context"

	"go.lsp.dev/protocol"

	"github.com/qbls/qbls/analysis/query"
)

// SignatureHelp describes the call whose arguments are being written.
func (s *server) SignatureHelp(ctx context.Context, p *protocol.SignatureHelpParams) (*protocol.SignatureHelp, error) {
	t, ok := view(ctx).Find(string(p.TextDocument.URI))
	if !ok {
		return nil, nil
	}
	sig, ok := query.SignatureAt(t.Snapshot, t.Path, t.Offset(position(p.Position)))
	if !ok {
		return nil, ctx.Err()
	}
	info := protocol.SignatureInformation{Label: sig.Label, Documentation: markdown(sig.Doc)}
	for _, param := range sig.Params {
		info.Parameters = append(info.Parameters, protocol.ParameterInformation{
			Label: protocol.String(sig.Label[param.Start:param.End]), Documentation: markdown(param.Doc),
		})
	}
	var first uint32
	out := &protocol.SignatureHelp{Signatures: []protocol.SignatureInformation{info}, ActiveSignature: &first}
	if sig.Active >= 0 {
		out.ActiveParameter = protocol.NewNullable(uint32(sig.Active))
	}
	return out, nil
}

func markdown(s string) *protocol.MarkupContent {
	return &protocol.MarkupContent{Kind: protocol.MarkupKindMarkdown, Value: s}
}
