package lsptest

import (
	"encoding/json"

	"go.lsp.dev/jsonrpc2"
	"go.lsp.dev/protocol"

	"github.com/qbls/qbls/lsp"
)

// Ask sends a request of our own, or any other, and decodes its answer.
func Ask[R any](e *Editor, method string, params any) (R, error) {
	var out R
	err := protocol.Call(e.ctx, e.Conn, method, params, &out)
	return out, err
}

// Command runs a command of the server and decodes its answer.
func Command[R any](e *Editor, name string, argument any) (R, error) {
	var out R
	raw, err := json.Marshal(argument)
	if err != nil {
		return out, err
	}
	answer, err := e.Server.ExecuteCommand(e.ctx, &protocol.ExecuteCommandParams{Command: name, Arguments: []protocol.LSPAny{raw}})
	if err == nil && len(answer) > 0 {
		err = json.Unmarshal(answer, &out)
	}
	return out, err
}

// own takes the notifications that LSP does not know.
func (e *Editor) own(req *jsonrpc2.Request) bool {
	switch req.Method() {
	case lsp.MethodStatus:
		var s lsp.Status
		if err := json.Unmarshal(req.Params(), &s); err != nil {
			e.t.Error(err)
		}
		e.arrived(func() { e.statuses = append(e.statuses, s) })
	case lsp.MethodPreviewChanged:
		var p struct {
			URI string `json:"uri"`
		}
		if err := json.Unmarshal(req.Params(), &p); err != nil {
			e.t.Error(err)
		}
		e.arrived(func() { e.previews = append(e.previews, p.URI) })
	default:
		return false
	}
	return true
}

// AwaitStatus waits for a state that comes after those that were awaited before.
func (e *Editor) AwaitStatus(state lsp.State) lsp.Status {
	e.t.Helper()
	var out lsp.Status
	e.wait("the status "+string(state), func() bool {
		for i, s := range e.statuses {
			if s.State == state {
				out = s
				e.statuses = e.statuses[i+1:]
				return true
			}
		}
		return false
	})
	return out
}

// AwaitPreview waits until the server says that a preview has changed; it takes that word, so that the next call waits for the next.
func (e *Editor) AwaitPreview(uri string) {
	e.t.Helper()
	e.wait("a change of "+uri, func() bool {
		for i, p := range e.previews {
			if p == uri {
				e.previews = append(e.previews[:i:i], e.previews[i+1:]...)
				return true
			}
		}
		return false
	})
}

// PreviewsTold counts the words about changed previews that nobody awaited.
func (e *Editor) PreviewsTold() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.previews)
}
