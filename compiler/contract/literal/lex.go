// Package literal reads the modules that qbls emits: imports, exports, and expressions made of literals, names, calls and arrows. It
// knows nothing else of TypeScript, and says so: what is not exactly one of these forms is an error at its offset.
//
// It shares no code with the reader of definitions. The tokens are those of any TypeScript module, so that the author's linked modules
// can be searched with them too, without taking a string or a comment for code.
package literal

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Kind tells tokens apart.
type Kind uint8

const (
	EOF      Kind = iota
	Name          // identifiers and keywords
	Text          // '…' or "…"
	Number        // 12.5e3
	Template      // `…` in one piece, with its holes
	Regex
	Mark // punctuation, one character or =>, ..., ?.
)

// Token is one piece of a module. Value is a string's value, else the source text.
type Token struct {
	Kind       Kind
	Value      string
	Start, End int
}

// Error is what cannot be read, with its offset in bytes.
type Error struct {
	Offset  int
	Message string
}

func (e *Error) Error() string { return fmt.Sprintf("offset %d: %s", e.Offset, e.Message) }

func fail(offset int, format string, args ...any) *Error {
	return &Error{offset, fmt.Sprintf(format, args...)}
}

// Tokens splits a module. Comments and blanks are dropped.
func Tokens(src string) ([]Token, error) {
	l := &lexer{src: src, out: make([]Token, 0, len(src)/5+8)}
	for {
		if err := l.space(); err != nil {
			return nil, err
		}
		if l.at >= len(src) {
			return append(l.out, Token{Kind: EOF, Start: len(src), End: len(src)}), nil
		}
		if err := l.token(); err != nil {
			return nil, err
		}
	}
}

type lexer struct {
	src string
	at  int
	out []Token
}

func (l *lexer) space() error {
	for l.at < len(l.src) {
		rest := l.src[l.at:]
		switch {
		case strings.ContainsRune(" \t\r\n", rune(rest[0])):
			l.at++
		case strings.HasPrefix(rest, "//"):
			if n := strings.IndexByte(rest, '\n'); n >= 0 {
				l.at += n
			} else {
				l.at = len(l.src)
			}
		case strings.HasPrefix(rest, "/*"):
			n := strings.Index(rest[2:], "*/")
			if n < 0 {
				return fail(l.at, "a comment without an end")
			}
			l.at += n + 4
		default:
			return nil
		}
	}
	return nil
}

func (l *lexer) put(kind Kind, value string, end int) {
	l.out = append(l.out, Token{kind, value, l.at, end})
	l.at = end
}

func (l *lexer) token() error {
	rest := l.src[l.at:]
	c := rest[0]
	switch {
	case isNameByte(c) && !isDigit(c):
		n := 1
		for n < len(rest) && isNameByte(rest[n]) {
			n++
		}
		l.put(Name, rest[:n], l.at+n)
	case isDigit(c) || c == '.' && len(rest) > 1 && isDigit(rest[1]):
		n := 1
		for n < len(rest) && (isNameByte(rest[n]) || rest[n] == '.' || (rest[n] == '+' || rest[n] == '-') && strings.IndexByte("eE", rest[n-1]) >= 0 && !strings.HasPrefix(rest, "0x")) {
			n++
		}
		l.put(Number, rest[:n], l.at+n)
	case c == '\'' || c == '"':
		return l.text()
	case c == '`':
		end, err := l.template(l.at)
		if err != nil {
			return err
		}
		l.put(Template, l.src[l.at:end], end)
	case c == '/' && l.operandExpected():
		return l.regex()
	default:
		for _, m := range []string{"...", "=>", "?."} {
			if strings.HasPrefix(rest, m) {
				l.put(Mark, m, l.at+len(m))
				return nil
			}
		}
		_, n := utf8.DecodeRuneInString(rest)
		l.put(Mark, rest[:n], l.at+n)
	}
	return nil
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isNameByte(c byte) bool {
	return c == '_' || c == '$' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || isDigit(c) || c >= 0x80
}

// operandExpected says whether a slash here begins a regular expression: it does unless something stands before it that can be divided.
func (l *lexer) operandExpected() bool {
	if len(l.out) == 0 {
		return true
	}
	switch last := l.out[len(l.out)-1]; last.Kind {
	case Name:
		switch last.Value {
		case "return", "typeof", "case", "in", "of", "await", "yield", "void", "delete", "throw", "new", "else", "do", "instanceof":
			return true
		}
		return false
	case Mark:
		return last.Value != ")" && last.Value != "]" && last.Value != "}"
	}
	return false
}

func (l *lexer) regex() error {
	class := false
	for n := l.at + 1; n < len(l.src); n++ {
		switch c := l.src[n]; {
		case c == '\n':
			return fail(l.at, "a regular expression without an end")
		case c == '\\':
			n++
		case c == '[':
			class = true
		case c == ']':
			class = false
		case c == '/' && !class:
			for n++; n < len(l.src) && isNameByte(l.src[n]); n++ {
			}
			l.put(Regex, l.src[l.at:n], n)
			return nil
		}
	}
	return fail(l.at, "a regular expression without an end")
}

// template returns the end of a template literal, holes and templates within them included.
func (l *lexer) template(from int) (int, error) {
	for n := from + 1; n < len(l.src); n++ {
		switch c := l.src[n]; {
		case c == '\\':
			n++
		case c == '`':
			return n + 1, nil
		case c == '$' && n+1 < len(l.src) && l.src[n+1] == '{':
			end, err := l.hole(n + 2)
			if err != nil {
				return 0, err
			}
			n = end - 1
		}
	}
	return 0, fail(from, "a template without an end")
}

// hole returns the offset behind the brace that closes a hole.
func (l *lexer) hole(from int) (int, error) {
	inner := &lexer{src: l.src, at: from}
	for depth := 0; ; {
		if err := inner.space(); err != nil {
			return 0, err
		}
		if inner.at >= len(l.src) {
			return 0, fail(from, "a template without an end")
		}
		if err := inner.token(); err != nil {
			return 0, err
		}
		switch last := inner.out[len(inner.out)-1]; {
		case last.Kind == Mark && last.Value == "{":
			depth++
		case last.Kind == Mark && last.Value == "}":
			if depth == 0 {
				return last.End, nil
			}
			depth--
		}
	}
}
