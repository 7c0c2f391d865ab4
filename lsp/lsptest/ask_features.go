package lsptest

import (
	"go.lsp.dev/protocol"

	"github.com/qbls/qbls/diagnostics/text"
)

// Outline is the outline of a file, flat: every symbol with the names above it.
func (e *Editor) Outline(name string) []Found {
	e.t.Helper()
	r, err := e.Server.DocumentSymbol(e.ctx, &protocol.DocumentSymbolParams{TextDocument: e.id(name)})
	e.check(err)
	list, _ := r.(protocol.DocumentSymbolSlice)
	var out []Found
	var visit func([]protocol.DocumentSymbol, string)
	visit = func(list []protocol.DocumentSymbol, above string) {
		for _, s := range list {
			if !covers(s.Range, s.SelectionRange) {
				e.t.Errorf("%s%s is named outside of itself: %v not in %v", above, s.Name, s.SelectionRange, s.Range)
			}
			out = append(out, e.found(name, s.SelectionRange, above+s.Name))
			visit(s.Children, above+s.Name+"/")
		}
	}
	visit(list, "")
	return out
}

// covers says whether one range lies in another.
func covers(outer, inner protocol.Range) bool {
	before := func(a, b protocol.Position) bool {
		return a.Line < b.Line || a.Line == b.Line && a.Character <= b.Character
	}
	return before(outer.Start, inner.Start) && before(inner.End, outer.End)
}

// WorkspaceSymbols are the names that were found, with what contains them.
func (e *Editor) WorkspaceSymbols(typed string) []string {
	e.t.Helper()
	r, err := e.Server.Symbols(e.ctx, &protocol.WorkspaceSymbolParams{Query: typed})
	e.check(err)
	var out []string
	add := func(s protocol.BaseSymbolInformation) {
		label := s.Name
		if s.ContainerName != nil {
			label = *s.ContainerName + "." + label
		}
		out = append(out, label)
	}
	switch list := r.(type) { // with a range in every location, the two forms are the same on the wire
	case protocol.WorkspaceSymbolSlice:
		for _, s := range list {
			add(s.BaseSymbolInformation)
		}
	case protocol.SymbolInformationSlice:
		for _, s := range list {
			add(s.BaseSymbolInformation)
		}
	}
	return out
}

// Links are the links of a file with their targets.
func (e *Editor) Links(name string) []Found {
	e.t.Helper()
	list, err := e.Server.DocumentLink(e.ctx, &protocol.DocumentLinkParams{TextDocument: e.id(name)})
	e.check(err)
	var out []Found
	for _, l := range list {
		out = append(out, e.found(name, l.Range, string(*l.Target)))
	}
	return out
}

// Hints are the inlay hints of a file.
func (e *Editor) Hints(name string) []Found {
	e.t.Helper()
	list, err := e.Server.InlayHint(e.ctx, &protocol.InlayHintParams{TextDocument: e.id(name), Range: e.whole(name)})
	e.check(err)
	var out []Found
	for _, h := range list {
		label, _ := h.Label.(protocol.String)
		out = append(out, e.found(name, protocol.Range{Start: h.Position, End: h.Position}, string(label)))
	}
	return out
}

// Lenses are the lenses of a file with their titles; Code is the command.
func (e *Editor) Lenses(name string) []Found {
	e.t.Helper()
	list, err := e.Server.CodeLens(e.ctx, &protocol.CodeLensParams{TextDocument: e.id(name)})
	e.check(err)
	var out []Found
	for _, l := range list {
		f := e.found(name, l.Range, l.Command.Title)
		f.Code = l.Command.Command
		out = append(out, f)
	}
	return out
}

// Folds are the folds of a file.
func (e *Editor) Folds(name string) []protocol.FoldingRange {
	e.t.Helper()
	list, err := e.Server.FoldingRanges(e.ctx, &protocol.FoldingRangeParams{TextDocument: e.id(name)})
	e.check(err)
	return list
}

// Selections are the texts around a byte offset, the innermost first.
func (e *Editor) Selections(name string, offset int) []string {
	e.t.Helper()
	list, err := e.Server.SelectionRange(e.ctx, &protocol.SelectionRangeParams{
		TextDocument: e.id(name), Positions: []protocol.Position{e.Position(name, offset).Position},
	})
	e.check(err)
	var out []string
	for at := &list[0]; at != nil; at = at.Parent {
		if at.Parent != nil && !covers(at.Parent.Range, at.Range) {
			e.t.Errorf("%s: %v does not lie in %v", name, at.Range, at.Parent.Range)
		}
		f := e.buffers[name].file
		out = append(out, f.Text[e.offset(f, at.Range.Start):e.offset(f, at.Range.End)])
	}
	return out
}

// Signature is the call at a byte offset, with its active parameter.
func (e *Editor) Signature(name string, offset int) (label, active string) {
	e.t.Helper()
	at := e.Position(name, offset)
	h, err := e.Server.SignatureHelp(e.ctx, &protocol.SignatureHelpParams{TextDocumentPositionParams: at})
	e.check(err)
	if h == nil {
		return "", ""
	}
	sig := h.Signatures[0]
	if n, ok := h.ActiveParameter.Get(); ok {
		l, _ := sig.Parameters[n].Label.(protocol.String)
		active = string(l)
	}
	return sig.Label, active
}

// Tokens are the semantic tokens of a file, decoded with the server's legend: "property", "property declaration".
func (e *Editor) Tokens(name string) []Found {
	e.t.Helper()
	r, err := e.Server.SemanticTokensFull(e.ctx, &protocol.SemanticTokensParams{TextDocument: e.id(name)})
	e.check(err)
	return e.DecodeTokens(name, r.Data)
}

// DecodeTokens reads the numbers of semantic tokens.
func (e *Editor) DecodeTokens(name string, data []uint32) []Found {
	e.t.Helper()
	legend := e.Capabilities.SemanticTokensProvider.(*protocol.SemanticTokensOptions).Legend
	if len(data)%5 != 0 {
		e.t.Fatalf("%d numbers are no tokens", len(data))
	}
	var out []Found
	var at protocol.Position
	for ; len(data) > 0; data = data[5:] {
		if data[0] > 0 {
			at.Character = 0
		}
		at.Line += data[0]
		at.Character += data[1]
		what := legend.TokenTypes[data[3]]
		for i, modifier := range legend.TokenModifiers {
			if data[4]&(1<<i) != 0 {
				what += " " + modifier
			}
		}
		end := at
		end.Character += data[2]
		out = append(out, e.found(name, protocol.Range{Start: at, End: end}, what))
	}
	return out
}

func (e *Editor) whole(name string) protocol.Range {
	b := e.buffers[name]
	return protocol.Range{End: e.at(b, len(b.file.Text))}
}

// found is a range of a buffer in bytes, with what is there.
func (e *Editor) found(name string, r protocol.Range, message string) Found {
	f := text.NewFile(text.Path(name), e.Disk.Read(e.Root+"/"+name))
	if b := e.buffers[name]; b != nil {
		f = b.file
	}
	return Found{File: name, Start: e.bytes(f, r.Start), End: e.bytes(f, r.End), Message: message}
}
