package contract

import (
	"crypto/sha256"
	"encoding/json"
	"strings"

	"github.com/qbls/qbls/compiler/contract/literal"
)

// A document describes thousands of resources, of which a save changes a few. So it is taken apart first, without being read, and only
// members that have changed are read. Where anything is not as it should be, all of it is read as one, which says where.

// member is a property of an object in JSON text: the text of its value, and where it stands in that of the object.
type member struct {
	name, text string
	start      int
}

func (m member) span() span { return span{m.start, m.start + len(m.text)} }

// sum is the part of a key for a member.
func (m member) sum() string {
	h := sha256.Sum256([]byte(m.text))
	return string(h[:])
}

// members takes an object apart. ok is false for what is no object, or has a name twice; the values are not looked at.
func members(src string) (out []member, ok bool) {
	s := scanner{src: src}
	if !s.take('{') {
		return nil, false
	}
	names := map[string]bool{}
	for first := true; !s.take('}'); first = false {
		if !first && !s.take(',') {
			return nil, false
		}
		name, isName := s.name()
		if !isName || names[name] || !s.take(':') {
			return nil, false
		}
		names[name] = true
		s.blanks()
		start := s.at
		if !s.value() {
			return nil, false
		}
		out = append(out, member{name, src[start:s.at], start})
	}
	s.blanks()
	return out, s.at == len(src)
}

// scanner finds the ends of values.
type scanner struct {
	src string
	at  int
}

func (s *scanner) blanks() {
	for s.at < len(s.src) && (s.src[s.at] == ' ' || s.src[s.at] == '\n' || s.src[s.at] == '\r' || s.src[s.at] == '\t') {
		s.at++
	}
}

func (s *scanner) take(c byte) bool {
	s.blanks()
	if s.at < len(s.src) && s.src[s.at] == c {
		s.at++
		return true
	}
	return false
}

func (s *scanner) name() (string, bool) {
	s.blanks()
	start := s.at
	if !s.text() {
		return "", false
	}
	quoted := s.src[start:s.at]
	if !strings.Contains(quoted, `\`) {
		return quoted[1 : len(quoted)-1], true
	}
	var name string
	return name, json.Unmarshal([]byte(quoted), &name) == nil
}

// text passes a string.
func (s *scanner) text() bool {
	if s.at >= len(s.src) || s.src[s.at] != '"' {
		return false
	}
	for i := s.at + 1; i < len(s.src); i++ {
		end := strings.IndexByte(s.src[i:], '"')
		if end < 0 {
			return false
		}
		i += end
		escapes := 0
		for s.src[i-1-escapes] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			s.at = i + 1
			return true
		}
	}
	return false
}

// value passes a value: up to the end of its brackets, or of its word.
func (s *scanner) value() bool {
	depth := 0
	for start := s.at; s.at < len(s.src); {
		switch s.src[s.at] {
		case '"':
			if !s.text() {
				return false
			}
		case '{', '[':
			depth++
			s.at++
		case '}', ']':
			if depth == 0 {
				return s.at > start
			}
			depth--
			s.at++
		case ',':
			if depth == 0 {
				return s.at > start
			}
			s.at++
			continue
		default:
			s.at++
			continue
		}
		if depth == 0 {
			return true
		}
	}
	return false
}

// parts are the members of an object by name.
type parts map[string]member

func partsOf(src string) (parts, bool) {
	list, ok := members(src)
	out := make(parts, len(list))
	for _, m := range list {
		out[m.name] = m
	}
	return out, ok
}

// components are what an OpenAPI document has once, by kind. They are read when an operation refers to them.
type components struct {
	read  func(kind, name string) *literal.Value
	asked map[reference]bool
}

type reference struct{ kind, name string }

// follow returns what a $ref of the document means: a schema, a parameter or a response.
func (c *components) follow(value *literal.Value) *literal.Value {
	ref := value.Get("$ref")
	if ref == nil {
		return value
	}
	kind, name, _ := strings.Cut(strings.TrimPrefix(ref.Str, "#/components/"), "/")
	if c.asked != nil {
		c.asked[reference{kind, name}] = true
	}
	return c.read(kind, name)
}

// within are the components of a document that was read.
func within(doc *literal.Value) *components {
	index := map[reference]*literal.Value{}
	if all := doc.Get("components"); all != nil {
		for _, kind := range all.Props {
			for _, p := range kind.Value.Props {
				if at := (reference{kind.Name, p.Name}); index[at] == nil {
					index[at] = p.Value
				}
			}
		}
	}
	return &components{read: func(kind, name string) *literal.Value { return index[reference{kind, name}] }}
}
