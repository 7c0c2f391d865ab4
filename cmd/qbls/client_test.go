package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/textproto"
	"net/url"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

type buffer = bytes.Buffer

// client speaks to `qbls lsp` over its standard input and output (LSP 3.17, base protocol).
type client struct {
	t        *testing.T
	in       io.WriteCloser
	messages chan message
	folder   string
	next     int
	versions map[string]int
}

type message struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
	Result json.RawMessage `json:"result"`
	Error  json.RawMessage `json:"error"`
}

type position struct {
	Line      int `json:"line"`
	Character int `json:"character"`
}
type finding struct {
	Code     string
	Message  string
	Severity int
	Range    struct{ Start, End position }
}

func connect(t *testing.T, folder string) *client {
	t.Helper()
	cmd := exec.Command(binary, "lsp")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c := &client{t: t, in: in, messages: make(chan message, 1000), folder: folder, versions: map[string]int{}}
	go c.read(bufio.NewReader(out))
	t.Cleanup(func() {
		c.request("shutdown", nil)
		c.notify("exit", nil)
		in.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("qbls lsp: %v", err)
		}
	})
	c.request("initialize", map[string]any{"processId": nil, "rootUri": c.uri(""), "capabilities": map[string]any{}})
	c.notify("initialized", map[string]any{})
	return c
}

func (c *client) uri(file string) string {
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(filepath.Join(c.folder, file))}).String()
}

func (c *client) read(r *bufio.Reader) {
	defer close(c.messages)
	for {
		header, err := textproto.NewReader(r).ReadMIMEHeader()
		if err != nil {
			return
		}
		length, err := strconv.Atoi(header.Get("Content-Length"))
		if err != nil {
			return
		}
		body := make([]byte, length)
		if _, err := io.ReadFull(r, body); err != nil {
			return
		}
		var m message
		if err := json.Unmarshal(body, &m); err != nil {
			return
		}
		c.messages <- m
	}
}

func (c *client) send(m map[string]any) {
	m["jsonrpc"] = "2.0"
	body, err := json.Marshal(m)
	if err != nil {
		c.t.Fatal(err)
	}
	if _, err := fmt.Fprintf(c.in, "Content-Length: %d\r\n\r\n%s", len(body), body); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) notify(method string, params any) {
	c.send(map[string]any{"method": method, "params": params})
}

// receive waits for the next message; requests of the server are answered with null.
func (c *client) receive() message {
	c.t.Helper()
	select {
	case m, open := <-c.messages:
		if !open {
			c.t.Fatal("the server closed the connection")
		}
		if m.Method != "" && m.ID != nil {
			c.send(map[string]any{"id": m.ID, "result": nil})
		}
		return m
	case <-time.After(patience):
		c.t.Fatalf("the server said nothing for %v", patience)
	}
	return message{}
}

// request waits for its answer and drops the notifications that come before it.
func (c *client) request(method string, params any) json.RawMessage {
	c.t.Helper()
	c.next++
	id := c.next
	c.send(map[string]any{"id": id, "method": method, "params": params})
	for {
		m := c.receive()
		if m.Method == "" && string(m.ID) == strconv.Itoa(id) {
			if m.Error != nil {
				c.t.Fatalf("%s: %s", method, m.Error)
			}
			return m.Result
		}
	}
}

// published collects diagnostics by file until those of every awaited file have come in a way that satisfies done.
func (c *client) published(into map[string][]finding, done func() bool) {
	c.t.Helper()
	for !done() {
		m := c.receive()
		if m.Method != "textDocument/publishDiagnostics" {
			continue
		}
		var p struct {
			URI         string
			Diagnostics []finding
		}
		if err := json.Unmarshal(m.Params, &p); err != nil {
			c.t.Fatal(err)
		}
		u, err := url.Parse(p.URI)
		if err != nil {
			c.t.Fatal(err)
		}
		file, err := filepath.Rel(c.folder, filepath.FromSlash(u.Path))
		if err != nil {
			c.t.Fatal(err)
		}
		into[filepath.ToSlash(file)] = p.Diagnostics
	}
}

func (c *client) open(file, text string) {
	c.versions[file] = 1
	c.notify("textDocument/didOpen", map[string]any{"textDocument": map[string]any{"uri": c.uri(file), "languageId": "typescript", "version": 1, "text": text}})
}

// change replaces the whole text.
func (c *client) change(file, text string) {
	c.versions[file]++
	c.notify("textDocument/didChange", map[string]any{"textDocument": map[string]any{"uri": c.uri(file), "version": c.versions[file]}, "contentChanges": []any{map[string]any{"text": text}}})
}
