package lsp

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json/jsontext"
	"go.lsp.dev/protocol"

	"github.com/qbls/qbls/analysis/source"
)

// player is the client of a replay.
type player struct {
	to      io.Writer
	out     io.Writer
	arrived chan jsontext.Value
	configs []jsontext.Value // answers to workspace/configuration, in the order of the recording
	asked   int              // our own requests so far
}

// wireEnvelope is what a player looks at in a message.
type wireEnvelope struct {
	ID     jsontext.Value `json:"id,omitempty"`
	Method string         `json:"method,omitempty"`
	Params jsontext.Value `json:"params,omitempty"`
	Result jsontext.Value `json:"result,omitempty"`
}

func (p *player) listen(in *bufio.Reader) {
	defer close(p.arrived)
	f := newFrames(in, nil)
	for {
		body, err := f.next()
		if err != nil {
			return
		}
		p.arrived <- body
	}
}

// play sends every message of the client. Answers of the client are not sent as recorded: the server of the replay may ask in another
// order, and gets the recorded answer when it asks for settings, else null.
func (p *player) play(ctx context.Context, lines []recorded) error {
	p.configs = configurations(lines)
	running := false
	for _, line := range lines {
		if line.From != "client" {
			continue
		}
		var m wireEnvelope
		if err := json.Unmarshal(line.Message, &m); err != nil {
			return fmt.Errorf("%w: %w", ErrNotARecording, err)
		}
		if m.Method == "" {
			continue
		}
		body := line.Message
		if m.Method == protocol.MethodInitialize {
			var err error
			if body, err = distrusted(line.Message); err != nil {
				return err
			}
		}
		if m.Method == protocol.MethodExit {
			return nil
		}
		if err := p.send(body); err != nil {
			return err
		}
		if m.ID != nil {
			if err := p.until(ctx, m.ID); err != nil {
				return err
			}
		}
		running = running || m.Method == "initialized"
		if m.Method == protocol.MethodShutdown {
			return nil
		}
		if running && m.ID == nil {
			p.asked++
			id := jsontext.Value(fmt.Sprintf(`"replay-%d"`, p.asked))
			if err := p.send(jsontext.Value(fmt.Sprintf(`{"jsonrpc":"2.0","id":%s,"method":%q}`, id, MethodSettled))); err != nil {
				return err
			}
			if err := p.until(ctx, id); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *player) send(body []byte) error {
	_, err := fmt.Fprintf(p.to, "Content-Length: %d\r\n\r\n%s", len(body), body)
	return err
}

// until takes what arrives up to the answer with an id.
func (p *player) until(ctx context.Context, id jsontext.Value) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case body, open := <-p.arrived:
			if !open {
				return errors.New("the server ended before it answered")
			}
			var m wireEnvelope
			if err := json.Unmarshal(body, &m); err != nil {
				return err
			}
			ours := strings.HasPrefix(string(m.ID), `"replay-`)
			switch {
			case m.Method != "" && m.ID != nil:
				if err := p.send(p.reply(m)); err != nil {
					return err
				}
			case m.Method == "" && !ours || m.Method == protocol.MethodTextDocumentPublishDiagnostics:
				if _, err := fmt.Fprintf(p.out, "%s\n", compact(body)); err != nil {
					return err
				}
			}
			if m.Method == "" && string(m.ID) == string(id) {
				return nil
			}
		}
	}
}

// reply answers a request of the server.
func (p *player) reply(m wireEnvelope) []byte {
	result := jsontext.Value("null")
	if m.Method == protocol.MethodWorkspaceConfiguration && len(p.configs) > 0 {
		result, p.configs = p.configs[0], p.configs[1:]
	}
	return fmt.Appendf(nil, `{"jsonrpc":"2.0","id":%s,"result":%s}`, m.ID, result)
}

