package lsp_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/qbls/qbls/lsp"
	"github.com/qbls/qbls/lsp/lsptest"
)

// wireClient writes whatever it is told to a server, and reads what is answered.
type wireClient struct {
	t     *testing.T
	in    *bufio.Reader
	ended chan error
	queue chan string
}

// wire starts a server over the sample; it is initialized unless the test does that.
func wire(t *testing.T, initialize bool) *wireClient {
	t.Helper()
	in, toServer := io.Pipe()
	fromServer, out := io.Pipe()
	c := &wireClient{t, bufio.NewReader(fromServer), make(chan error, 1), make(chan string, 100)}
	go func() {
		for bytes := range c.queue {
			_, _ = io.WriteString(toServer, bytes)
		}
		toServer.Close()
	}()
	t.Cleanup(func() { toServer.Close() })
	disk := lsptest.NewDisk(root, sample(t))
	go func() {
		c.ended <- lsp.Serve(context.Background(), lsp.Config{In: in, Out: out, Disk: disk.Under})
		out.Close()
	}()
	if initialize {
		c.send(c.initialize(1))
		c.answer(1)
		c.send(`{"jsonrpc":"2.0","method":"initialized","params":{}}`)
		c.send(c.open())
	}
	return c
}

func (c *wireClient) initialize(id int) string {
	return fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"initialize","params":{"processId":null,"rootUri":%q,"capabilities":{}}}`, id, uriOf(""))
}

func (c *wireClient) open() string {
	content, _ := json.Marshal(sample(c.t)[jobsFile])
	return fmt.Sprintf(`{"jsonrpc":"2.0","method":"textDocument/didOpen","params":{"textDocument":{"uri":%q,"languageId":"typescript","version":1,"text":%s}}}`, uriOf(jobsFile), content)
}

func uriOf(name string) string {
	return "file://" + strings.NewReplacer(" ", "%20", "ä", "%C3%A4").Replace(strings.TrimSuffix(root+"/"+name, "/"))
}

func (c *wireClient) send(body string) { c.raw(frame(body)) }

func frame(body string) string { return fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body) }

// raw writes bytes as they are. A server that ended takes no more, which the next answer tells.
func (c *wireClient) raw(bytes string) {
	c.queue <- bytes
}

type wireMessage struct {
	ID     json.RawMessage
	Method string
	Params json.RawMessage
	Result json.RawMessage
	Error  *struct {
		Code    int
		Message string
	}
}

// next reads one message of the server.
func (c *wireClient) next() (wireMessage, error) {
	length := 0
	for {
		line, err := c.in.ReadString('\n')
		if err != nil {
			return wireMessage{}, err
		}
		if line = strings.TrimSpace(line); line == "" {
			break
		}
		if _, err := fmt.Sscanf(line, "Content-Length: %d", &length); err != nil {
			return wireMessage{}, err
		}
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(c.in, body); err != nil {
		return wireMessage{}, err
	}
	var m wireMessage
	return m, json.Unmarshal(body, &m)
}

// answer reads until the answer with an id comes.
func (c *wireClient) answer(id int) wireMessage {
	c.t.Helper()
	return c.await(func(m wireMessage) bool { return m.Method == "" && string(m.ID) == fmt.Sprint(id) })
}

func (c *wireClient) await(wanted func(wireMessage) bool) wireMessage {
	c.t.Helper()
	for {
		m, err := c.next()
		if err != nil {
			c.t.Fatalf("the server went away: %v", err)
		}
		if wanted(m) {
			return m
		}
	}
}

const hoverMessage = `{"jsonrpc":"2.0","id":%d,"method":"textDocument/hover","params":{"textDocument":{"uri":%q},"position":{"line":%s,"character":%s}}}`

// hostile messages and the code of the error that answers them; 0: nothing answers. After each of them the server must still answer.
var hostile = []struct {
	name  string
	bytes string
	code  int
}{
	{"bad JSON", frame(`{"jsonrpc":"2.0","id":7,`), -32700},
	{"no JSON at all", frame("GET / HTTP/1.1"), -32700},
	{"a number", frame(`42`), -32600},
	{"an empty object", frame(`{}`), -32600},
	{"a method that is no string", frame(`{"jsonrpc":"2.0","id":7,"method":1}`), -32600},
	{"an id that is half a number", frame(`{"jsonrpc":"2.0","id":1.5,"method":"textDocument/hover","params":{}}`), -32600},
	{"another JSON-RPC", frame(`{"jsonrpc":"1.0","id":7,"method":"textDocument/hover","params":{}}`), -32600},
	{"a huge frame header", "Content-Length: 99999999999999\r\n\r\n", -32700},
	{"a frame that is too long", "Content-Length: 999999999\r\n\r\n{\"jsonrpc\":\"2.0\",\"id\":7}", -32700},
	{"a negative length", "Content-Length: -5\r\n\r\n{}", -32700},
	{"a header without a length", "Content-Type: x\r\n\r\n{}", -32700},
	{"a header line without an end", strings.Repeat("x", 1<<20) + "\r\n\r\n", -32700},
	{"JSON nested 100,000 deep", frame(`{"jsonrpc":"2.0","id":7,"method":"x","params":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + `}`), -32700},
	{"an unknown method", frame(`{"jsonrpc":"2.0","id":7,"method":"textDocument/dance","params":{}}`), -32601},
	{"an unknown notification", frame(`{"jsonrpc":"2.0","method":"textDocument/didDance","params":{}}`), 0},
	{"an answer to nothing", frame(`{"jsonrpc":"2.0","id":12345,"result":null}`), 0},
	{"initialize a second time", frame(`{"jsonrpc":"2.0","id":7,"method":"initialize","params":{"capabilities":{}}}`), -32600},
	{"parameters of the wrong kind", frame(`{"jsonrpc":"2.0","id":7,"method":"textDocument/hover","params":"x"}`), -32602},
	{"notification parameters of the wrong kind", frame(`{"jsonrpc":"2.0","method":"textDocument/didChange","params":[1]}`), 0},
	{"a URI that is no file", frame(fmt.Sprintf(hoverMessage, 7, "untitled:x", "0", "0")), 1},
	{"a URI that is none", frame(fmt.Sprintf(hoverMessage, 7, "%%%", "0", "0")), 1},
	{"a position beyond the text", frame(fmt.Sprintf(hoverMessage, 7, uriOf(jobsFile), "4000000000", "4000000000")), 1},
	{"a negative position", frame(fmt.Sprintf(hoverMessage, 7, uriOf(jobsFile), "-1", "-1")), -32602},
	{"edits out of order and beyond the text", frame(fmt.Sprintf(`{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":%q,"version":-3},"contentChanges":[
		{"range":{"start":{"line":9999,"character":9},"end":{"line":2,"character":1}},"text":"x"},{"range":{"start":{"line":0,"character":99999},"end":{"line":0,"character":0}},"text":""}]}}`, uriOf(jobsFile))), 0},
	{"a change of what is not open", frame(`{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"file:///x.ts","version":1},"contentChanges":[{"text":"x"}]}}`), 0},
	{"an empty batch", frame(`[]`), -32600},
	{"cancelling what was never asked", frame(`{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":"nobody"}}`), 0},
}

