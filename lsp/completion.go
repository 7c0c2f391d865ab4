package lsp

import (
	"context"

	"github.com/go-json-experiment/json"
	"go.lsp.dev/protocol"

	"github.com/qbls/qbls/analysis/query"
	"github.com/qbls/qbls/lsp/session"
)

// asked says of which place and item the documentation is wanted.
type asked struct {
	URI      string            `json:"uri"`
	Position protocol.Position `json:"position"`
	Kind     query.Kind        `json:"kind"`
}

// Completion answers with what may stand at the position, at most query.MaxItems. What it means is said when an item is resolved.
func (s *server) Completion(ctx context.Context, p *protocol.CompletionParams) (protocol.CompletionResult, error) {
	list := &protocol.CompletionList{Items: []protocol.CompletionItem{}}
	t, ok := view(ctx).Find(string(p.TextDocument.URI))
	if !ok {
		return list, nil
	}
	offset := t.Offset(position(p.Position))
	items, complete := query.Complete(t.Snapshot, t.Path, offset), true
	if len(items) > query.MaxItems {
		items, complete = query.Shorten(items, query.Typed(t.Snapshot, t.Path, offset))
	}
	list.IsIncomplete = !complete
	for _, it := range items {
		data, err := json.Marshal(asked{string(p.TextDocument.URI), p.Position, it.Kind})
		if err != nil {
			return nil, err
		}
		item := s.item(t, it)
		item.Data = data
		list.Items = append(list.Items, item)
	}
	return list, ctx.Err()
}

func (s *server) item(t session.Target, it query.Item) protocol.CompletionItem {
	start, end := t.Range(it.Replace)
	insert := it.Insert
	item := protocol.CompletionItem{Label: it.Label, Kind: kindOf[it.Kind], SortText: protocol.NewOptional(it.Sort)}
	if it.Snippet != "" && s.settings.snippets {
		insert, item.InsertTextFormat = it.Snippet, protocol.InsertTextFormatSnippet
	}
	item.TextEdit = &protocol.TextEdit{Range: between(start, end), NewText: insert}
	for _, e := range it.More {
		from, to := t.Range(e.Span)
		item.AdditionalTextEdits = append(item.AdditionalTextEdits, protocol.TextEdit{Range: between(from, to), NewText: e.New})
	}
	if it.Detail != "" {
		item.Detail = protocol.NewOptional(it.Detail)
	}
	if it.Doc != "" {
		item.Documentation = &protocol.MarkupContent{Kind: protocol.MarkupKindMarkdown, Value: it.Doc}
	}
	return item
}

// CompletionResolve adds what an item means at the place where it was offered.
func (s *server) CompletionResolve(ctx context.Context, p *protocol.CompletionItem) (*protocol.CompletionItem, error) {
	var about asked
	if len(p.Data) == 0 || json.Unmarshal(p.Data, &about) != nil {
		return p, nil
	}
	t, ok := view(ctx).Find(about.URI)
	if !ok {
		return p, nil
	}
	doc := query.Describe(t.Snapshot, t.Path, t.Offset(position(about.Position)), about.Kind, p.Label)
	if written, ok := p.Documentation.(*protocol.MarkupContent); ok && doc != "" {
		doc = written.Value + "\n\n" + doc
	}
	if doc != "" {
		p.Documentation = &protocol.MarkupContent{Kind: protocol.MarkupKindMarkdown, Value: doc}
	}
	return p, ctx.Err()
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
	query.Block:    protocol.CompletionItemKindSnippet,
	query.File:     protocol.CompletionItemKindFile,
}
