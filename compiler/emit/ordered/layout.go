package ordered

import (
	"bytes"
	"encoding/json"
)

const width = 120

// layout prints compact JSON: a value on one line when it is short and holds no object inside an object, broken otherwise.
func layout(b *bytes.Buffer, raw []byte, indent int) {
	if raw[0] != '{' && raw[0] != '[' || len(raw) == 2 {
		b.Write(raw)
		return
	}
	parts := members(raw)
	if len(raw)+indent+2*len(parts) <= width && flat(raw) {
		inline(b, raw[0], parts)
		return
	}
	b.WriteByte(raw[0])
	for i, p := range parts {
		if i > 0 {
			b.WriteByte(',')
		}
		newline(b, indent+2)
		if p.key != nil {
			b.Write(p.key)
			b.WriteString(": ")
		}
		layout(b, p.value, indent+2)
	}
	newline(b, indent)
	b.WriteByte(raw[len(raw)-1])
}

type member struct{ key, value []byte }

// members splits an object or array. The text comes from the encoder, so it is valid.
func members(raw []byte) []member {
	d := json.NewDecoder(bytes.NewReader(raw))
	object := raw[0] == '{'
	if _, err := d.Token(); err != nil {
		panic(err)
	}
	var out []member
	for d.More() {
		var m member
		if object {
			var key json.RawMessage
			start := d.InputOffset()
			if _, err := d.Token(); err != nil {
				panic(err)
			}
			key = bytes.TrimLeft(raw[start:d.InputOffset()], ",")
			m.key = key
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			panic(err)
		}
		m.value = value
		out = append(out, m)
	}
	return out
}

func inline(b *bytes.Buffer, open byte, parts []member) {
	b.WriteByte(open)
	pad := open == '{'
	if pad {
		b.WriteByte(' ')
	}
	for i, p := range parts {
		if i > 0 {
			b.WriteString(", ")
		}
		if p.key != nil {
			b.Write(p.key)
			b.WriteString(": ")
		}
		if len(p.value) > 2 && (p.value[0] == '{' || p.value[0] == '[') {
			inline(b, p.value[0], members(p.value))
		} else {
			b.Write(p.value)
		}
	}
	if pad {
		b.WriteByte(' ')
	}
	b.WriteByte(open + 2) // '{' and '}', '[' and ']' are two apart
}

// flat says whether at most one object or list is nested inside another.
func flat(raw []byte) bool {
	depth, deepest, inside := 0, 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case c == '\\' && inside:
			i++
		case c == '"':
			inside = !inside
		case inside:
		case c == '{' || c == '[':
			depth++
			deepest = max(deepest, depth)
		case c == '}' || c == ']':
			depth--
		}
	}
	return deepest <= 3
}

func newline(b *bytes.Buffer, indent int) {
	b.WriteByte('\n')
	for range indent {
		b.WriteByte(' ')
	}
}
