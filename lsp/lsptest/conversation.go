package lsptest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/qbls/qbls/lsp"
)

// conversation listens to both ends of a connection and holds every message of the server against the protocol's own description: its
// frame, its envelope, and its parameters or result. What the description lacks must be one of our extensions, and fit its Go type.
type conversation struct {
	model *metaModel

	mu    sync.Mutex
	asked map[string]string // id of a request of the client → its method
	wrong []string          // what was wrong, with the method
}

// extensions are the messages of our own: what their parameters are decoded into for notifications, their results for requests. nil: null.
var extensions = map[string]func() any{
	lsp.MethodStatus:         func() any { return new(lsp.Status) },
	lsp.MethodPreviewChanged: func() any { return &struct{ URI string }{} },
	lsp.MethodTree:           func() any { return new(lsp.TreeResult) },
	lsp.MethodMatrix:         func() any { return new(lsp.MatrixResult) },
	lsp.MethodPreview:        func() any { return new(lsp.Preview) },
	lsp.MethodSettled:        nil,
}

func newConversation() (*conversation, error) {
	model, err := theMetaModel()
	return &conversation{model: model, asked: map[string]string{}}, err
}

// faults are what was wrong so far.
func (c *conversation) faults() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.wrong)
}

type envelope struct {
	JSONRPC string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id,omitempty"`
	Method  *string         `json:"method,omitempty"`
	Params  json.RawMessage `json:"params,omitempty"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *wireError      `json:"error,omitempty"`
}

type wireError struct {
	Code    int32           `json:"code"`
	Message string          `json:"message"`
	Data    json.RawMessage `json:"data,omitempty"`
}

// said takes a message of the client: answers are only understood with what was asked.
func (c *conversation) said(body []byte) {
	var m envelope
	if json.Unmarshal(body, &m) == nil && m.Method != nil && m.ID != nil {
		c.mu.Lock()
		c.asked[string(m.ID)] = *m.Method
		c.mu.Unlock()
	}
}

// heard takes a message of the server.
func (c *conversation) heard(body []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if method, err := c.check(body); err != nil {
		c.wrong = append(c.wrong, fmt.Sprintf("%s: %v", method, err))
	}
}

func (c *conversation) check(body []byte) (method string, err error) {
	var m envelope
	if err := strictly(body, &m); err != nil {
		return "a message", err
	}
	if m.JSONRPC != "2.0" {
		return "a message", fmt.Errorf("says jsonrpc %q", m.JSONRPC)
	}
	if m.Method != nil {
		return *m.Method, c.spoken(*m.Method, m)
	}
	method, known := c.asked[string(m.ID)]
	switch {
	case (m.Result == nil) == (m.Error == nil):
		return method, fmt.Errorf("an answer has either a result or an error: %.200s", body)
	case string(m.ID) == "null" && m.Error != nil: // what could not be read was not answerable (JSON-RPC 2.0, section 5)
		return "an error", nil
	case !known:
		return "an answer", fmt.Errorf("answers %s, which nobody asked", m.ID)
	}
	delete(c.asked, string(m.ID))
	if m.Error != nil {
		if m.Error.Code == 0 || m.Error.Message == "" {
			return method, fmt.Errorf("an error has a code and a message: %.200s", body)
		}
		return method, nil
	}
	return method, c.answered(method, m.Result)
}

// spoken checks a request or a notification of the server.
func (c *conversation) spoken(method string, m envelope) error {
	if m.Result != nil || m.Error != nil {
		return fmt.Errorf("has a method and an answer")
	}
	known := c.model.notifications[method]
	if m.ID != nil {
		known = c.model.requests[method]
	}
	if known != nil {
		return c.typed(known.Params, m.Params, "params")
	}
	if own, ours := extensions[method]; ours && m.ID == nil {
		return strictly(m.Params, own())
	}
	return fmt.Errorf("is neither a message of the protocol nor one of the extensions")
}

func (c *conversation) answered(method string, result json.RawMessage) error {
	if known := c.model.requests[method]; known != nil {
		return c.typed(known.Result, result, "result")
	}
	own, ours := extensions[method]
	switch {
	case !ours:
		return fmt.Errorf("is neither a request of the protocol nor one of the extensions, and has a result")
	case own == nil && string(result) != "null":
		return fmt.Errorf("the result is %s, not null", result)
	case own == nil:
		return nil
	}
	return strictly(result, own())
}

func (c *conversation) typed(t *metaType, raw json.RawMessage, at string) error {
	if t == nil {
		if raw != nil && string(raw) != "null" {
			return fmt.Errorf("%s: there are none in the protocol", at)
		}
		return nil
	}
	if raw == nil {
		return fmt.Errorf("%s: are missing", at)
	}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		return err
	}
	return c.model.fits(t, v, at)
}

// strictly decodes what has the fields of out and no others.
func strictly(raw []byte, out any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	return d.Decode(out)
}

// frames cuts a stream into messages as it goes by (LSP 3.17, "Base Protocol").
type frames struct {
	rest []byte
	each func(body []byte)
	bad  func(header string)
}

func (f *frames) pass(p []byte) {
	f.rest = append(f.rest, p...)
	for {
		end := bytes.Index(f.rest, []byte("\r\n\r\n"))
		if end < 0 {
			return
		}
		length := -1
		var unknown []string
		for line := range strings.SplitSeq(string(f.rest[:end]), "\r\n") {
			if value, ok := strings.CutPrefix(line, "Content-Length: "); ok {
				if n, err := strconv.Atoi(value); err == nil {
					length = n
				}
			} else if !strings.HasPrefix(line, "Content-Type: ") {
				unknown = append(unknown, line)
			}
		}
		if length >= 0 && len(f.rest) < end+4+length {
			return
		}
		for _, line := range unknown {
			f.bad(line)
		}
		if length < 0 {
			f.rest = nil // where the next one begins is not known
			return
		}
		f.each(f.rest[end+4 : end+4+length])
		f.rest = slices.Clone(f.rest[end+4+length:])
	}
}

// heardReader lets a conversation hear what is read.
type heardReader struct {
	io.Reader
	frames frames
}

func (r *heardReader) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	r.frames.pass(p[:n])
	return n, err
}

// saidWriter lets a conversation hear what is written, before it is.
type saidWriter struct {
	io.WriteCloser
	mu     sync.Mutex
	frames frames
}

func (w *saidWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	w.frames.pass(p)
	w.mu.Unlock()
	return w.WriteCloser.Write(p)
}

// listen puts a conversation between the client and both streams.
func (c *conversation) listen(in io.Reader, out io.WriteCloser) (io.Reader, io.WriteCloser) {
	bad := func(header string) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.wrong = append(c.wrong, fmt.Sprintf("the header %q is none of the base protocol", header))
	}
	return &heardReader{Reader: in, frames: frames{each: c.heard, bad: bad}},
		&saidWriter{WriteCloser: out, frames: frames{each: c.said, bad: func(string) {}}}
}
