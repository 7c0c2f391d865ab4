package lsp

import (
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
}

// options are initializationOptions, and the section "qbls" of the configuration.
type options struct {
	Trusted       *bool `json:"trusted"`
	CompileOnSave *bool `json:"compileOnSave"`
}

func (s *settings) start(p *protocol.InitializeParams) {
	var o options
	read(p.InitializationOptions, &o)
	s.trusted = is(o.Trusted)
	s.compileOnSave.Store(is(o.CompileOnSave))
	if w := p.Capabilities.Workspace; w != nil {
		s.watch = w.DidChangeWatchedFiles != nil && is(w.DidChangeWatchedFiles.DynamicRegistration)
		s.configuration = is(w.Configuration)
	}
	if w := p.Capabilities.Window; w != nil {
		s.progress = is(w.WorkDoneProgress)
	}
}

// change takes over a new configuration. What it does not mention stays.
func (s *settings) change(o options) {
	if o.CompileOnSave != nil {
		s.compileOnSave.Store(*o.CompileOnSave)
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
