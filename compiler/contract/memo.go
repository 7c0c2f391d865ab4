package contract

import (
	"sync"
	"unsafe"

	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/output"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// Memo remembers what was found of the parts of one project's output, so that only parts are read that have changed, or that something
// else is declared for. A part is kept only while nothing is wrong with it. It is safe for concurrent use.
type Memo struct {
	mu    sync.Mutex
	parts map[string]part
	code  *standing // the code that was verified last; nil: something was wrong with it
}

type part struct {
	key    string
	found  found
	result any
}

// NewMemo remembers nothing.
func NewMemo() *Memo { return &Memo{parts: map[string]part{}} }

func (m *Memo) get(name, key string) (part, bool) {
	if m == nil {
		return part{}, false
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	p, ok := m.parts[name]
	return p, ok && key != "" && p.key == key
}

// last is what was found of a part when it was read last.
func (m *Memo) last(name string) (part, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p, ok := m.parts[name]
	return p, ok
}

func (m *Memo) standing() *standing {
	if m == nil {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.code
}

func (m *Memo) stands(s *standing) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.code = s
}

func (m *Memo) keep(name string, p part) {
	if m == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(p.found.violations) > 0 || p.key == "" {
		delete(m.parts, name)
		return
	}
	m.parts[name] = p
}

// found is what reading gives.
type found struct {
	violations []Violation
	evidence   []proof
	known      []text.Path // files that were read
}

// proof is a piece of evidence for a contract.
type proof struct {
	rule *diagnostics.Rule
	Evidence
}

func (v *verifier) add(more found) {
	v.violations = append(v.violations, more.violations...)
	v.known = append(v.known, more.known...)
	if !v.brief {
		v.evidence = append(v.evidence, more.evidence...)
	}
}

// part reads a part of the output, or takes what was found of it before. The key consists of everything that reading looks at: contents,
// and what is declared. With an empty key the part is read each time.
func (v *verifier) part(name, key string, read func() any) any {
	if p, ok := v.Memo.get(name, key); ok && holds(v, p.result) {
		v.add(p.found)
		return p.result
	}
	outer := v.found
	v.found = found{}
	p := part{key: key, result: read()}
	p.found = v.found
	v.found = outer
	v.add(p.found)
	v.Memo.keep(name, p)
	return p.result
}

// holds says whether a result is still true as far as its key does not tell.
func holds(v *verifier, result any) bool {
	r, has := result.(interface{ holds(*verifier) bool })
	return !has || r.holds(v)
}

// sum is the part of a key for the content of a file.
func (v *verifier) sum(file text.Path) string {
	f := v.file(file)
	if f == nil {
		return "\x00"
	}
	h := f.Hash()
	return string(h[:])
}

// declared is the part of a key for what is declared of resources: all that emission makes their files of.
func (v *verifier) declared(resources ...*model.Resource) string {
	if v.Memo == nil {
		return ""
	}
	key := make([]byte, 0, 32*len(resources))
	for _, r := range resources {
		h := v.Declared(r)
		key = append(key, h[:]...)
	}
	return string(key)
}

// project is the part of a key for what is declared once.
func (v *verifier) project() string {
	if v.once == "" {
		c, g := v.Project.Config.Hash, v.Project.Globals.Hash
		v.once = string(c[:]) + string(g[:]) + string(v.Project.Root) + "\x00" + string(v.Project.Source)
	}
	return v.once
}

// text is the content of a file, "" when it is not emitted.
func (v *verifier) text(file text.Path) string {
	s, _ := v.content(file)
	return s
}

// content is the content of a file; ok is false when it is not emitted.
func (v *verifier) content(file text.Path) (s string, ok bool) {
	f := v.file(file)
	if f == nil {
		return "", false
	}
	if v.reading.file != f {
		v.reading.file, v.reading.text = f, unsafe.String(unsafe.SliceData(f.Content), len(f.Content)) // nobody changes it, and documents are long
	}
	return v.reading.text, true
}

// reading is the file that was read last.
type reading struct {
	file *output.File
	text string
}
