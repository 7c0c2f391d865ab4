package ts

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Quote returns a string literal in single quotes. Everything that could end the literal, the line or an enclosing script element
// is escaped: quotes, backslashes, control characters, U+2028 and U+2029, "</" and "<!--". Bytes that are no UTF-8 become U+FFFD.
func Quote(s string) string {
	var b strings.Builder
	b.WriteByte('\'')
	for i, r := range s {
		switch {
		case r == '\'' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < 0x20 || r == 0x7f:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r == 0x2028 || r == 0x2029 || r == 0xfeff || r >= 0x80 && r < 0xa0 || 0x200e <= r && r <= 0x202e || 0x2066 <= r && r <= 0x2069:
			// The last two are bidirectional marks: a reviewer must see the text as it is.
			fmt.Fprintf(&b, `\u%04x`, r)
		case r == '<' && opensMarkup(s[i+1:]):
			b.WriteString(`\x3c`)
		case r == utf8.RuneError:
			b.WriteString(`\ufffd`)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('\'')
	return b.String()
}

func opensMarkup(rest string) bool {
	return strings.HasPrefix(rest, "/") || strings.HasPrefix(rest, "!--")
}

// Template returns a template literal that stands for the text.
func Template(s string) string {
	return "`" + strings.NewReplacer("\\", "\\\\", "`", "\\`", "${", "\\${", "\r", "\\r").Replace(s) + "`"
}

// Key returns a property name, quoted only when it has to be. "__proto__" is computed: written plainly it sets the prototype.
func Key(s string) string {
	switch {
	case s == "__proto__":
		return "['__proto__']"
	case Identifier(s):
		return s
	}
	return Quote(s)
}

// Member returns the access of a property: ".name" or "['na-me']".
func Member(s string) string {
	if Identifier(s) {
		return "." + s
	}
	return "[" + Quote(s) + "]"
}

// Identifier says whether s can stand as a name without quotes. Only ASCII names qualify; others are quoted, which is always right.
func Identifier(s string) bool {
	if s == "" {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c == '$'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// Import returns an import declaration with its newline. Names that do not fit on one line move to the next.
func Import(names []string, module string) string {
	list, from := strings.Join(names, ", "), " from "+Quote(module)+";"
	if one := "import { " + list + " }" + from; utf8.RuneCountInString(one) <= Width {
		return one + "\n"
	}
	var b strings.Builder
	at := 0
	for _, n := range names {
		switch {
		case at == 0 || at+len(n)+2 > Width:
			b.WriteString("\n  ")
			at = 2
		default:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(n + ",")
		at += len(n) + 1
	}
	return "import {" + b.String() + "\n}" + from + "\n"
}

// Camel turns a file or table name into the name of a constant: "job-postings" → "jobPostings", "new" → "new_".
func Camel(s string) string {
	var b strings.Builder
	up := false
	for _, r := range s {
		switch {
		case 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' && b.Len() > 0:
			if up && b.Len() > 0 {
				r = []rune(strings.ToUpper(string(r)))[0]
			}
			b.WriteRune(r)
			up = false
		default:
			up = true
		}
	}
	name := b.String()
	if name == "" {
		return "_"
	}
	if reserved[name] {
		return name + "_"
	}
	return name
}

// Pascal is Camel with a capital first letter.
func Pascal(s string) string {
	name := strings.TrimSuffix(Camel(s), "_")
	if name == "" {
		return "_"
	}
	return strings.ToUpper(name[:1]) + name[1:]
}

var reserved = map[string]bool{
	"arguments": true, "as": true, "async": true, "await": true, "break": true, "case": true, "catch": true, "class": true, "const": true,
	"continue": true, "debugger": true, "default": true, "delete": true, "do": true, "else": true, "enum": true, "eval": true, "export": true,
	"extends": true, "false": true, "finally": true, "for": true, "function": true, "if": true, "implements": true, "import": true, "in": true,
	"instanceof": true, "interface": true, "let": true, "new": true, "null": true, "package": true, "private": true, "protected": true,
	"public": true, "return": true, "static": true, "super": true, "switch": true, "this": true, "throw": true, "true": true, "try": true,
	"typeof": true, "undefined": true, "var": true, "void": true, "while": true, "with": true, "yield": true,
}
