package schema

import "strings"

// token is one piece of SQL text: an identifier (quoted or not), or anything else. The pieces together are the text.
type token struct {
	text  string
	name  string // of an identifier, without its quotes
	ident bool
}

// tokens splits SQL text. Strings and comments are one piece each, so that a name in them is not taken for an identifier.
func tokens(sql string) []token {
	var out []token
	for i := 0; i < len(sql); {
		n := span(sql[i:])
		t := token{text: sql[i : i+n]}
		switch c := sql[i]; {
		case c == '"' || c == '`' || c == '[':
			if n > 1 {
				closing := map[byte]string{'"': `"`, '`': "`", '[': "]"}[c]
				t.ident, t.name = true, strings.ReplaceAll(sql[i+1:i+n-1], closing+closing, closing)
			}
		case letter(c):
			t.ident, t.name = true, t.text
		}
		out = append(out, t)
		i += n
	}
	return out
}

// span is the length of the first piece.
func span(s string) int {
	closed := func(q byte) int {
		for i := 1; i < len(s); i++ {
			if s[i] != q {
				continue
			}
			if i+1 < len(s) && s[i+1] == q && q != ']' {
				i++
				continue
			}
			return i + 1
		}
		return len(s)
	}
	switch c := s[0]; {
	case c == '\'' || c == '"' || c == '`':
		return closed(c)
	case c == '[' && strings.Contains(s, "]") && len(s) > 1 && letter(s[1]):
		return closed(']')
	case strings.HasPrefix(s, "--"):
		if end := strings.IndexByte(s, '\n'); end >= 0 {
			return end
		}
		return len(s)
	case strings.HasPrefix(s, "/*"):
		if end := strings.Index(s, "*/"); end >= 0 {
			return end + 2
		}
		return len(s)
	case letter(c) || c >= '0' && c <= '9':
		n := 1
		for n < len(s) && (letter(s[n]) || s[n] >= '0' && s[n] <= '9' || s[n] == '$') {
			n++
		}
		return n
	}
	return 1
}

func letter(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// Identifier replaces an identifier in SQL text, in the quotes it is written in.
func Identifier(sql, from, to string) string {
	var b strings.Builder
	for _, t := range tokens(sql) {
		if t.ident && t.name == from {
			b.WriteString(strings.Replace(t.text, from, to, 1))
			continue
		}
		b.WriteString(t.text)
	}
	return b.String()
}

// qualifier replaces the name of a table before a dot.
func qualifier(sql, from, to string) string {
	var b strings.Builder
	list := tokens(sql)
	for i, t := range list {
		if t.ident && t.name == from && i+1 < len(list) && list[i+1].text == "." {
			b.WriteString(strings.Replace(t.text, from, to, 1))
			continue
		}
		b.WriteString(t.text)
	}
	return b.String()
}

// Qualifier replaces the name of a table before a dot in SQL text, in the quotes it is written in.
func Qualifier(sql, from, to string) string { return qualifier(sql, from, to) }

// Mentions says whether SQL text names a table or a column, whatever case it is written in.
func Mentions(sql, name string) bool {
	for _, t := range tokens(sql) {
		if t.ident && strings.EqualFold(t.name, name) {
			return true
		}
	}
	return false
}

// Words are the first words of a statement without comments, in upper case where they are keywords: names come as they are, without
// their quotes.
func Words(sql string, n int) []string {
	var out []string
	for _, t := range tokens(sql) {
		if t.ident {
			out = append(out, t.name)
			if len(out) == n {
				break
			}
		} else if t.text == "." {
			out = append(out, ".")
		}
	}
	return out
}
