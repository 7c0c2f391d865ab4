package lsptest

import (
	"encoding/json"
	"path"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
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

// workspaceEdit is protocol.WorkspaceEdit as it stands on the wire. The library's own decoding of unions keeps strings of a buffer
// that it goes on to overwrite.
type workspaceEdit struct {
	Changes         map[string][]textEdit `json:"changes"`
	DocumentChanges []struct {
		Kind         string `json:"kind"`
		URI          string `json:"uri"`
		OldURI       string `json:"oldUri"`
		NewURI       string `json:"newUri"`
		TextDocument struct {
			URI     string `json:"uri"`
			Version *int32 `json:"version"`
		} `json:"textDocument"`
		Edits []textEdit `json:"edits"`
	} `json:"documentChanges"`
}

type textEdit struct {
	Range struct {
		Start, End text.Position
	} `json:"range"`
	NewText string `json:"newText"`
}

// ask sends a request and decodes its answer from the wire.
func (e *Editor) ask(method string, params, into any) error {
	e.t.Helper()
	var raw jsontext.Value
	if err := protocol.Call(e.ctx, e.Conn, method, params, &raw); err != nil {
		return err
	}
	if len(raw) == 0 { // null
		return nil
	}
	e.check(json.Unmarshal(raw, into))
	return nil
}

// Gone is the text of a file that a rename gave another name.
const Gone = "\x00gone"

// Rename renames what stands at a byte offset and returns the texts of the files that change, by name; Gone of those that are called
// otherwise afterwards.
func (e *Editor) Rename(name string, offset int, to string) (map[string]string, error) {
	e.t.Helper()
	var edit *workspaceEdit
	err := e.ask(protocol.MethodTextDocumentRename, &protocol.RenameParams{TextDocumentPositionParams: e.Position(name, offset), NewName: to}, &edit)
	if err != nil || edit == nil {
		return nil, err
	}
	return e.after(edit), nil
}

// after is what files are after an edit of the workspace. An edit of a document in another version than the editor has it in fails the test.
func (e *Editor) after(edit *workspaceEdit) map[string]string {
	e.t.Helper()
	out := map[string]string{}
	for u, edits := range edit.Changes {
		out[e.Name(u)] = e.applied(e.Name(u), edits)
	}
	for _, d := range edit.DocumentChanges {
		if d.Kind == "create" {
			out[e.Name(d.URI)] = ""
			continue
		}
		if d.Kind == "rename" {
			from, to := e.Name(d.OldURI), e.Name(d.NewURI)
			if content, edited := out[from]; edited {
				out[to] = content
			} else {
				out[to] = e.applied(from, nil)
			}
			out[from] = Gone
			continue
		}
		name := e.Name(d.TextDocument.URI)
		b, version := e.buffers[name], d.TextDocument.Version
		if (b == nil) != (version == nil) || b != nil && *version != b.version {
			e.t.Errorf("%s is edited in another version than the editor has", name)
		}
		out[name] = e.applied(name, d.Edits)
	}
	return out
}

// applied is a file after edits, open or not.
func (e *Editor) applied(name string, edits []textEdit) string {
	e.t.Helper()
	file := text.NewFile(text.Path(name), e.Disk.Read(path.Join(e.Root, name)))
	if b := e.buffers[name]; b != nil {
		file = b.file
	}
	var list []text.Edit
	for _, x := range edits {
		list = append(list, text.Edit{New: x.NewText, Span: text.Span{Start: int32(file.Offset(x.Range.Start, e.encoding)), End: int32(file.Offset(x.Range.End, e.encoding))}})
	}
	out, err := text.Apply(file.Text, list)
	e.check(err)
	return out
}

// Act chooses the action whose title begins so at a place of a file, resolves it and returns the texts of the files that it
// changes; nil when it is not offered.
func (e *Editor) Act(name string, offset int, title string, only ...protocol.CodeActionKind) map[string]string {
	e.t.Helper()
	at := e.Position(name, offset).Position
	var list []json.RawMessage
	e.check(e.ask(protocol.MethodTextDocumentCodeAction, &protocol.CodeActionParams{
		TextDocument: e.id(name), Range: protocol.Range{Start: at, End: at}, Context: protocol.CodeActionContext{Diagnostics: []protocol.Diagnostic{}, Only: only},
	}, &list))
	for _, raw := range list {
		var action struct {
			Title string         `json:"title"`
			Edit  *workspaceEdit `json:"edit"`
		}
		e.check(json.Unmarshal(raw, &action))
		if !strings.HasPrefix(action.Title, title) {
			continue
		}
		if action.Edit == nil {
			e.check(e.ask(protocol.MethodCodeActionResolve, jsontext.Value(raw), &action))
		}
		return e.after(action.Edit)
	}
	return nil
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
