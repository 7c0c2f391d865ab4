package lsptest

import (
	"go.lsp.dev/protocol"

	"github.com/qbls/qbls/diagnostics/text"
)

// Complete asks what may stand at a byte offset of a buffer.
func (e *Editor) Complete(name string, offset int) []protocol.CompletionItem {
	e.t.Helper()
	r, err := e.Server.Completion(e.ctx, &protocol.CompletionParams{TextDocumentPositionParams: e.Position(name, offset)})
	e.check(err)
	switch list := r.(type) {
	case *protocol.CompletionList:
		return list.Items
	case protocol.CompletionItemSlice:
		return list
	}
	return nil
}

// Labels are the labels of what may stand at a byte offset.
func (e *Editor) Labels(name string, offset int) []string {
	e.t.Helper()
	var out []string
	for _, it := range e.Complete(name, offset) {
		out = append(out, it.Label)
	}
	return out
}

// Accept is the text of a buffer after an item was accepted.
func (e *Editor) Accept(name string, item protocol.CompletionItem) string {
	e.t.Helper()
	edit, ok := item.TextEdit.(*protocol.TextEdit)
	if !ok {
		e.t.Fatalf("%s has no text edit", item.Label)
	}
	return e.Edited(name, []protocol.TextEdit{*edit})
}

// Edited is the text of a buffer after edits.
func (e *Editor) Edited(name string, edits []protocol.TextEdit) string {
	e.t.Helper()
	f := e.buffers[name].file
	var list []text.Edit
	for _, x := range edits {
		list = append(list, text.Edit{New: x.NewText, Span: text.Span{Start: e.offset(f, x.Range.Start), End: e.offset(f, x.Range.End)}})
	}
	out, err := text.Apply(f.Text, list)
	e.check(err)
	return out
}

func (e *Editor) offset(f *text.File, p protocol.Position) int32 {
	return int32(f.Offset(text.Position{Line: p.Line, Character: p.Character}, e.encoding))
}

// Hover asks what stands at a byte offset; "" when there is nothing to say.
func (e *Editor) Hover(name string, offset int) string {
	e.t.Helper()
	h, err := e.Server.Hover(e.ctx, &protocol.HoverParams{TextDocumentPositionParams: e.Position(name, offset)})
	e.check(err)
	if h == nil {
		return ""
	}
	md, ok := h.Contents.(*protocol.MarkupContent)
	if !ok {
		e.t.Fatalf("hover is %T", h.Contents)
	}
	return md.Value
}

// Definition asks where the name at a byte offset is declared.
func (e *Editor) Definition(name string, offset int) []Found {
	e.t.Helper()
	r, err := e.Server.Definition(e.ctx, &protocol.DefinitionParams{TextDocumentPositionParams: e.Position(name, offset)})
	e.check(err)
	list, _ := r.(protocol.LocationSlice)
	if l, ok := r.(*protocol.Location); ok {
		list = protocol.LocationSlice{*l}
	}
	return e.places(list)
}

// References asks who spells the name at a byte offset.
func (e *Editor) References(name string, offset int, declaration bool) []Found {
	e.t.Helper()
	list, err := e.Server.References(e.ctx, &protocol.ReferenceParams{
		TextDocumentPositionParams: e.Position(name, offset), Context: protocol.ReferenceContext{IncludeDeclaration: declaration},
	})
	e.check(err)
	return e.places(list)
}

// places are locations with the text they span as their message.
func (e *Editor) places(list []protocol.Location) []Found {
	var out []Found
	for _, l := range list {
		name := e.Name(string(l.URI))
		content := e.Disk.Read(e.Root + "/" + name)
		if b := e.buffers[name]; b != nil {
			content = b.file.Text
		}
		file := text.NewFile(text.Path(name), content)
		from, to := e.offset(file, l.Range.Start), e.offset(file, l.Range.End)
		out = append(out, Found{File: name, Start: file.Position(int(from), text.UTF8), End: file.Position(int(to), text.UTF8), Message: content[from:to]})
	}
	return out
}

// Actions asks for the quick fixes of a diagnostic.
func (e *Editor) Actions(name string, d protocol.Diagnostic) []*protocol.CodeAction {
	e.t.Helper()
	list, err := e.Server.CodeAction(e.ctx, &protocol.CodeActionParams{
		TextDocument: e.id(name), Range: d.Range, Context: protocol.CodeActionContext{Diagnostics: []protocol.Diagnostic{d}, Only: []protocol.CodeActionKind{protocol.CodeActionKindQuickFix}},
	})
	e.check(err)
	var out []*protocol.CodeAction
	for _, a := range list {
		if action, ok := a.(*protocol.CodeAction); ok {
			out = append(out, action)
		}
	}
	return out
}

// Position is a place in a buffer as the protocol names it.
func (e *Editor) Position(name string, offset int) protocol.TextDocumentPositionParams {
	return protocol.TextDocumentPositionParams{TextDocument: e.id(name), Position: e.at(e.buffers[name], offset)}
}
