package syntax

import "strings"

// operators of several characters, the longest first. > stands alone: `Array<Array<string>>` ends two lists of types, and the
// parser joins what is one operator.
var operators = []struct {
	text string
	kind tok
}{
	{"...", tDots}, {"===", tBinary}, {"!==", tBinary}, {"**=", tAssign}, {"<<=", tAssign}, {"&&=", tAssign}, {"||=", tAssign},
	{"??=", tAssign}, {"=>", tArrow}, {"==", tBinary}, {"!=", tBinary}, {"<=", tBinary}, {"&&", tBinary}, {"||", tBinary},
	{"??", tBinary}, {"++", tStep}, {"--", tStep}, {"+=", tAssign}, {"-=", tAssign}, {"*=", tAssign}, {"/=", tAssign},
	{"%=", tAssign}, {"&=", tAssign}, {"|=", tAssign}, {"^=", tAssign}, {"**", tBinary}, {"<<", tBinary},
}

func (l *lexer) punctuation(c byte) {
	switch c {
	case '(', '{':
		l.open(c)
	case ')', '}':
		l.close(c)
	case '[', ']', ',', ';', ':', '~', '@':
		l.emit(tok(c), l.pos+1, 0)
	case '?':
		if l.peek(1) == '.' && !isDigit(l.peek(2)) {
			l.emit(tQuestion, l.pos+2, 0)
			return
		}
		l.operator(c)
	case '.', '=', '!', '*', '<', '>', '&', '|', '+', '-', '/', '%', '^':
		l.operator(c)
	default:
		l.emit(tUnknown, l.pos+1, 0)
	}
}

func (l *lexer) operator(c byte) {
	if next := l.peek(1); next != 0 && strings.IndexByte("=>.*<&|?+-", next) >= 0 && c != '>' {
		for _, o := range operators {
			if o.text[0] == c && strings.HasPrefix(l.src[l.pos:l.end], o.text) {
				l.emit(o.kind, l.pos+len(o.text), 0)
				return
			}
		}
	}
	l.emit(tok(c), l.pos+1, 0)
}

// open remembers whether a slash after the matching bracket starts a regular expression: after `if (…)` and after a block
// it does, after an expression in parentheses and after an object it divides.
func (l *lexer) open(c byte) {
	regex := false
	if n := len(l.toks); n > 0 {
		last := l.toks[n-1]
		word := l.src[last.start:last.end]
		switch {
		case last.kind == tWord && c == '(':
			regex = (word == "if" || word == "while" || word == "for" || word == "with") && !l.afterDot()
		case last.kind == tWord:
			regex = word == "else" || word == "do" || word == "try" || word == "finally"
		case c == '{':
			switch last.kind {
			case ')', ';', '{', '}':
				regex = true
			case tString, tNumber, tTemplate, tTail, tRegex, ']': // after an operand no object begins, but a block after a line without a semicolon
				regex = true
			}
		}
	} else {
		regex = c == '{'
	}
	curly := l.curly()
	if c == '{' {
		curly++
	}
	l.braces = append(l.braces, brace{c, regex, curly})
	l.emit(tok(c), l.pos+1, 0)
}

func (l *lexer) close(c byte) {
	if n := len(l.templates); c == '}' && n > 0 && l.curly() <= l.templates[n-1].curly {
		l.braces = l.braces[:min(len(l.braces), l.templates[n-1].braces)]
		l.template(tTail, tMiddle)
		return
	}
	opener := byte('(')
	if c == '}' {
		opener = '{'
	}
	var flags uint8
	for n := len(l.braces); n > 0; n-- {
		b := l.braces[n-1]
		if b.kind != opener && c == ')' {
			break // a stray ) closes no braces
		}
		l.braces = l.braces[:n-1]
		if b.kind == opener {
			if b.regex {
				flags = lSlash
			}
			break
		}
	}
	l.emit(tok(c), l.pos+1, flags)
}

// curly returns how many { are open.
func (l *lexer) curly() int {
	if n := len(l.braces); n > 0 {
		return l.braces[n-1].curly
	}
	return 0
}
