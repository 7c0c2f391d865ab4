package ordered

import (
	"bytes"
	"slices"
	"strings"
	"sync"
)

// Text is a value that was laid out before, as JSON lays it out at its place. The zero Text is none.
type Text struct {
	raw   []byte
	store *Store
	lines []uint32 // in the store, instead of raw
	size  int
}

// Lay lays a value out as the member key of an object that stands in the given number of objects, each broken.
func Lay(v any, key string, level int) Text {
	var b bytes.Buffer
	layout(&b, build(v), 2*level, len(quoted(key))+2)
	return Text{raw: bytes.Clone(b.Bytes()), size: b.Len()}
}

// None says whether nothing was laid out.
func (t Text) None() bool { return t.raw == nil && t.store == nil }

// Len is the number of bytes.
func (t Text) Len() int { return t.size }

func (t Text) write(b *bytes.Buffer) {
	if t.store == nil {
		b.Write(t.raw)
		return
	}
	t.store.mu.RLock()
	lines := t.store.lines // what is in it stays
	t.store.mu.RUnlock()
	for i, at := range t.lines {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(lines[at])
	}
}

// Store keeps texts by their lines, each line once: the documents of a project say the same of all its tables over and over. It only grows.
// It is safe for concurrent use.
type Store struct {
	mu    sync.RWMutex
	at    map[string]uint32
	lines []string
	named map[string][]*Named
}

// Named is a text with the name that it has among others.
type Named struct {
	Name string
	Text Text
}

// NewStore returns an empty store.
func NewStore() *Store { return &Store{at: map[string]uint32{}, named: map[string][]*Named{}} }

// Lines is the number of lines that it keeps.
func (s *Store) Lines() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.lines)
}

// Keep returns the same text, kept by its lines.
func (s *Store) Keep(t Text) Text {
	if t.store == s || t.None() {
		return t
	}
	var b bytes.Buffer
	t.write(&b)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.keep(t, b.Bytes())
}

// KeepNamed is Keep for a text with a name; what many say in the same words under the same name is one value.
func (s *Store) KeepNamed(n *Named) *Named {
	text := s.Keep(n.Text)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, known := range s.named[n.Name] {
		if slices.Equal(known.Text.lines, text.lines) {
			return known
		}
	}
	kept := &Named{n.Name, text}
	s.named[n.Name] = append(s.named[n.Name], kept)
	return kept
}

func (s *Store) keep(t Text, raw []byte) Text {
	out := Text{store: s, size: t.size, lines: make([]uint32, 0, 1+bytes.Count(raw, []byte{'\n'}))}
	for rest, more := raw, true; more; {
		var line []byte
		line, rest, more = bytes.Cut(rest, []byte{'\n'})
		at, known := s.at[string(line)]
		if !known {
			at = uint32(len(s.lines))
			kept := strings.Clone(string(line))
			s.at[kept], s.lines = at, append(s.lines, kept)
		}
		out.lines = append(out.lines, at)
	}
	return out
}
