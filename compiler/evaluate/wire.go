package evaluate

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/qbls/qbls/diagnostics/text"
)

// maxMessage bounds what one side accepts from the other: a killed or hostile child must not fill the parent.
const maxMessage = 32 << 20

var errTooLarge = errors.New("the message is larger than anything that definitions need")

// job is what the child is asked to run.
type job struct {
	Files   []module          `json:"files"` // in the order in which they run: what a module imports comes before it
	Env     map[string]string `json:"env"`
	Unset   []string          `json:"unset"`
	Modules bool              `json:"modules"` // answer with the exports of the modules as well
	LimitMS int64             `json:"limitMs"` // processor time of joining the files, and of running them
}

// module is one file of the project with its unknown expressions marked.
type module struct {
	Path    text.Path            `json:"path"`
	Text    string               `json:"text"`
	Imports map[string]text.Path `json:"imports"` // project files by specifier
}

// message is what the child says: that it is ready, which phase it is in, and what came of it.
type message struct {
	Ready   bool     `json:"ready,omitempty"`
	Bundled bool     `json:"bundled,omitempty"`
	Running *int     `json:"running,omitempty"` // ordinal of the module that begins
	Result  *outcome `json:"result,omitempty"`
}

// outcome is what running the modules gave.
type outcome struct {
	Sites    []siteValue   `json:"sites"`
	Modules  []moduleValue `json:"modules"`
	Failures []failure     `json:"failures"`
	Unread   []failure     `json:"unread"` // what esbuild could not bundle: nothing ran
}

type siteValue struct {
	Site     int             `json:"site"`
	Value    json.RawMessage `json:"value"`
	Unstable bool            `json:"unstable"`
}

type moduleValue struct {
	Module  int             `json:"module"`
	Exports json.RawMessage `json:"exports"`
}

// failure is what stopped a module.
type failure struct {
	Module  int    `json:"module"`
	Kind    string `json:"kind,omitempty"` // "" threw, "interrupted", "recursion"
	Message string `json:"message"`
	Stack   string `json:"stack,omitempty"`   // of JavaScript: positions in marked texts
	Package string `json:"package,omitempty"` // the package that was used
	Line    int    `json:"line,omitempty"`    // of the marked text, from 1
	Column  int    `json:"column,omitempty"`  // in bytes, from 0
	Length  int    `json:"length,omitempty"`  // in bytes, when that is known
}

// send writes one message with its length before it.
func send(w io.Writer, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encoding a message: %w", err)
	}
	if len(body) > maxMessage {
		return errTooLarge
	}
	framed := binary.LittleEndian.AppendUint32(make([]byte, 0, len(body)+4), uint32(len(body)))
	_, err = w.Write(append(framed, body...))
	return err
}

// receive reads one message.
func receive(r io.Reader, v any) error {
	var size [4]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		return err
	}
	n := binary.LittleEndian.Uint32(size[:])
	if n > maxMessage {
		return errTooLarge
	}
	body := make([]byte, n)
	if _, err := io.ReadFull(r, body); err != nil {
		return err
	}
	return json.Unmarshal(body, v)
}
