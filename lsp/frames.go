package lsp

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
	"go.lsp.dev/jsonrpc2"
)

// maxFrame is the longest message that is read, in bytes: longer than any file that is a definition.
const maxFrame = 64 << 20

// frames is the reading end of a connection. It passes on only what is a message, because the library ends the connection over
// anything else: what is not is answered with an error, as JSON-RPC 2.0 asks ("Error object"), and the next message is looked for.
type frames struct {
	in     *bufio.Reader
	closer io.Closer
	refuse func(code jsonrpc2.Code, id jsontext.Value, why string)
	seen   func(body []byte) // every message that is passed on; may be nil
	rest   []byte            // of the frame that is being passed on
}

func newFrames(in io.Reader, refuse func(jsonrpc2.Code, jsontext.Value, string)) *frames {
	f := &frames{in: bufio.NewReader(in), refuse: refuse}
	f.closer, _ = in.(io.Closer)
	return f
}

func (f *frames) Close() error {
	if f.closer == nil {
		return nil
	}
	return f.closer.Close()
}

func (f *frames) Read(p []byte) (int, error) {
	for len(f.rest) == 0 {
		body, err := f.next()
		if err != nil {
			return 0, err
		}
		if code, id, why := inspect(body); why != "" {
			f.refuse(code, id, why)
			continue
		}
		if f.seen != nil {
			f.seen(body)
		}
		f.rest = append(append(f.rest[:0:0], "Content-Length: "+strconv.Itoa(len(body))+"\r\n\r\n"...), body...)
	}
	n := copy(p, f.rest)
	f.rest = f.rest[n:]
	return n, nil
}

// next returns the body of the next frame. The error is io.EOF between frames, and io.ErrUnexpectedEOF inside of one.
func (f *frames) next() ([]byte, error) {
	length, err := f.header()
	if err != nil {
		return nil, err
	}
	var body bytes.Buffer // grows with what comes, not with what was promised
	if _, err := io.CopyN(&body, f.in, int64(length)); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	return body.Bytes(), nil
}

// promise finds a Content-Length at the end of a line: behind a body of unknown length the next header begins on the same line.
var promise = regexp.MustCompile(`(?i)content-length:[ \t]*([0-9]{1,9})[ \t]*$`)

// header reads a header block and returns the length that it promises. A block without a usable one is refused, and what follows it is
// skipped up to the next that has one.
func (f *frames) header() (int, error) {
	length, started, skipping := 0, false, false
	for {
		line, err := f.line()
		if err != nil {
			if errors.Is(err, io.EOF) && started && !skipping {
				err = io.ErrUnexpectedEOF
			}
			return 0, err
		}
		if m := promise.FindStringSubmatch(line); m != nil && (skipping || len(m[0]) == len(line)) {
			length, _ = strconv.Atoi(m[1]) // nine digits fit
			started, skipping = true, false
			continue
		}
		switch {
		case line != "":
			started = true
		case skipping || !started: // a body that is skipped, or blank lines between frames
		case length > 0 && length <= maxFrame:
			return length, nil
		default:
			why := "the header has no Content-Length that is a positive number"
			if length > 0 {
				why = fmt.Sprintf("a message of %d bytes is longer than the %d that are read", length, maxFrame)
			}
			f.refuse(jsonrpc2.ParseError, nil, why)
			length, skipping = 0, true
		}
	}
}

// line returns a line without its end, at most its last 4 KiB.
func (f *frames) line() (string, error) {
	var out []byte
	for {
		part, err := f.in.ReadSlice('\n')
		out = append(out, part...)
		out = out[max(0, len(out)-4096):]
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
		case err != nil && len(out) > 0 && errors.Is(err, io.EOF):
			return "", io.ErrUnexpectedEOF
		case err != nil:
			return "", err
		default:
			return strings.TrimRight(string(out), "\r\n"), nil
		}
	}
}

// inspect says why a body is no message that the library can take; "" when it is one. Batches are left to the library.
func inspect(body []byte) (code jsonrpc2.Code, id jsontext.Value, why string) {
	value := jsontext.Value(body)
	lenient := []jsontext.Options{jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)}
	if !value.IsValid(lenient...) {
		return jsonrpc2.ParseError, nil, "this is not JSON"
	}
	switch value.Kind() {
	case '[':
		return 0, nil, ""
	case '{':
	default:
		return jsonrpc2.InvalidRequest, nil, "a message is an object"
	}
	var m envelope
	if err := m.read(jsontext.NewDecoder(bytes.NewReader(body), lenient...)); err != nil {
		return jsonrpc2.ParseError, nil, err.Error()
	}
	switch {
	case m.id != nil && m.id.Kind() != '"' && !integer.Match(m.id):
		return jsonrpc2.InvalidRequest, nil, "an id is a string or a whole number"
	case m.version != `"2.0"`:
		return jsonrpc2.InvalidRequest, m.id, "a message says jsonrpc: \"2.0\""
	case m.method == nil && !m.answer:
		return jsonrpc2.InvalidRequest, m.id, "a message has a method, a result or an error"
	case m.method == nil && m.id == nil:
		return jsonrpc2.InvalidRequest, nil, "an answer says what it answers"
	case m.method != nil && m.method.Kind() != '"':
		return jsonrpc2.InvalidRequest, m.id, "a method is a string"
	}
	return 0, nil, ""
}

var integer = regexp.MustCompile(`^-?[0-9]{1,18}$`)

// envelope is what every message has around its parameters.
type envelope struct {
	version    string
	id, method jsontext.Value
	answer     bool
}

func (m *envelope) read(d *jsontext.Decoder) error {
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() != '}' {
		name, err := d.ReadToken()
		if err != nil {
			return err
		}
		switch key := name.String(); key {
		case "jsonrpc", "id", "method":
			v, err := d.ReadValue()
			if err != nil {
				return err
			}
			switch key {
			case "jsonrpc":
				m.version = string(v)
			case "id":
				if m.id = v.Clone(); v.Kind() == 'n' {
					m.id = nil
				}
			default:
				m.method = v.Clone()
			}
		default:
			m.answer = m.answer || key == "result" || key == "error"
			if err := d.SkipValue(); err != nil {
				return err
			}
		}
	}
	return nil
}

// lockedWriter is the writing end of a connection, which the library shares with the errors about what is no message. Every call of
// Write is one whole message.
type lockedWriter struct {
	mu   sync.Mutex
	out  io.Writer
	sent func(frame []byte) // every message that goes out; may be nil
}

func (w *lockedWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.sent != nil {
		w.sent(p)
	}
	return w.out.Write(p)
}

func (w *lockedWriter) Close() error {
	if c, ok := w.out.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

// refuse answers what is no message.
func (w *lockedWriter) refuse(code jsonrpc2.Code, id jsontext.Value, why string) {
	if id == nil {
		id = jsontext.Value("null")
	}
	text, err := jsontext.AppendQuote(nil, why)
	if err != nil {
		return
	}
	body := fmt.Sprintf(`{"jsonrpc":"2.0","id":%s,"error":{"code":%d,"message":%s}}`, id, code, text)
	_, _ = fmt.Fprintf(w, "Content-Length: %d\r\n\r\n%s", len(body), body) // a client that is gone ends the reading end
}
