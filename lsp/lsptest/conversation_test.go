package lsptest

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// TestWhatTheProtocolDoesNotAllowIsHeard: each of these messages of a server is refused, with the place and the reason.
func TestWhatTheProtocolDoesNotAllowIsHeard(t *testing.T) {
	const publish = `{"jsonrpc":"2.0","method":"textDocument/publishDiagnostics","params":`
	for _, c := range []struct{ name, asked, message, want string }{
		{"nothing wrong", "", publish + `{"uri":"file:///a","diagnostics":[]}}`, ""},
		{"a union", "textDocument/hover", `{"jsonrpc":"2.0","id":1,"result":{"contents":{"kind":"markdown","value":"x"}}}`, ""},
		{"null", "textDocument/hover", `{"jsonrpc":"2.0","id":1,"result":null}`, ""},
		{"an error", "textDocument/hover", `{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"no"}}`, ""},
		{"an extension", "", `{"jsonrpc":"2.0","method":"qbls/status","params":{"project":"file:///a","state":"stale"}}`, ""},
		{"another version", "", `{"jsonrpc":"1.0","method":"telemetry/event","params":{}}`, `says jsonrpc "1.0"`},
		{"a property is missing", "", publish + `{"diagnostics":[]}}`, "params: lacks uri"},
		{"a property too many", "", publish + `{"uri":"file:///a","diagnostics":[],"project":"x"}}`, "params: has project"},
		{"another type, deep", "", publish + `{"uri":"file:///a","diagnostics":[{"range":{"start":{"line":-1,"character":0},"end":{"line":0,"character":0}},"message":"x"}]}}`, "params.diagnostics[0].range.start.line: is -1"},
		{"no value of the enumeration", "", publish + `{"uri":"file:///a","diagnostics":[{"range":{"start":{"line":1,"character":0},"end":{"line":1,"character":0}},"message":"x","severity":7}]}}`, "severity: is 7, not a value of DiagnosticSeverity"},
		{"no type of the union", "textDocument/hover", `{"jsonrpc":"2.0","id":1,"result":{"contents":{"kind":"html","value":"x"}}}`, "result.contents"},
		{"a list instead of an object", "textDocument/signatureHelp", `{"jsonrpc":"2.0","id":1,"result":[]}`, "result: is []"},
		{"an unknown notification", "", `{"jsonrpc":"2.0","method":"qbls/surprise","params":{}}`, "neither a message of the protocol"},
		{"a request as a notification", "", `{"jsonrpc":"2.0","method":"workspace/applyEdit","params":{"edit":{}}}`, "neither a message of the protocol"},
		{"an extension with more than its type", "", `{"jsonrpc":"2.0","method":"qbls/status","params":{"project":"file:///a","state":"stale","more":1}}`, "more"},
		{"a result of nothing asked", "", `{"jsonrpc":"2.0","id":9,"result":null}`, "answers 9"},
		{"a result and an error", "textDocument/hover", `{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":"x"}}`, "either a result or an error"},
		{"neither", "textDocument/hover", `{"jsonrpc":"2.0","id":1}`, "either a result or an error"},
		{"an envelope with more", "", `{"jsonrpc":"2.0","method":"telemetry/event","params":{},"extra":1}`, "extra"},
	} {
		t.Run(c.name, func(t *testing.T) {
			heard, err := newConversation()
			if err != nil {
				t.Fatal(err)
			}
			if c.asked != "" {
				heard.said(fmt.Appendf(nil, `{"jsonrpc":"2.0","id":1,"method":%q,"params":{}}`, c.asked))
			}
			heard.heard([]byte(c.message))
			got := strings.Join(heard.faults(), "\n")
			if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestFramesAreCutWhereverTheStreamIs: messages come in any pieces, and headers that the base protocol does not know are heard.
func TestFramesAreCutWhereverTheStreamIs(t *testing.T) {
	frame := func(body string) string { return fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body) }
	stream := frame(`{"a":1}`) + frame(`{"b":"ä\r\n\r\n"}`) + "X-Own: 1\r\n" + frame(`{}`)
	for size := 1; size < len(stream); size++ {
		var got, bad []string
		f := frames{each: func(b []byte) { got = append(got, string(bytes.Clone(b))) }, bad: func(h string) { bad = append(bad, h) }}
		for rest := []byte(stream); len(rest) > 0; {
			n := min(size, len(rest))
			f.pass(rest[:n])
			rest = rest[n:]
		}
		if want := []string{`{"a":1}`, `{"b":"ä\r\n\r\n"}`, `{}`}; fmt.Sprint(got) != fmt.Sprint(want) || fmt.Sprint(bad) != "[X-Own: 1]" {
			t.Fatalf("in pieces of %d: got %q and headers %q", size, got, bad)
		}
	}
}
