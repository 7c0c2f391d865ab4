package lsp

import (
	"context"
	"maps"
	"slices"

	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
	"github.com/qbls/qbls/lsp/session"
)

// CodeAction offers the fixes of what was found in the range. They are taken from the rules, never from messages.
func (s *server) CodeAction(ctx context.Context, p *protocol.CodeActionParams) ([]protocol.CommandOrCodeAction, error) {
	out := []protocol.CommandOrCodeAction{}
	t, ok := view(ctx).Find(string(p.TextDocument.URI))
	if !ok || len(p.Context.Only) > 0 && !slices.Contains(p.Context.Only, protocol.CodeActionKindQuickFix) {
		return out, nil
	}
	root, ok := t.Snapshot.ProjectOf(t.Path)
	if !ok {
		return out, nil
	}
	found, err := t.Snapshot.Diagnose(ctx, root)
	if err != nil {
		return nil, err
	}
	from, to := t.Offset(position(p.Range.Start)), t.Offset(position(p.Range.End))
	for _, d := range found[t.Path] {
		if int(d.At.Span.End) < from || int(d.At.Span.Start) > to {
			continue
		}
		for _, fix := range d.Fixes {
			if action, ok := s.action(t, d, fix); ok {
				out = append(out, action)
			}
		}
	}
	return out, nil
}

func (s *server) action(t session.Target, d diagnostics.Diagnostic, fix diagnostics.Fix) (*protocol.CodeAction, bool) {
	edit := &protocol.WorkspaceEdit{Changes: map[uri.URI][]protocol.TextEdit{}}
	for _, path := range slices.Sorted(maps.Keys(fix.Edits)) {
		file, ok := t.Beside(path)
		if !ok {
			return nil, false
		}
		for _, e := range fix.Edits[path] {
			start, end := file.Range(e.Span)
			edit.Changes[uri.URI(file.URI())] = append(edit.Changes[uri.URI(file.URI())], protocol.TextEdit{Range: between(start, end), NewText: e.New})
		}
	}
	kind, preferred := protocol.CodeActionKindQuickFix, fix.Safe && len(d.Fixes) == 1
	all := session.Findings(t.Snapshot, t.Path, []diagnostics.Diagnostic{d}, s.session.Encoding(), func(p text.Path) string {
		other, _ := t.Beside(p)
		return other.URI()
	})
	return &protocol.CodeAction{
		Title: fix.Title, Kind: &kind, IsPreferred: &preferred, Edit: edit, Diagnostics: []protocol.Diagnostic{s.diagnostic(all[0])},
	}, true
}
