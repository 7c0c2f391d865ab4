package literal

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// text reads a string literal.
func (l *lexer) text() error {
	quote := l.src[l.at]
	if end := strings.IndexByte(l.src[l.at+1:], quote); end >= 0 && !strings.ContainsAny(l.src[l.at+1:l.at+1+end], "\\\n") {
		l.put(Text, l.src[l.at+1:l.at+1+end], l.at+end+2)
		return nil
	}
	var b strings.Builder
	for n := l.at + 1; n < len(l.src); {
		switch c := l.src[n]; c {
		case quote:
			l.put(Text, b.String(), n+1)
			return nil
		case '\n':
			return fail(l.at, "a string without an end")
		case '\\':
			size, err := escape(&b, l.src[n:])
			if err != nil {
				return fail(n, "an escape that nothing here writes")
			}
			n += size
		default:
			b.WriteByte(c)
			n++
		}
	}
	return fail(l.at, "a string without an end")
}

var simpleEscapes = map[byte]string{'n': "\n", 'r': "\r", 't': "\t", 'b': "\b", 'f': "\f", 'v': "\v", '0': "\x00", '\n': ""}

// escape writes what an escape sequence stands for and returns its length.
func escape(b *strings.Builder, s string) (int, error) {
	if len(s) < 2 {
		return 0, strconv.ErrSyntax
	}
	switch c := s[1]; c {
	case 'x', 'u':
		digits, skip := 2, 2
		if c == 'u' {
			digits = 4
		}
		if c == 'u' && len(s) > 2 && s[2] == '{' {
			digits, skip = strings.IndexByte(s[3:], '}'), 3
		}
		if digits < 1 || len(s) < skip+digits {
			return 0, strconv.ErrSyntax
		}
		r, err := strconv.ParseUint(s[skip:skip+digits], 16, 32)
		if err != nil {
			return 0, err
		}
		b.WriteRune(rune(r))
		if skip == 3 {
			digits++
		}
		return skip + digits, nil
	default:
		if e, ok := simpleEscapes[c]; ok {
			b.WriteString(e)
			return 2, nil
		}
		_, size := utf8.DecodeRuneInString(s[1:])
		b.WriteString(s[1 : 1+size])
		return 1 + size, nil
	}
}

// templateText is the text of a template without holes.
func templateText(t Token) (string, error) {
	body := t.Value[1 : len(t.Value)-1]
	var b strings.Builder
	for n := 0; n < len(body); {
		switch {
		case strings.HasPrefix(body[n:], "${"):
			return "", fail(t.Start+1+n, "a template with a hole")
		case body[n] == '\\':
			size, err := escape(&b, body[n:])
			if err != nil {
				return "", fail(t.Start+1+n, "an escape that nothing here writes")
			}
			n += size
		default:
			b.WriteByte(body[n])
			n++
		}
	}
	return b.String(), nil
}
