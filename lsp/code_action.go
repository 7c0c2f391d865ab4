package lsp

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/qbls/qbls/analysis/query"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
	"github.com/qbls/qbls/lsp/session"
)

// codeActionKinds are what the server has.
var codeActionKinds = []protocol.CodeActionKind{query.QuickFix, query.Extract, query.Rewrite, query.FixAll}

// unresolved says which action an edit is wanted of.
type unresolved struct {
	URI   string         `json:"uri"`
	Range protocol.Range `json:"range"`
	Title string         `json:"title"`
	Kind  string         `json:"kind"`
}

// CodeAction offers what can be done about the range: fixes of what was found there, suppressions and refactorings. They are taken
// from the rules, never from messages. Edits that need more than the file wait for codeAction/resolve if the client can ask.
func (s *server) CodeAction(ctx context.Context, p *protocol.CodeActionParams) ([]protocol.CommandOrCodeAction, error) {
	out := []protocol.CommandOrCodeAction{}
	t, ok := view(ctx).Find(string(p.TextDocument.URI))
	if !ok {
		return out, nil
	}
	list, err := s.codeActions(ctx, t, p.Range, p.Context.Only)
	if err != nil {
		return nil, err
	}
	for _, a := range list {
		kind := protocol.CodeActionKind(a.Kind)
		action := &protocol.CodeAction{Title: a.Title, Kind: &kind}
		if a.Preferred {
			action.IsPreferred = &a.Preferred
		}
		if a.Finding != nil {
			action.Diagnostics = []protocol.Diagnostic{s.diagnosticOf(t, *a.Finding)}
		}
		if a.Heavy && s.settings.resolvesActions {
			if action.Data, err = json.Marshal(unresolved{string(p.TextDocument.URI), p.Range, a.Title, a.Kind}); err != nil {
				return nil, err
			}
		} else if action.Edit = s.editOf(t, a.Edit()); action.Edit == nil {
			continue
		}
		out = append(out, action)
	}
	return out, nil
}

// CodeActionResolve makes the edit of an action that was offered without. The text may have changed since: then it may be gone.
func (s *server) CodeActionResolve(ctx context.Context, p *protocol.CodeAction) (*protocol.CodeAction, error) {
	var which unresolved
	if len(p.Data) == 0 || json.Unmarshal(p.Data, &which) != nil {
		return p, nil
	}
	if t, ok := view(ctx).Find(which.URI); ok {
		list, err := s.codeActions(ctx, t, which.Range, []protocol.CodeActionKind{protocol.CodeActionKind(which.Kind)})
		if err != nil {
			return nil, err
		}
		for _, a := range list {
			if a.Title == which.Title {
				p.Edit, p.Data = s.editOf(t, a.Edit()), nil
				return p, nil
			}
		}
	}
	return nil, jsonrpc2.Errorf(jsonrpc2.Code(protocol.LSPErrorCodesContentModified), "%s: the text has changed, ask again", which.Title)
}

func (s *server) codeActions(ctx context.Context, t session.Target, r protocol.Range, only []protocol.CodeActionKind) ([]query.CodeAction, error) {
	wants := func(kind string) bool {
		if len(only) == 0 {
			return kind != query.FixAll // LSP 3.17, "CodeActionKind.Source": offered when asked for
		}
		return slices.ContainsFunc(only, func(k protocol.CodeActionKind) bool {
			return kind == string(k) || strings.HasPrefix(kind, string(k)+".")
		})
	}
	found, err := t.Found(ctx)
	if err != nil {
		return nil, err
	}
	return query.CodeActions(t.Snapshot, t.Path, t.Offset(position(r.Start)), t.Offset(position(r.End)), found, wants), nil
}

func (s *server) diagnosticOf(t session.Target, d diagnostics.Diagnostic) protocol.Diagnostic {
	all := session.Findings(t.Snapshot, t.Path, []diagnostics.Diagnostic{d}, s.session.Encoding(), func(p text.Path) string {
		other, _ := t.Beside(p)
		return other.URI()
	})
	return s.diagnostic(all[0])
}

// editOf is an edit for the client: nil when there is nothing to do, or when it needs new files and the client makes none.
func (s *server) editOf(t session.Target, e query.Edit) *protocol.WorkspaceEdit {
	out := s.workspaceEdit(t, e.Change, len(e.Created) > 0)
	if len(e.Created) > 0 && !s.settings.createsFiles || len(e.Created)+len(e.Change) == 0 {
		return nil
	}
	for _, path := range slices.Sorted(maps.Keys(e.Created)) {
		at := uri.URI(t.Sibling(path))
		start := protocol.Range{}
		out.DocumentChanges = append(out.DocumentChanges,
			&protocol.CreateFile{ResourceOperation: protocol.ResourceOperation{Kind: "create"}, Kind: "create", URI: at},
			&protocol.TextDocumentEdit{
				TextDocument: protocol.OptionalVersionedTextDocumentIdentifier{TextDocumentIdentifier: protocol.TextDocumentIdentifier{URI: at}},
				Edits:        []protocol.TextDocumentEditElement{&protocol.TextEdit{Range: start, NewText: e.Created[path]}},
			})
	}
	return out
}
