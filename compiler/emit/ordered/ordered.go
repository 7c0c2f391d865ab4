// Package ordered writes JSON whose keys stay in the order they were set: documents are read by people, and compared by bytes.
package ordered

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

// Map is a JSON object. The zero value is not usable; see New.
type Map struct {
	keys   []string
	values map[string]any
}

// New returns an empty object.
func New() *Map { return &Map{values: map[string]any{}} }

// Set adds or replaces a member and returns the map. A replaced member keeps its place.
func (m *Map) Set(key string, v any) *Map {
	if _, known := m.values[key]; !known {
		m.keys = append(m.keys, key)
	}
	m.values[key] = v
	return m
}

// Get returns a member.
func (m *Map) Get(key string) (any, bool) {
	v, ok := m.values[key]
	return v, ok
}

// Keys returns the names of the members in order.
func (m *Map) Keys() []string { return m.keys }

// width is the length up to which a value stays on one line, and depth how many objects and lists may then be nested in each other.
const (
	width = 120
	depth = 3
)

// JSON returns a value (a Map, a list, a scalar) indented by two spaces, with a newline at the end. Lists and objects stay on one line
// when they are short and shallow.
func JSON(v any) []byte {
	var b bytes.Buffer
	n := build(v)
	b.Grow(n.size(0) + len("\n"))
	layout(&b, n, 0, 0)
	b.WriteByte('\n')
	return b.Bytes()
}

// node is a value prepared for layout: its text on one line, unless that is too long or too deep, and its members.
type node struct {
	flat    []byte // nil: must be broken
	laid    *Text  // laid out already: never part of a line with others
	depth   int
	object  bool
	keys    []string // quoted; of objects
	members []*node  // nil for scalars and empty ones
}

func build(v any) *node {
	switch v := v.(type) {
	case *Map:
		n := &node{object: true, keys: make([]string, len(v.keys)), members: make([]*node, len(v.keys))}
		for i, k := range v.keys {
			n.keys[i] = string(quoted(k))
			n.members[i] = build(v.values[k])
		}
		return n.join()
	case []any:
		n := &node{members: make([]*node, len(v))}
		for i, e := range v {
			n.members[i] = build(e)
		}
		return n.join()
	case []string:
		n := &node{members: make([]*node, len(v))}
		for i, e := range v {
			n.members[i] = &node{flat: quoted(e)}
		}
		return n.join()
	case string:
		return &node{flat: quoted(v)}
	case Text:
		return &node{laid: &v}
	}
	return &node{flat: marshal(v)}
}

// size is how long the node becomes at most, in a line that begins at indent: a long document is not to be copied while it grows.
func (n *node) size(indent int) int {
	if n.laid != nil {
		return n.laid.Len()
	}
	out := len(n.flat) + len("{\n}") + indent
	for i, m := range n.members {
		out += len(",\n") + indent + 2 + m.size(indent+2)
		if n.object {
			out += len(n.keys[i]) + len(": ")
		}
	}
	return out
}

// join makes the text on one line.
func (n *node) join() *node {
	b := []byte{'['}
	if n.object {
		b[0] = '{'
	}
	fits := true
	for i, m := range n.members {
		n.depth = max(n.depth, m.depth)
		if m.flat == nil || len(b) > width {
			fits = false
			continue
		}
		switch {
		case i > 0:
			b = append(b, ", "...)
		case n.object:
			b = append(b, ' ')
		}
		if n.object {
			b = append(append(b, n.keys[i]...), ": "...)
		}
		b = append(b, m.flat...)
	}
	n.depth++
	switch {
	case !n.object:
		b = append(b, ']')
	case len(n.members) > 0:
		b = append(b, " }"...)
	default:
		b = append(b, '}')
	}
	if fits && n.depth <= depth && len(b) <= width {
		n.flat = b
	}
	return n
}

// layout prints a node whose line begins at indent and of which before columns are taken.
func layout(b *bytes.Buffer, n *node, indent, before int) {
	if n.flat != nil && (n.members == nil || indent+before+len(n.flat)+1 <= width) {
		b.Write(n.flat)
		return
	}
	if n.laid != nil {
		n.laid.write(b)
		return
	}
	open, end := byte('['), byte(']')
	if n.object {
		open, end = '{', '}'
	}
	b.WriteByte(open)
	for i, m := range n.members {
		if i > 0 {
			b.WriteByte(',')
		}
		newline(b, indent+2)
		taken := 0
		if n.object {
			b.WriteString(n.keys[i])
			b.WriteString(": ")
			taken = len(n.keys[i]) + 2
		}
		layout(b, m, indent+2, taken)
	}
	newline(b, indent)
	b.WriteByte(end)
}

const spaces = "                                                                "

func newline(b *bytes.Buffer, indent int) {
	b.WriteByte('\n')
	for ; indent > len(spaces); indent -= len(spaces) {
		b.WriteString(spaces)
	}
	b.WriteString(spaces[:indent])
}

// quoted returns a string as JSON.
func quoted(s string) []byte {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return marshal(s)
		}
	}
	return append(append(append(make([]byte, 0, len(s)+2), '"'), s...), '"')
}

// marshal returns a scalar as JSON. It panics on what JSON cannot say: documents hold texts, numbers and booleans only.
func marshal(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic("ordered: " + err.Error())
	}
	return b.Bytes()[:b.Len()-1] // without the encoder's newline
}
