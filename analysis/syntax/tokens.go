package syntax

import "github.com/qbls/qbls/diagnostics/text"

// TokenKind is what a Token is, as far as readers of opaque code care.
type TokenKind uint8

// The kinds of tokens. A Mark is punctuation; the parts of a template around its holes are marks too.
const (
	WordToken   TokenKind = iota // identifier or keyword
	StringToken                  // '…', "…", or `…` without holes
	MarkToken
	OtherToken // a number, a regular expression
)

// Token is one token of a text. Close is the index of the bracket that closes the one that this token opens, else -1; of what
// is never closed it is the number of tokens.
type Token struct {
	Kind  TokenKind
	Span  text.Span
	Close int
}

// Tokens cuts a text into tokens without parsing it, for what looks into the bodies of functions, which trees leave out. It
// never fails; comments are left out.
func Tokens(src string) []Token {
	toks, _ := lex(src, 0, len(src))
	out := make([]Token, len(toks))
	var open []int
	for i, t := range toks {
		out[i] = Token{Kind: MarkToken, Span: text.Span{Start: t.start, End: t.end}, Close: -1}
		switch t.kind {
		case tWord:
			out[i].Kind = WordToken
		case tString, tTemplate:
			out[i].Kind = StringToken
		case tNumber, tRegex, tUnknown:
			out[i].Kind = OtherToken
		}
		if t.kind.closes() {
			for n := len(open) - 1; n >= 0; n-- {
				if toks[open[n]].kind.opensFor(t.kind) {
					out[open[n]].Close = i
					open = open[:n]
					break
				}
			}
		}
		if t.kind.opens() {
			out[i].Close = len(toks)
			open = append(open, i)
		}
	}
	return out
}

// opensFor says whether a closing token ends what k opens.
func (k tok) opensFor(closing tok) bool {
	if k == tHead || k == tMiddle {
		return closing == tMiddle || closing == tTail
	}
	return k.closer() == closing
}
