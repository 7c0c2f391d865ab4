package syntax

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Str returns the value of a String, and of a Template without holes. It is false for anything else, and for a malformed
// escape.
func (n Node) Str() (string, bool) {
	raw, ok := n.literal()
	if !ok {
		return "", false
	}
	if strings.IndexByte(raw, '\\') < 0 && (n.Kind() == String || strings.IndexByte(raw, '\r') < 0) {
		return raw, true
	}
	s, _, ok := unescape(raw, n.Kind() == Template)
	return s, ok
}

// literal returns the source between the quotes.
func (n Node) literal() (string, bool) {
	r := n.raw()
	if r.kind != String && (r.kind != Template || r.first != 0) {
		return "", false
	}
	s := n.Text()
	if len(s) < 1 {
		return "", false
	}
	if r.flags&Broken != 0 {
		return s[1:], true
	}
	return s[1 : len(s)-1], true
}

// Offset returns where in the source byte i of Str is written; beyond the last byte, the end of the contents. A byte that
// comes from an escape is at the start of the escape.
func (n Node) Offset(i int) int {
	start := int(n.raw().start)
	raw, ok := n.literal()
	if !ok {
		return start
	}
	i = max(i, 0)
	if strings.IndexByte(raw, '\\') < 0 && strings.IndexByte(raw, '\r') < 0 {
		return start + 1 + min(i, len(raw))
	}
	_, offsets, _ := unescape(raw, n.Kind() == Template)
	if i >= len(offsets) {
		return start + 1 + len(raw)
	}
	return start + 1 + int(offsets[i])
}

// unescape returns the value of the source of a string, and for each of its bytes the offset it came from. Templates turn CRLF
// and CR into LF (ECMA-262, Static Semantics: TV).
func unescape(raw string, template bool) (string, []int32, bool) {
	var out strings.Builder
	offsets := make([]int32, 0, len(raw))
	ok := true
	for i := 0; i < len(raw); {
		from, before := i, out.Len()
		switch c := raw[i]; {
		case c == '\r' && template:
			i++
			if i < len(raw) && raw[i] == '\n' {
				i++
			}
			out.WriteByte('\n')
		case c != '\\':
			out.WriteByte(c)
			i++
		default:
			var valid bool
			i, valid = escape(raw, i+1, &out)
			ok = ok && valid
		}
		for range out.Len() - before {
			offsets = append(offsets, int32(from))
		}
	}
	return out.String(), offsets, ok
}

// simple are the escapes of one letter.
var simple = map[byte]byte{'n': '\n', 't': '\t', 'r': '\r', 'b': '\b', 'f': '\f', 'v': '\v', '0': 0}

// escape writes what the escape behind the backslash before i stands for, and returns the index behind it.
func escape(raw string, i int, out *strings.Builder) (int, bool) {
	if i >= len(raw) {
		return i, false
	}
	c := raw[i]
	switch {
	case c == '\r' && i+1 < len(raw) && raw[i+1] == '\n':
		return i + 2, true // the string goes on in the next line
	case c == '\n' || c == '\r':
		return i + 1, true
	case c == 'x':
		return hex(raw, i+1, 2, out)
	case c == 'u' && i+1 < len(raw) && raw[i+1] == '{':
		end := strings.IndexByte(raw[i:], '}')
		if end < 0 {
			return len(raw), false
		}
		v, err := strconv.ParseUint(raw[i+2:i+end], 16, 32)
		if err != nil || v > utf8.MaxRune {
			return i + end + 1, false
		}
		out.WriteRune(rune(v))
		return i + end + 1, true
	case c == 'u':
		if r, ok := surrogates(raw[i-1:]); ok {
			out.WriteRune(r)
			return i + 11, true
		}
		return hex(raw, i+1, 4, out)
	}
	if isDigit(c) && (c != '0' || i+1 < len(raw) && isDigit(raw[i+1])) {
		return i + 1, false // octal escapes are errors in modules
	}
	if v, ok := simple[c]; ok {
		out.WriteByte(v)
		return i + 1, true
	}
	r, size := utf8.DecodeRuneInString(raw[i:])
	if r == '\u2028' || r == '\u2029' {
		return i + size, true
	}
	out.WriteString(raw[i : i+size])
	return i + size, true
}

func hex(raw string, i, digits int, out *strings.Builder) (int, bool) {
	if i+digits > len(raw) {
		return len(raw), false
	}
	v, err := strconv.ParseUint(raw[i:i+digits], 16, 32)
	if err != nil {
		return i, false
	}
	out.WriteRune(rune(v))
	return i + digits, true
}

// surrogates reads the character of \uD83D\uDE00.
func surrogates(s string) (rune, bool) {
	if len(s) < 12 || s[6] != '\\' || s[7] != 'u' {
		return 0, false
	}
	high, err1 := strconv.ParseUint(s[2:6], 16, 16)
	low, err2 := strconv.ParseUint(s[8:12], 16, 16)
	r := utf16.DecodeRune(rune(high), rune(low))
	return r, err1 == nil && err2 == nil && r != utf8.RuneError
}

// Num returns the value of a Number, also one with a sign. It is false for a bigint, which is no number.
func (n Node) Num() (float64, bool) {
	if n.Kind() == Unary && (n.Operator() == "-" || n.Operator() == "+") && n.Operand().Kind() == Number {
		v, ok := n.Operand().Num()
		if n.Operator() == "-" {
			v = -v
		}
		return v, ok
	}
	if n.Kind() != Number {
		return 0, false
	}
	s := n.Text()
	digits := strings.ReplaceAll(s, "_", "")
	if len(digits) > 2 && digits[0] == '0' && strings.IndexByte("xXoObB", digits[1]) >= 0 {
		v, ok := new(big.Int).SetString(digits, 0)
		if !ok {
			return 0, false
		}
		f, _ := new(big.Float).SetInt(v).Float64()
		return f, true
	}
	if len(digits) > 1 && digits[0] == '0' && isDigit(digits[1]) {
		return 0, false // octal of old, an error in modules
	}
	v, err := strconv.ParseFloat(digits, 64)
	if err != nil && !math.IsInf(v, 0) {
		return 0, false
	}
	return v, true
}

// Bool returns the value of a Bool.
func (n Node) Bool() (value, ok bool) {
	if n.Kind() != Bool {
		return false, false
	}
	return n.Text() == "true", true
}
