package lsp

import (
	"context"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/qbls/qbls/analysis/query"
)

// Symbols finds declarations in all folders.
func (s *server) Symbols(ctx context.Context, p *protocol.WorkspaceSymbolParams) (protocol.WorkspaceSymbolResult, error) {
	out := protocol.WorkspaceSymbolSlice{}
	for folder := range view(ctx).Folders() {
		for _, found := range query.WorkspaceSymbols(folder.Snapshot, p.Query) {
			t, ok := folder.Beside(found.At.Path)
			if !ok || len(out) == query.MaxSymbols {
				continue
			}
			sym := protocol.WorkspaceSymbol{
				BaseSymbolInformation: protocol.BaseSymbolInformation{Name: found.Name, Kind: symbolKind[found.Kind]},
				Location:              &protocol.Location{URI: uri.URI(t.URI()), Range: between(t.Range(found.At.Span))},
			}
			if found.Container != "" {
				sym.ContainerName = &found.Container
			}
			out = append(out, sym)
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	return out, nil
}
