package syntax

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/qbls/qbls/diagnostics/text"
)

// lexer cuts a text into tokens. It never fails: what is not closed ends at the end of its line, so that one missing quote
// costs one line and not the file.
type lexer struct {
	src    string
	end    int
	pos    int
	toks   []token
	indent int  // of the current line
	first  bool // the next token is the first of its line

	braces    []brace // open ( and {
	templates []hole  // open template holes
	cut       map[int]bool
	cuts      int
	comments  []int32 // where block comments without an end start
	noComment bool    // no */ follows any more
	noTick    bool    // templates were cut so often that scanning for their end is not worth it

	keep bool        // whether comments are wanted
	kept []text.Span // comments that end
}

// brace remembers what decides whether a slash after the closing bracket divides.
type brace struct {
	kind  byte
	regex bool
	curly int // how many of the open ones are {, this one included
}

// hole is an open ${ of a template.
type hole struct {
	token  int // of the head of its template
	braces int // number of open braces outside
	curly  int // how many of them are {
}

// maxCuts is how often a text is lexed again because a template has no end.
const maxCuts = 8

// lex returns the tokens of src[start:end], and where block comments without an end start.
func lex(src string, start, end int) ([]token, []int32) {
	l := newLexer(src, start, end, nil)
	l.run(0)
	return l.toks, l.comments
}

// newLexer reads src[start:end]; tokens go where the given ones were, which nobody may need any more.
func newLexer(src string, start, end int, toks []token) *lexer {
	if toks == nil {
		toks = make([]token, 0, (end-start)/5+8)
	}
	return &lexer{src: src[:end], end: end, pos: start, first: true, toks: toks[:0]}
}

// run lexes to the end. indent is what stands before the text on its first line.
func (l *lexer) run(indent int) {
	l.newLine()
	l.indent += indent
	for l.space() {
		l.next()
	}
	for len(l.templates) > 0 { // a template without its end: it ends at its line instead
		l.retreat()
		for l.space() {
			l.next()
		}
	}
}

// remember keeps the comment from pos to end.
func (l *lexer) remember(end int) {
	if l.keep {
		l.kept = append(l.kept, text.Span{Start: int32(l.pos), End: int32(end)})
	}
}

// retreat goes back to the outermost unclosed template and marks it as ending at its line.
func (l *lexer) retreat() {
	outer := l.templates[0]
	head := l.toks[outer.token]
	if l.cut == nil {
		l.cut = map[int]bool{}
	}
	l.cut[int(head.start)] = true
	l.cuts++
	l.noTick = l.cuts >= maxCuts
	l.toks = l.toks[:outer.token]
	for n := len(l.comments); n > 0 && l.comments[n-1] > head.start; n-- {
		l.comments = l.comments[:n-1]
	}
	for n := len(l.kept); n > 0 && l.kept[n-1].Start > head.start; n-- {
		l.kept = l.kept[:n-1]
	}
	l.noComment = false
	l.braces = l.braces[:min(outer.braces, len(l.braces))]
	l.templates = l.templates[:0]
	l.pos, l.first, l.indent = int(head.start), head.is(lFirst), int(head.indent)
}

// newLine measures the indentation of the line that starts at pos. A tab counts as four.
func (l *lexer) newLine() {
	l.first, l.indent = true, 0
	for i := l.pos; i < l.end; i++ {
		switch l.src[i] {
		case ' ':
			l.indent++
		case '\t':
			l.indent += 4
		default:
			return
		}
	}
}

// space skips white space and comments, and says whether a token follows.
func (l *lexer) space() bool {
	for l.pos < l.end {
		switch c := l.src[l.pos]; {
		case c == '\n' || c == '\r':
			l.pos++
			l.newLine()
		case c == ' ' || c == '\t' || c == '\v' || c == '\f':
			l.pos++
		case c == '/' && l.peek(1) == '/', c == '#' && l.pos == 0 && l.peek(1) == '!':
			end := l.lineEnd(l.pos)
			if c == '/' {
				l.remember(end)
			}
			l.pos = end
		case c == '/' && l.peek(1) == '*':
			l.comment()
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRuneInString(l.src[l.pos:])
			if r != '\ufeff' && !unicode.IsSpace(r) && r != '\u2028' && r != '\u2029' {
				return true
			}
			l.pos += size
			if r == '\u2028' || r == '\u2029' {
				l.newLine()
			}
		default:
			return true
		}
	}
	return false
}

// comment skips a block comment. One without its end stops at the end of the line.
func (l *lexer) comment() {
	length := -1
	if !l.noComment {
		length = strings.Index(l.src[l.pos+2:l.end], "*/")
	}
	if length < 0 {
		l.noComment = true
		l.comments = append(l.comments, int32(l.pos))
		l.pos = l.lineEnd(l.pos)
		return
	}
	end := l.pos + 2 + length + 2
	l.remember(end)
	if i := strings.LastIndexAny(l.src[l.pos:end], "\n\r"); i >= 0 {
		l.pos += i + 1
		l.newLine()
	}
	l.pos = end
}

func (l *lexer) peek(n int) byte {
	if l.pos+n < l.end {
		return l.src[l.pos+n]
	}
	return 0
}

func (l *lexer) lineEnd(from int) int {
	if i := strings.IndexAny(l.src[from:l.end], "\n\r"); i >= 0 {
		return from + i
	}
	return l.end
}

// emit adds the token from pos to end.
func (l *lexer) emit(kind tok, end int, flags uint8) {
	if l.first {
		flags |= lFirst
		l.first = false
	}
	l.toks = append(l.toks, token{kind, flags, uint16(min(l.indent, 1<<16-1)), int32(l.pos), int32(end)})
	l.pos = end
}

// next adds the token at pos.
func (l *lexer) next() {
	c := l.src[l.pos]
	switch {
	case wordByte[c] && (c < '0' || c > '9') || c == '#' || c == '\\' || c >= utf8.RuneSelf:
		l.word()
	case c >= '0' && c <= '9' || c == '.' && isDigit(l.peek(1)):
		l.emit(tNumber, l.number(), 0)
	case c == '"' || c == '\'':
		l.str(c)
	case c == '`':
		l.template(tTemplate, tHead)
	case c == '/' && l.regexAllowed():
		l.regex()
	default:
		l.punctuation(c)
	}
}

func (l *lexer) word() {
	i := l.pos
	if l.src[i] == '#' {
		i++
	}
	for i < l.end {
		c := l.src[i]
		switch {
		case wordByte[c]:
			i++
			continue
		case c == '\\' && i+1 < l.end && l.src[i+1] == 'u':
			i += 2
			if i < l.end && l.src[i] == '{' {
				for i < l.end && l.src[i] != '}' && l.src[i] != '\n' {
					i++
				}
				i = min(i+1, l.end)
			}
			continue
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRuneInString(l.src[i:l.end])
			if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Nl, r) ||
				unicode.Is(unicode.Mc, r) || unicode.Is(unicode.Pc, r) || r == '\u200c' || r == '\u200d' {
				i += size
				continue
			}
		}
		break
	}
	if i == l.pos || i == l.pos+1 && l.src[l.pos] == '#' {
		_, size := utf8.DecodeRuneInString(l.src[l.pos:l.end])
		l.emit(tUnknown, l.pos+size, 0)
		return
	}
	l.emit(tWord, i, 0)
}

// wordByte are the ASCII characters of an identifier.
var wordByte = func() (set [256]bool) {
	for c := range 128 {
		set[c] = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '$'
	}
	return
}()

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
