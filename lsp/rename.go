package lsp

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"
	"go.lsp.dev/uri"

	"github.com/qbls/qbls/analysis/query"
	"github.com/qbls/qbls/diagnostics/text"
	"github.com/qbls/qbls/lsp/session"
)

// PrepareRename says what would be renamed; null where only TypeScript names something.
func (s *server) PrepareRename(ctx context.Context, p *protocol.PrepareRenameParams) (protocol.PrepareRenameResult, error) {
	t, ok := view(ctx).Find(string(p.TextDocument.URI))
	if !ok {
		return nil, nil
	}
	r, err := query.PrepareRename(t.Snapshot, t.Path, t.Offset(position(p.Position)))
	if r == nil || err != nil {
		return nil, refusedRename(err)
	}
	start, end := t.Range(r.Span)
	return &protocol.PrepareRenamePlaceholder{Range: between(start, end), Placeholder: r.Name}, ctx.Err()
}

// Rename renames in every file of the project, open or not.
func (s *server) Rename(ctx context.Context, p *protocol.RenameParams) (*protocol.WorkspaceEdit, error) {
	t, ok := view(ctx).Find(string(p.TextDocument.URI))
	if !ok {
		return nil, nil
	}
	renamed, err := query.RenameAt(ctx, t.Snapshot, t.Path, t.Offset(position(p.Position)), p.NewName, s.settings.renamesFiles)
	if renamed == nil || err != nil {
		return nil, refusedRename(err)
	}
	out := s.workspaceEdit(t, renamed.Change, len(renamed.Moved) > 0)
	for _, m := range renamed.Moved { // behind the edits, which call the file by its old name
		out.DocumentChanges = append(out.DocumentChanges, &protocol.RenameFile{
			ResourceOperation: protocol.ResourceOperation{Kind: "rename"}, Kind: "rename",
			OldURI: uri.URI(t.Sibling(m.From)), NewURI: uri.URI(t.Sibling(m.To)),
		})
	}
	if len(renamed.Left) > 0 {
		s.show(ctx, protocol.MessageTypeWarning, "%s", left(t, renamed.Left))
	}
	return out, nil
}

// left tells which strings a rename has not touched, because they may mean something else.
func left(t session.Target, places []text.Place) string {
	const shown = 8
	var lines []string
	for _, place := range places {
		f := t.Snapshot.File(place.Path)
		lines = append(lines, fmt.Sprintf("%s:%d", place.Path, f.Position(int(place.Span.Start), text.UTF8).Line+1))
	}
	if lines = slices.Compact(lines); len(lines) > shown {
		lines = append(lines[:shown], fmt.Sprintf("and %d more", len(lines)-shown))
	}
	name := t.Snapshot.File(places[0].Path).Slice(places[0].Span)
	return fmt.Sprintf("qbls left %q as it is where it may mean something else. Look at %s.", name, strings.Join(lines, ", "))
}

// refusedRename is the answer to a request that was understood and cannot be met (LSP 3.17, "RequestFailed").
func refusedRename(err error) error {
	var r query.Refused
	if errors.As(err, &r) {
		return jsonrpc2.Errorf(jsonrpc2.Code(protocol.LSPErrorCodesRequestFailed), "%s", r.Error())
	}
	return err
}

// workspaceEdit gives edits of files to the client, with the versions that they are about when it can take these, or has to: files are made
// and renamed beside them.
func (s *server) workspaceEdit(t session.Target, change map[text.Path][]text.Edit, files bool) *protocol.WorkspaceEdit {
	out := &protocol.WorkspaceEdit{}
	for _, path := range slices.Sorted(maps.Keys(change)) {
		file, ok := t.Beside(path)
		if !ok || len(change[path]) == 0 {
			continue
		}
		edits := make([]protocol.TextEdit, 0, len(change[path]))
		for _, e := range change[path] {
			start, end := file.Range(e.Span)
			edits = append(edits, protocol.TextEdit{Range: between(start, end), NewText: e.New})
		}
		if !s.settings.documentChanges && !files {
			if out.Changes == nil {
				out.Changes = map[uri.URI][]protocol.TextEdit{}
			}
			out.Changes[uri.URI(file.URI())] = edits
			continue
		}
		document := &protocol.TextDocumentEdit{TextDocument: protocol.OptionalVersionedTextDocumentIdentifier{
			TextDocumentIdentifier: protocol.TextDocumentIdentifier{URI: uri.URI(file.URI())}, Version: file.Version(),
		}}
		for _, e := range edits {
			document.Edits = append(document.Edits, &e)
		}
		out.DocumentChanges = append(out.DocumentChanges, document)
	}
	return out
}
