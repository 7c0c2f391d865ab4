package lsptest

import (
	"path"

	"go.lsp.dev/protocol"

	"github.com/qbls/qbls/diagnostics/text"
)

// PrepareRename asks what would be renamed at a byte offset: the name, "" for nothing.
func (e *Editor) PrepareRename(name string, offset int) (string, error) {
	e.t.Helper()
	r, err := e.Server.PrepareRename(e.ctx, &protocol.PrepareRenameParams{TextDocumentPositionParams: e.Position(name, offset)})
	if p, ok := r.(*protocol.PrepareRenamePlaceholder); ok && err == nil {
		f := e.buffers[name].file
		if got := f.Text[e.offset(f, p.Range.Start):e.offset(f, p.Range.End)]; got != p.Placeholder {
			e.t.Errorf("the range holds %q, the placeholder is %q", got, p.Placeholder)
		}
		return p.Placeholder, nil
	}
	return "", err
}

// Rename renames what stands at a byte offset and returns the texts of the files that change, by name.
func (e *Editor) Rename(name string, offset int, to string) (map[string]string, error) {
	e.t.Helper()
	edit, err := e.Server.Rename(e.ctx, &protocol.RenameParams{TextDocumentPositionParams: e.Position(name, offset), NewName: to})
	if err != nil || edit == nil {
		return nil, err
	}
	return e.After(edit), nil
}

// After is what files are after an edit of the workspace. An edit of a document in another version than the editor has it in fails the test.
func (e *Editor) After(edit *protocol.WorkspaceEdit) map[string]string {
	e.t.Helper()
	out := map[string]string{}
	for u, edits := range edit.Changes {
		out[e.Name(string(u))] = e.applied(e.Name(string(u)), edits)
	}
	for _, change := range edit.DocumentChanges {
		d, ok := change.(*protocol.TextDocumentEdit)
		if !ok {
			e.t.Fatalf("the edit has a %T", change)
		}
		name := e.Name(string(d.TextDocument.URI))
		b := e.buffers[name]
		switch {
		case b == nil && d.TextDocument.Version != nil:
			e.t.Errorf("%s is closed and has version %d", name, *d.TextDocument.Version)
		case b != nil && (d.TextDocument.Version == nil || *d.TextDocument.Version != b.version):
			e.t.Errorf("%s is edited in version %v, and is in %d", name, d.TextDocument.Version, b.version)
		}
		var edits []protocol.TextEdit
		for _, element := range d.Edits {
			if x, ok := element.(*protocol.TextEdit); ok {
				edits = append(edits, *x)
			}
		}
		out[name] = e.applied(name, edits)
	}
	return out
}

// applied is a file after edits, open or not.
func (e *Editor) applied(name string, edits []protocol.TextEdit) string {
	e.t.Helper()
	file := text.NewFile(text.Path(name), e.Disk.Read(path.Join(e.Root, name)))
	if b := e.buffers[name]; b != nil {
		file = b.file
	}
	var list []text.Edit
	for _, x := range edits {
		list = append(list, text.Edit{New: x.NewText, Span: text.Span{Start: e.offset(file, x.Range.Start), End: e.offset(file, x.Range.End)}})
	}
	out, err := text.Apply(file.Text, list)
	e.check(err)
	return out
}

// Highlights are the places of a file that name what stands at a byte offset: "read" or "write", in the order of the text.
func (e *Editor) Highlights(name string, offset int) []string {
	e.t.Helper()
	list, err := e.Server.DocumentHighlight(e.ctx, &protocol.DocumentHighlightParams{TextDocumentPositionParams: e.Position(name, offset)})
	e.check(err)
	var out []string
	for _, h := range list {
		out = append(out, map[protocol.DocumentHighlightKind]string{protocol.DocumentHighlightKindRead: "read", protocol.DocumentHighlightKindWrite: "write"}[h.Kind])
	}
	return out
}
