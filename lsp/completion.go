package lsp

import (
	"context"

	"go.lsp.dev/protocol"

	"github.com/qbls/qbls/analysis/query"
)

// Completion answers with every item that may stand at the position; the client filters them by what was typed.
func (s *server) Completion(ctx context.Context, p *protocol.CompletionParams) (protocol.CompletionResult, error) {
	list := &protocol.CompletionList{Items: []protocol.CompletionItem{}}
	t, ok := view(ctx).Find(string(p.TextDocument.URI))
	if !ok {
		return list, nil
	}
	for _, it := range query.Complete(t.Snapshot, t.Path, t.Offset(position(p.Position))) {
		start, end := t.Range(it.Replace)
		item := protocol.CompletionItem{
			Label: it.Label, Kind: kindOf[it.Kind], SortText: protocol.NewOptional(it.Sort),
			TextEdit: &protocol.TextEdit{Range: between(start, end), NewText: it.Insert},
		}
		if it.Detail != "" {
			item.Detail = protocol.NewOptional(it.Detail)
		}
		if it.Doc != "" {
			item.Documentation = &protocol.MarkupContent{Kind: protocol.MarkupKindMarkdown, Value: it.Doc}
		}
		list.Items = append(list.Items, item)
	}
	return list, ctx.Err()
}

var kindOf = map[query.Kind]protocol.CompletionItemKind{
	query.Property: protocol.CompletionItemKindProperty,
	query.Column:   protocol.CompletionItemKindField,
	query.Role:     protocol.CompletionItemKindEnumMember,
	query.Action:   protocol.CompletionItemKindFunction,
	query.View:     protocol.CompletionItemKindInterface,
	query.Table:    protocol.CompletionItemKindClass,
	query.Value:    protocol.CompletionItemKindValue,
	query.Operator: protocol.CompletionItemKindKeyword,
	query.Context:  protocol.CompletionItemKindVariable,
	query.File:     protocol.CompletionItemKindFile,
}
