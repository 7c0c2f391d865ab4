package syntax

// kind of a token. Punctuation of one character is its own character code, so that `{` is tok('{').
type tok uint8

const (
	tEnd      tok = iota // beyond the last token, or beyond the brackets the parser is in
	tWord                // identifier or keyword, also #private
	tString              // '…' or "…"
	tNumber              // 1, 1.5e3, 0xff, 10n
	tTemplate            // `…` without holes
	tHead                // `…${
	tMiddle              // }…${
	tTail                // }…`
	tRegex               // /…/flags
	tBinary              // a binary operator of several characters: &&, ===, <<
	tAssign              // an assignment operator of several characters: +=, ??=
	tStep                // ++ or --
	tArrow               // =>
	tDots                // ...
	tQuestion            // ?.
	tUnknown             // a character that starts nothing
)

const (
	lFirst    uint8 = 1 << iota // first token on its line
	lUnclosed                   // string, template, regex or comment without its end
	lReported                   // a diagnostic was already given for this token
	lStray                      // a closing bracket that closes nothing
	lSlash                      // a slash after this closing bracket starts a regular expression
)

// token is one token. Tokens live only while a text is parsed or asked about.
type token struct {
	kind       tok
	flags      uint8
	indent     uint16 // of the line the token is on
	start, end int32
}

func (t token) is(flag uint8) bool { return t.flags&flag != 0 }

// opens says whether a token opens brackets.
func (k tok) opens() bool { return k == '(' || k == '[' || k == '{' || k == tHead || k == tMiddle }

// closes says whether a token closes brackets.
func (k tok) closes() bool { return k == ')' || k == ']' || k == '}' || k == tTail || k == tMiddle }

// closer returns the token that closes what k opens. The holes of a template are brackets too: they end with a part of it.
func (k tok) closer() tok {
	switch k {
	case '(':
		return ')'
	case '[':
		return ']'
	case '{':
		return '}'
	}
	return tTail
}

// opener returns the token that opens what k closes.
func (k tok) opener() tok {
	switch k {
	case ')':
		return '('
	case ']':
		return '['
	case '}':
		return '{'
	}
	return tHead
}

// operand says whether an expression can end with a token, so that an operator or a comma may follow.
func (k tok) operand() bool {
	switch k {
	case tWord, tString, tNumber, tTemplate, tTail, tRegex, tStep, ')', ']', '}':
		return true
	}
	return false
}

// expressionWords are the words after which an expression must follow, so that a slash starts a regular expression.
var expressionWords = map[string]bool{
	"return": true, "typeof": true, "case": true, "in": true, "of": true, "new": true, "delete": true, "void": true,
	"instanceof": true, "do": true, "else": true, "throw": true, "await": true, "yield": true,
}

// reserved are the words that cannot start an expression.
var reserved = map[string]bool{
	"break": true, "case": true, "catch": true, "const": true, "continue": true, "debugger": true, "default": true,
	"do": true, "else": true, "enum": true, "export": true, "extends": true, "finally": true, "for": true, "if": true,
	"in": true, "instanceof": true, "return": true, "switch": true, "throw": true, "try": true, "var": true, "while": true,
	"with": true,
}

// statementWords are the words that start a statement, and in a broken file end the one before.
var statementWords = map[string]bool{
	"export": true, "import": true, "const": true, "let": true, "var": true, "function": true, "class": true, "type": true,
	"interface": true, "enum": true, "declare": true, "namespace": true, "abstract": true,
}