func TestHostileMessagesDoNotEndTheServer(t *testing.T) {
	for _, h := range hostile {
		t.Run(h.name, func(t *testing.T) {
			c := wire(t, true)
			c.raw(h.bytes + frame(`{"jsonrpc":"2.0","id":99,"method":"qbls/settled"}`))
			var got wireMessage
			answered, settled := false, false
			c.await(func(m wireMessage) bool {
				if m.Method == "" && string(m.ID) != "99" {
					got, answered = m, true
				}
				settled = settled || string(m.ID) == "99"
				return settled && (answered || h.code == 0)
			})
			switch {
			case h.code == 0 && answered:
				t.Errorf("it was answered with %+v", got)
			case h.code == 1 && got.Error != nil:
				t.Errorf("it was answered with the error %+v", got.Error)
			case h.code < 0 && (got.Error == nil || got.Error.Code != h.code || got.Error.Message == ""):
				t.Errorf("it was answered with %s %+v", got.Result, got.Error)
			}
			c.send(`{"jsonrpc":"2.0","id":100,"method":"shutdown"}`)
			if m := c.answer(100); m.Error != nil {
				t.Errorf("shutdown: %+v", m.Error)
			}
			c.send(`{"jsonrpc":"2.0","method":"exit"}`)
			go func() { _, _ = io.Copy(io.Discard, c.in) }()
			if err := <-c.ended; err != nil {
				t.Errorf("it ended with %v", err)
			}
		})
	}
}

// TestWhatComesBeforeInitialize: requests are refused, notifications ignored, and then everything is as if they had not been.
func TestWhatComesBeforeInitialize(t *testing.T) {
	c := wire(t, false)
	c.raw(frame(c.open()) + frame(fmt.Sprintf(hoverMessage, 5, uriOf(jobsFile), "0", "0")) + frame(c.initialize(6)))
	if m := c.answer(5); m.Error == nil || m.Error.Code != -32002 {
		t.Errorf("hover: %+v", m)
	}
	if m := c.answer(6); m.Error != nil || !strings.Contains(string(m.Result), "capabilities") {
		t.Errorf("initialize: %+v", m)
	}
}

// TestAFrameThatIsCutOffEnds: there is nobody to answer any more, and nothing of it is acted on.
func TestAFrameThatIsCutOffEnds(t *testing.T) {
	c := wire(t, true)
	c.raw("Content-Length: 500\r\n\r\n{\"jsonrpc\":")
	close(c.queue)
	go func() { _, _ = io.Copy(io.Discard, c.in) }()
	if err := <-c.ended; err == nil || errors.Is(err, context.Canceled) {
		t.Errorf("it ended with %v", err)
	}
}
