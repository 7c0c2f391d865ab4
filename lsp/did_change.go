package lsp

import (
	"context"
	"strings"

	"go.lsp.dev/protocol"

	"github.com/qbls/qbls/diagnostics/text"
	"github.com/qbls/qbls/lsp/session"
)

// DidChange applies edits in their order.
func (s *server) DidChange(_ context.Context, p *protocol.DidChangeTextDocumentParams) error {
	edits := make([]session.Edit, 0, len(p.ContentChanges))
	for _, change := range p.ContentChanges {
		switch c := change.(type) {
		case *protocol.TextDocumentContentChangeWholeDocument:
			edits = append(edits, session.Edit{Whole: true, Text: strings.Clone(c.Text)})
		case *protocol.TextDocumentContentChangePartial:
			edits = append(edits, session.Edit{Start: position(c.Range.Start), End: position(c.Range.End), Text: strings.Clone(c.Text)})
		}
	}
	return s.session.Change(string(p.TextDocument.URI), p.TextDocument.Version, edits)
}

func position(p protocol.Position) text.Position {
	return text.Position{Line: p.Line, Character: p.Character}
}

func wire(p text.Position) protocol.Position {
	return protocol.Position{Line: p.Line, Character: p.Character}
}
