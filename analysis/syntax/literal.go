package syntax

import "strings"

// number returns the end of the number at pos.
func (l *lexer) number() int {
	i := l.pos
	prefixed := l.src[i] == '0' && strings.IndexByte("xXoObB", l.peek(1)) >= 0 && l.peek(1) != 0
	for ; i < l.end; i++ {
		c := l.src[i]
		switch {
		case wordByte[c]:
		case c == '.' && !prefixed && strings.IndexByte(l.src[l.pos:i], '.') < 0 && !dotName(l.src, i, l.end):
		case (c == '+' || c == '-') && !prefixed && (l.src[i-1] == 'e' || l.src[i-1] == 'E'):
		default:
			return i
		}
	}
	return i
}

// dotName says whether the dot at i is followed by a name or a second dot, as in 1.toString or 1..toFixed.
func dotName(src string, i, end int) bool {
	return i+1 < end && (wordByte[src[i+1]] && !isDigit(src[i+1]) && src[i+1] != 'e' && src[i+1] != 'E')
}

// str adds a string. One without its end stops at the end of the line, but in front of the closing brackets and commas that
// stand there: in `createable: ["name", "em],` the quote is missing, not the bracket.
func (l *lexer) str(quote byte) {
	i := l.pos + 1
	for i < l.end {
		switch c := l.src[i]; c {
		case quote:
			l.emit(tString, i+1, 0)
			return
		case '\\':
			i++
			if i+1 < l.end && l.src[i] == '\r' && l.src[i+1] == '\n' {
				i++
			}
			i++
		case '\n', '\r':
			l.emit(tString, l.trim(i), lUnclosed)
			return
		default:
			i++
		}
	}
	l.emit(tString, l.trim(min(i, l.end)), lUnclosed)
}

// trim moves the end of an unclosed literal in front of the brackets and commas it swallowed.
func (l *lexer) trim(end int) int {
	i, cut := end, end
	for i > l.pos+1 {
		switch l.src[i-1] {
		case ')', ']', '}', ',', ';':
			cut = i - 1
		case ' ', '\t':
		default:
			return cut
		}
		i--
	}
	return cut
}

// template adds the part of a template that starts at pos with ` or }: whole when it ends with `, open when a hole follows.
func (l *lexer) template(whole, open tok) {
	if l.src[l.pos] == '`' && (l.noTick || l.cut[l.pos]) {
		end := l.lineEnd(l.pos)
		if i := strings.IndexByte(l.src[l.pos+1:end], '`'); i >= 0 && !l.cut[l.pos] {
			l.emit(tTemplate, l.pos+1+i+1, 0)
			return
		}
		l.emit(tTemplate, l.trim(end), lUnclosed)
		return
	}
	for i := l.pos + 1; i < l.end; i++ {
		switch l.src[i] {
		case '\\':
			i++
		case '`':
			if whole == tTail {
				l.templates = l.templates[:len(l.templates)-1]
			}
			l.emit(whole, i+1, 0)
			return
		case '$':
			if i+1 < l.end && l.src[i+1] == '{' {
				if open == tHead {
					l.templates = append(l.templates, hole{len(l.toks), len(l.braces), l.curly()})
				}
				l.emit(open, i+2, 0)
				return
			}
		}
	}
	if whole == tTemplate { // its end is missing: let lex come back to it
		l.templates = append(l.templates, hole{len(l.toks), len(l.braces), l.curly()})
	}
	l.emit(open, l.end, 0)
}

// regexAllowed says whether a slash at pos starts a regular expression, by the token before it.
func (l *lexer) regexAllowed() bool {
	if len(l.toks) == 0 {
		return true
	}
	switch last := l.toks[len(l.toks)-1]; last.kind {
	case tWord:
		word := l.src[last.start:last.end]
		return expressionWords[word] && !l.afterDot()
	case tString: // an import ends with its module
		if n := len(l.toks); l.first && n > 1 && l.toks[n-2].kind == tWord {
			before := l.src[l.toks[n-2].start:l.toks[n-2].end]
			return before == "from" || before == "import"
		}
		return false
	case tNumber, tTemplate, tTail, tRegex, tStep, ']':
		return false
	case ')', '}':
		return last.is(lSlash)
	}
	return true
}

// afterDot says whether the last token is a name after a dot, which is never a keyword.
func (l *lexer) afterDot() bool {
	n := len(l.toks)
	return n > 1 && (l.toks[n-2].kind == '.' || l.toks[n-2].kind == tQuestion)
}

func (l *lexer) regex() {
	class := false
	for i := l.pos + 1; i < l.end; i++ {
		switch c := l.src[i]; {
		case c == '\n' || c == '\r':
			l.punctuation('/')
			return
		case c == '\\':
			i++
		case c == '[':
			class = true
		case c == ']':
			class = false
		case c == '/' && !class:
			for i++; i < l.end && wordByte[l.src[i]]; i++ {
			}
			l.emit(tRegex, i, 0)
			return
		}
	}
	l.punctuation('/')
}
