package lsp

import (
	"context"

	"go.lsp.dev/protocol"

	"github.com/qbls/qbls/analysis/query"
	"github.com/qbls/qbls/lsp/session"
)

// DocumentSymbol is the outline of a file.
func (s *server) DocumentSymbol(ctx context.Context, p *protocol.DocumentSymbolParams) (protocol.DocumentSymbolResult, error) {
	t, ok := view(ctx).Find(string(p.TextDocument.URI))
	if !ok {
		return protocol.DocumentSymbolSlice{}, nil
	}
	return protocol.DocumentSymbolSlice(outline(t, query.Symbols(t.Snapshot, t.Path))), ctx.Err()
}

func outline(t session.Target, list []query.Symbol) []protocol.DocumentSymbol {
	out := make([]protocol.DocumentSymbol, 0, len(list))
	for _, sym := range list {
		d := protocol.DocumentSymbol{
			Name: sym.Name, Kind: symbolKind[sym.Kind], Range: between(t.Range(sym.Span)), SelectionRange: between(t.Range(sym.At)),
		}
		if sym.Detail != "" {
			d.Detail = &sym.Detail
		}
		if len(sym.Children) > 0 {
			d.Children = outline(t, sym.Children)
		}
		out = append(out, d)
	}
	return out
}

var symbolKind = map[query.SymbolKind]protocol.SymbolKind{
	query.SectionSymbol:   protocol.SymbolKindObject,
	query.TableSymbol:     protocol.SymbolKindStruct,
	query.ColumnSymbol:    protocol.SymbolKindField,
	query.ResourceSymbol:  protocol.SymbolKindClass,
	query.OperationSymbol: protocol.SymbolKindMethod,
	query.ViewSymbol:      protocol.SymbolKindInterface,
	query.ActionSymbol:    protocol.SymbolKindFunction,
	query.ConstantSymbol:  protocol.SymbolKindConstant,
	query.RoleSymbol:      protocol.SymbolKindEnumMember,
}
