package edit

import (
	"fmt"
	"strings"

	"github.com/qbls/qbls/analysis/syntax"
)

// Quote returns the source of a string, in the quotes that the file uses.
func Quote(t *syntax.Tree, s string) string {
	q := quoteOf(t)
	return string(q) + escape(s, q) + string(q)
}

// quoteOf returns the quote of the first string or key of a file, a double one when there is none.
func quoteOf(t *syntax.Tree) byte {
	if t != nil {
		for n := range t.Root().Descendants() {
			if n.Kind() == syntax.String || n.Kind() == syntax.Property {
				if c := n.Text()[:min(1, len(n.Text()))]; c == "'" || c == `"` {
					return c[0]
				}
			}
		}
	}
	return '"'
}

// escape returns the source of a text between quotes.
func escape(s string, quote byte) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == rune(quote) || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case quote == '`' && r == '$' && strings.HasPrefix(s[i:], "${"):
			b.WriteString(`\$`)
		case quote == '`' && r == '\n':
			b.WriteByte('\n')
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ':
			fmt.Fprintf(&b, `\x%02x`, r)
		case r == '\u2028' || r == '\u2029':
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// keySource returns the source of a key: as it is when it is an identifier, else in quotes.
func keySource(t *syntax.Tree, key string) string {
	for i, r := range key {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_' || r == '$'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return Quote(t, key)
		}
	}
	if key == "" {
		return Quote(t, key)
	}
	return key
}
