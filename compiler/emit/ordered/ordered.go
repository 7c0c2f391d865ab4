// Package ordered writes JSON whose keys stay in the order they were set: documents are read by people, and compared by bytes.
package ordered

import (
	"bytes"
	"encoding/json"
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

// Len returns the number of members.
func (m *Map) Len() int { return len(m.keys) }

// MarshalJSON implements json.Marshaler.
func (m *Map) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, k := range m.keys {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := put(&b, k); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		if err := put(&b, m.values[k]); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func put(b *bytes.Buffer, v any) error {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	b.Truncate(b.Len() - 1) // the encoder's newline
	return nil
}

// JSON returns a value indented by two spaces, with a newline at the end. Lists and objects of scalars stay on one line when short.
func JSON(v any) []byte {
	var raw bytes.Buffer
	if err := put(&raw, v); err != nil {
		panic("ordered: " + err.Error()) // documents hold maps, lists and scalars only
	}
	var out bytes.Buffer
	layout(&out, raw.Bytes(), 0)
	out.WriteByte('\n')
	return out.Bytes()
}
