package lsptest

import (
	"context"
	"path"
	"slices"
	"strings"

	"go.lsp.dev/protocol"

	"github.com/go-json-experiment/json/jsontext"
)

func (e *Editor) arrived(do func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	do()
	close(e.changed)
	e.changed = make(chan struct{})
}

// PublishDiagnostics keeps what the server says about a file.
func (e *Editor) PublishDiagnostics(_ context.Context, p *protocol.PublishDiagnosticsParams) error {
	own, err := protocol.Clone(*p)
	if err != nil {
		return err
	}
	e.arrived(func() {
		e.published[same(string(own.URI))] = own
		e.rounds = append(e.rounds, own)
	})
	return nil
}

// ShowMessage keeps messages to the user.
func (e *Editor) ShowMessage(_ context.Context, p *protocol.ShowMessageParams) error {
	e.arrived(func() { e.messages = append(e.messages, strings.Clone(p.Message)) })
	return nil
}

// RegisterCapability keeps what the server wants to be told.
func (e *Editor) RegisterCapability(_ context.Context, p *protocol.RegistrationParams) error {
	e.arrived(func() {
		for _, r := range p.Registrations {
			e.watchers = append(e.watchers, strings.Clone(r.Method))
			var o protocol.DidChangeWatchedFilesRegistrationOptions
			if r.Method == protocol.MethodWorkspaceDidChangeWatchedFiles && protocol.Unmarshal(slices.Clone(r.RegisterOptions), &o) == nil {
				e.globs = append(e.globs, o.Watchers...)
			}
		}
	})
	return nil
}

// Configuration answers with the settings of the user.
func (e *Editor) Configuration(_ context.Context, p *protocol.ConfigurationParams) ([]protocol.LSPAny, error) {
	out := make([]protocol.LSPAny, len(p.Items))
	for i := range out {
		if out[i] = jsontext.Value(e.settings); e.settings == "" {
			out[i] = jsontext.Value("null")
		}
	}
	return out, nil
}

// WorkDoneProgressCreate allows progress.
func (e *Editor) WorkDoneProgressCreate(context.Context, *protocol.WorkDoneProgressCreateParams) error {
	return nil
}

// Progress keeps progress as it came.
func (e *Editor) Progress(_ context.Context, p *protocol.ProgressParams) error {
	value := string(p.Value)
	e.arrived(func() { e.messages = append(e.messages, "progress "+value) })
	return nil
}

// DiagnosticRefresh counts how often the server wants to be asked again.
func (e *Editor) DiagnosticRefresh(context.Context) error {
	e.arrived(func() { e.refreshed++ })
	return nil
}

// AwaitRefresh waits until the server has asked to be asked again.
func (e *Editor) AwaitRefresh() {
	e.t.Helper()
	e.wait("a refresh of diagnostics", func() bool { return e.refreshed > 0 })
}

// LogMessage is not looked at.
func (e *Editor) LogMessage(context.Context, *protocol.LogMessageParams) error { return nil }

// AwaitMessage waits for a message to the user that contains a text.
func (e *Editor) AwaitMessage(part string) {
	e.t.Helper()
	e.wait("a message with "+part, func() bool {
		for _, m := range e.messages {
			if strings.Contains(m, part) {
				return true
			}
		}
		return false
	})
}

// AwaitWatcher waits until the server has registered for a method.
func (e *Editor) AwaitWatcher(method string) {
	e.t.Helper()
	e.wait("registration of "+method, func() bool {
		for _, w := range e.watchers {
			if w == method {
				return true
			}
		}
		return false
	})
}

// Watched says whether the server has asked to be told of an event of a file or folder, by its path in the workspace.
func (e *Editor) Watched(name string, kind protocol.WatchKind) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.ContainsFunc(e.globs, func(w protocol.FileSystemWatcher) bool {
		glob, ok := w.GlobPattern.(protocol.Pattern)
		last, fits := strings.CutPrefix(string(glob), "**/")
		same, err := path.Match(last, path.Base(name))
		return ok && fits && err == nil && same && (w.Kind == 0 || w.Kind&kind != 0)
	})
}

// Published returns what the server last said about each file, by path; files without findings are left out.
func (e *Editor) Published() map[string][]protocol.Diagnostic {
	e.mu.Lock()
	defer e.mu.Unlock()
	out := map[string][]protocol.Diagnostic{}
	for u, p := range e.published {
		if len(p.Diagnostics) > 0 {
			out[u] = p.Diagnostics
		}
	}
	return out
}

// Publications counts the messages that published diagnostics so far.
func (e *Editor) Publications() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.rounds)
}

// AwaitFinding waits until the server says that a file has a finding of a code, or has none any more.
func (e *Editor) AwaitFinding(name, code string, there bool) {
	e.t.Helper()
	e.wait(code+" in "+name, func() bool {
		p, told := e.published[same(e.uriOf(name))]
		found := false
		for _, d := range p.Diagnostics {
			found = found || d.Code == protocol.String(code)
		}
		return told && found == there
	})
}

// Forget drops the history of what was published, which only counts; what is published now stays.
func (e *Editor) Forget() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.rounds, e.messages, e.previews, e.statuses = nil, nil, nil, nil
}