// configurations are the recorded answers to workspace/configuration.
func configurations(lines []recorded) []jsontext.Value {
	asked := map[string]bool{}
	var out []jsontext.Value
	for _, line := range lines {
		var m wireEnvelope
		if len(line.Message) == 0 || json.Unmarshal(line.Message, &m) != nil {
			continue
		}
		switch {
		case line.From == "server" && m.Method == protocol.MethodWorkspaceConfiguration:
			asked[string(m.ID)] = true
		case line.From == "client" && m.Method == "" && asked[string(m.ID)] && m.Result != nil:
			out = append(out, m.Result)
		}
	}
	return out
}

// distrusted is initialize without trust, and without the process whose end would end the server.
func distrusted(message jsontext.Value) (jsontext.Value, error) {
	var m map[string]jsontext.Value
	if err := json.Unmarshal(message, &m); err != nil {
		return nil, err
	}
	var params map[string]jsontext.Value
	if err := json.Unmarshal(m["params"], &params); err != nil || params == nil {
		return message, nil // the server says what is wrong with it
	}
	params["processId"] = jsontext.Value("null")
	var options map[string]jsontext.Value
	if json.Unmarshal(params["initializationOptions"], &options) == nil && options != nil {
		options["trusted"] = jsontext.Value("false")
		raw, err := json.Marshal(options)
		if err != nil {
			return nil, err
		}
		params["initializationOptions"] = raw
	}
	raw, err := json.Marshal(params)
	if err != nil {
		return nil, err
	}
	m["params"] = raw
	return json.Marshal(m)
}

// replayedDisks answers what the disk answered then: of every call the answers in their order, the last one for ever.
func replayedDisks(lines []recorded) func(string) source.Disk {
	d := &replayed{answers: map[string][]recorded{}}
	for _, line := range lines {
		if line.Disk != "" {
			key := line.Disk + "\x00" + line.Folder + "\x00" + line.Name
			d.answers[key] = append(d.answers[key], line)
		}
	}
	return func(folder string) source.Disk { return replayedDisk{folder, d} }
}

type replayed struct {
	mu      sync.Mutex
	answers map[string][]recorded
}

type replayedDisk struct {
	folder string
	*replayed
}

// take is the next answer to a call, and what the disk has never been asked about is not there.
func (d replayedDisk) take(op, name string) (recorded, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	key := op + "\x00" + d.folder + "\x00" + name
	list := d.answers[key]
	if len(list) == 0 {
		return recorded{}, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
	}
	if len(list) > 1 {
		d.answers[key] = list[1:]
	}
	switch list[0].Error {
	case "":
		return list[0], nil
	case "missing":
		return recorded{}, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
	}
	return recorded{}, errors.New(list[0].Error)
}

func (d replayedDisk) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

func (d replayedDisk) Stat(name string) (fs.FileInfo, error) {
	line, err := d.take("stat", name)
	if err != nil {
		return nil, err
	}
	return recordedItem{*line.Item}, nil
}

func (d replayedDisk) ReadFile(name string) ([]byte, error) {
	line, err := d.take("read", name)
	return []byte(line.Text), err
}

func (d replayedDisk) ReadDir(name string) ([]fs.DirEntry, error) {
	line, err := d.take("list", name)
	if err != nil {
		return nil, err
	}
	var out []fs.DirEntry
	for _, item := range line.Entries {
		out = append(out, fs.FileInfoToDirEntry(recordedItem{item}))
	}
	return out, nil
}

// recordedItem is a dirItem as the disk would give it.
type recordedItem struct{ dirItem }

func (i recordedItem) Name() string       { return i.dirItem.Name }
func (i recordedItem) Size() int64        { return i.dirItem.Size }
func (i recordedItem) Mode() fs.FileMode  { return i.dirItem.Mode }
func (i recordedItem) ModTime() time.Time { return time.Time{} }
func (i recordedItem) IsDir() bool        { return i.dirItem.Mode.IsDir() }
func (i recordedItem) Sys() any           { return nil }
