package lsp

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/qbls/qbls/analysis/source"
)

// A recording is a text file with one JSON value a line: what the client sent, what the server answered, and what the server read of
// the disk, in the order in which it happened. It has no clock in it. It holds the texts of the project.
type recorded struct {
	From    string         `json:"from,omitempty"`    // "client" or "server"
	Message jsontext.Value `json:"message,omitempty"` // of either

	Disk    string    `json:"disk,omitempty"` // "open", "stat", "list" or "read"
	Folder  string    `json:"folder,omitempty"`
	Name    string    `json:"name,omitempty"`
	Text    string    `json:"text,omitempty"`    // of a file that was read
	Entries []dirItem `json:"entries,omitempty"` // of a folder that was listed
	Item    *dirItem  `json:"item,omitempty"`    // of what was asked about
	Error   string    `json:"error,omitempty"`   // "missing", or what the disk said
}

// dirItem is what a disk says about a file or folder.
type dirItem struct {
	Name string      `json:"name"`
	Mode fs.FileMode `json:"mode"`
	Size int64       `json:"size"`
}

// recorder writes a recording.
type recorder struct {
	mu  sync.Mutex
	out io.Writer
	err error // the first that writing gave; the rest is not recorded
}

func (r *recorder) write(line recorded) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		return
	}
	encoder := json.NewEncoder(r.out)
	encoder.SetEscapeHTML(false)
	r.err = encoder.Encode(line)
}

// failed is why the recording is not whole; nil when it is, or when there is none.
func (r *recorder) failed() error {
	if r == nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.err
}

func (r *recorder) received(body []byte) {
	r.write(recorded{From: "client", Message: compact(body)})
}

// sent takes a whole frame, as lockedWriter writes it.
func (r *recorder) sent(frame []byte) {
	if _, body, ok := bytes.Cut(frame, []byte("\r\n\r\n")); ok {
		r.write(recorded{From: "server", Message: compact(body)})
	}
}

// compact is JSON on one line.
func compact(body []byte) jsontext.Value {
	v := jsontext.Value(body).Clone()
	if err := v.Compact(jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)); err != nil {
		return jsontext.Value("null") // inspect has let it pass: it is JSON
	}
	return v
}

// disk records what is read of a folder.
func (r *recorder) disk(of func(string) source.Disk) func(string) source.Disk {
	return func(folder string) source.Disk { return recordedDisk{of(folder), folder, r} }
}

type recordedDisk struct {
	source.Disk
	folder string
	to     *recorder
}

func (d recordedDisk) note(op, name string, line recorded, err error) {
	line.Disk, line.Folder, line.Name = op, d.folder, name
	switch {
	case errors.Is(err, fs.ErrNotExist):
		line.Error = "missing"
	case err != nil:
		line.Error = err.Error()
	}
	d.to.write(line)
}

func (d recordedDisk) Stat(name string) (fs.FileInfo, error) {
	info, err := d.Disk.Stat(name)
	d.note("stat", name, recorded{Item: itemOf(info)}, err)
	return info, err
}

func (d recordedDisk) ReadFile(name string) ([]byte, error) {
	content, err := d.Disk.ReadFile(name)
	d.note("read", name, recorded{Text: string(content)}, err)
	return content, err
}

func (d recordedDisk) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := d.Disk.ReadDir(name)
	var items []dirItem
	for _, e := range entries {
		item := dirItem{Name: e.Name(), Mode: e.Type()}
		if info, err := e.Info(); err == nil {
			item.Size = info.Size()
		}
		items = append(items, item)
	}
	d.note("list", name, recorded{Entries: items}, err)
	return entries, err
}

func itemOf(info fs.FileInfo) *dirItem {
	if info == nil {
		return nil
	}
	return &dirItem{info.Name(), info.Mode(), info.Size()}
}

// ErrNotARecording is returned by Replay for a file that no server has written.
var ErrNotARecording = errors.New("this is no recording of qbls lsp")

// Replay plays what a client sent in a recording to a server over the disk of the recording, one message after the other, each when
// everything about the one before it is done. It writes what the server answers and publishes, one JSON value a line: the same recording
// and the same program give the same bytes. Nothing of the project is run and nothing is written: the workspace counts as not trusted.
func Replay(ctx context.Context, recording io.Reader, c Config, out io.Writer) error {
	lines, err := readRecording(recording)
	if err != nil {
		return err
	}
	fromClient, toServer := io.Pipe()
	fromServer, toClient := io.Pipe()
	c.In, c.Out, c.Disk = fromClient, toClient, replayedDisks(lines)
	c.Compile, c.Settle, c.Emit, c.Changes, c.Pending, c.Policy, c.Record = nil, nil, nil, nil, nil, nil, nil
	c.Watch = func(ctx context.Context, _ string, _ func([]string)) error { <-ctx.Done(); return nil }
	c.Alive = func(int) bool { return true }
	ended := make(chan error, 1)
	go func() {
		ended <- Serve(ctx, c)
		toClient.Close()
		fromClient.Close()
	}()
	p := &player{to: toServer, out: out, arrived: make(chan jsontext.Value, 64)}
	go p.listen(bufio.NewReader(fromServer))
	playErr := p.play(ctx, lines)
	toServer.Close()
	for range p.arrived { // what is left is of no interest, but must be read for the server to end
	}
	if err := <-ended; playErr == nil && err != nil && !errors.Is(err, ErrNoShutdown) {
		playErr = err
	}
	return playErr
}

func readRecording(from io.Reader) ([]recorded, error) {
	var out []recorded
	decoder := json.NewDecoder(from)
	for {
		var line recorded
		err := decoder.Decode(&line)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil && len(out) > 0 && errors.Is(err, io.ErrUnexpectedEOF) {
			break // the server was killed while it wrote: what came before counts
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrNotARecording, err)
		}
		out = append(out, line)
	}
	if len(out) == 0 {
		return nil, ErrNotARecording
	}
	return out, nil
}
