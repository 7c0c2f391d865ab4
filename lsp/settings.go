package lsp

import (
	"slices"
	"sync/atomic"

	"github.com/go-json-experiment/json"
	"go.lsp.dev/protocol"
)

// settings of one client. Every one of them may be missing or null.
type settings struct {
	trusted       bool // code of the project may run; only ever said at the start, never by a settings file of the workspace
	compileOnSave atomic.Bool
	watch         bool // the client registers watchers for servers
	configuration bool // the client answers workspace/configuration
	progress      bool // the client shows $/progress
	pull          bool // the client asks for findings: none are pushed
	content       bool // the client opens documents of servers (LSP 3.18)
	show          bool // the client shows a document when it is asked to
	refresh       bool // the client asks again when it is told to
	lineFolding   bool // the client folds whole lines
	foldLimit     int  // how many folds it takes; 0: any number
	hintsOff      atomic.Pointer[map[string]bool]

	documentChanges bool // the client takes edits with the versions they are about
	snippets        bool // the client fills in snippets
	createsFiles    bool // … and edits that make new files
	renamesFiles    bool // … and edits that rename files
	resolvesActions bool // the client asks for the edit of an action when it is chosen
}

// options are initializationOptions, and the section "qbls" of the configuration.
type options struct {
	Trusted       *bool `json:"trusted"`
	CompileOnSave *bool `json:"compileOnSave"`

	PullDiagnostics *bool           `json:"pullDiagnostics"` // at the start only
	InlayHints      map[string]bool `json:"inlayHints"`      // by kind (query.HintKinds); what is not mentioned is on
}

func (s *settings) start(p *protocol.InitializeParams) {
	var o options
	read(p.InitializationOptions, &o)
	s.trusted = is(o.Trusted)
	s.change(o)
	if w := p.Capabilities.Workspace; w != nil {
		s.watch = w.DidChangeWatchedFiles != nil && is(w.DidChangeWatchedFiles.DynamicRegistration)
		s.configuration = is(w.Configuration)
		s.documentChanges = w.WorkspaceEdit != nil && is(w.WorkspaceEdit.DocumentChanges)
		if w.WorkspaceEdit != nil { // what a client does with files stands in documentChanges: who names one takes these, too
			s.createsFiles = slices.Contains(w.WorkspaceEdit.ResourceOperations, protocol.ResourceOperationKindCreate)
			s.renamesFiles = slices.Contains(w.WorkspaceEdit.ResourceOperations, protocol.ResourceOperationKindRename)
		}
	}
	if d := p.Capabilities.TextDocument; d != nil && d.Completion != nil {
		s.snippets = is(d.Completion.CompletionItem.SnippetSupport)
	}
	if d := p.Capabilities.TextDocument; d != nil && d.CodeAction != nil {
		s.resolvesActions = is(d.CodeAction.DataSupport) && slices.Contains(d.CodeAction.ResolveSupport.Properties, "edit")
	}
	if d := p.Capabilities.TextDocument; d != nil && d.FoldingRange != nil {
		s.lineFolding = is(d.FoldingRange.LineFoldingOnly)
		if d.FoldingRange.RangeLimit != nil {
			s.foldLimit = int(*d.FoldingRange.RangeLimit)
		}
	}
	s.pull = is(o.PullDiagnostics) && p.Capabilities.TextDocument != nil && p.Capabilities.TextDocument.Diagnostic != nil
	if w := p.Capabilities.Workspace; w != nil && w.Diagnostics != nil {
		s.refresh = is(w.Diagnostics.RefreshSupport)
	}
	s.content = p.Capabilities.Workspace != nil && p.Capabilities.Workspace.TextDocumentContent != nil
	s.show = p.Capabilities.Window != nil && p.Capabilities.Window.ShowDocument != nil && p.Capabilities.Window.ShowDocument.Support
	if w := p.Capabilities.Window; w != nil {
		s.progress = is(w.WorkDoneProgress)
	}
}

// change takes over a new configuration. What it does not mention stays.
func (s *settings) change(o options) {
	if o.CompileOnSave != nil {
		s.compileOnSave.Store(*o.CompileOnSave)
	}
	if o.InlayHints != nil {
		off := map[string]bool{}
		for kind, on := range o.InlayHints {
			off[kind] = !on
		}
		s.hintsOff.Store(&off)
	}
}

func is(b *bool) bool { return b != nil && *b }

// read decodes what can be decoded; a client that sends something else is treated as one that sends nothing.
func read(raw protocol.LSPAny, into any) {
	if len(raw) == 0 {
		return
	}
	_ = json.Unmarshal(raw, into)
}
