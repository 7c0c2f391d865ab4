package syntax

import (
	"iter"

	"github.com/qbls/qbls/diagnostics/text"
)

// Refs returns the identifiers and member chains that code uses, in the order of the text. Of a Lambda or Func these are those
// of the body and of the defaults of its parameters; of any other node, of all its text. The code is lexed now, not before.
//
// Names that are declared are no references, nor are keys and types. Scopes are not resolved: a parameter that hides a name of
// the module is seen when it is used. Beyond a call a chain ends, because what it goes on with is no longer the named thing. An
// index is part of the path: its string, or "[]" when it is anything else.
func (n Node) Refs() iter.Seq[Ref] {
	return func(yield func(Ref) bool) {
		if n.tree == nil {
			return
		}
		r := n.raw()
		if r.kind == Lambda {
			s := newScanner(n.tree.file, int(r.x), int(r.y), yield)
			if s.pattern(0, len(s.toks)) {
				s = newScanner(n.tree.file, int(r.a), int(r.b), yield)
				s.scan(0, len(s.toks))
			}
			return
		}
		s := newScanner(n.tree.file, int(r.start), int(r.end), yield)
		s.scan(0, len(s.toks))
	}
}

// scanner finds references among tokens. It borrows the parser for what only the grammar can tell: types, and which
// parentheses are parameters.
type scanner struct {
	*parser
	yield func(Ref) bool
}

func newScanner(f *text.File, start, end int, yield func(Ref) bool) *scanner {
	toks, _ := lex(f.Text, start, max(start, end))
	p := &parser{src: f.Text, pairs: pairUp(f.Text, toks), tree: &Tree{file: f, nodes: make([]node, 1)}}
	p.toks, p.limit = p.pairs.toks, len(p.pairs.toks)
	return &scanner{p, yield}
}

// pattern goes over parameters or a destructuring: names, which are no references, with defaults, which may hold some.
func (s *scanner) pattern(from, to int) bool {
	for i := from; i < to; i++ {
		if s.toks[i].kind != '=' {
			continue
		}
		end := i + 1
		for end < to && s.toks[end].kind != ',' && !s.toks[end].kind.closes() {
			if s.toks[end].kind.opens() {
				end = s.pairs.after(end)
			} else {
				end++
			}
		}
		if !s.scan(i+1, min(end, to)) {
			return false
		}
		i = end - 1
	}
	return true
}

// scan yields the references among the tokens, and says whether more are wanted.
func (s *scanner) scan(from, to int) bool {
	for i := from; i < to; {
		next, more := i+1, true
		switch s.toks[i].kind {
		case tWord:
			next, more = s.scanWord(i, to)
		case '(':
			s.i = i
			if s.parameters() {
				more = s.pattern(i+1, s.pairs.limit(i))
				next = s.behindType(s.pairs.after(i))
			}
		}
		if !more {
			return false
		}
		i = max(next, i+1)
	}
	return true
}

// behindType returns the index behind a colon and a type, if they are at i.
func (s *scanner) behindType(i int) int {
	if i < s.limit && s.toks[i].kind == ':' {
		s.i = i + 1
		s.typ()
		return s.i
	}
	return i
}

func (s *scanner) kindOf(i int) tok {
	if i < 0 || i >= len(s.toks) {
		return tEnd
	}
	return s.toks[i].kind
}

func (s *scanner) text(i int) string { return s.src[s.toks[i].start:s.toks[i].end] }

// notNames are words that name nothing in the file.
var notNames = map[string]bool{
	"this": true, "super": true, "true": true, "false": true, "null": true, "new": true, "typeof": true, "void": true,
	"delete": true, "await": true, "yield": true, "instanceof": true, "in": true, "return": true, "throw": true,
	"if": true, "else": true, "for": true, "while": true, "do": true, "switch": true, "case": true, "default": true,
	"break": true, "continue": true, "try": true, "finally": true, "extends": true, "import": true, "export": true,
	"debugger": true, "with": true,
}

// contextual says whether the word at i is a keyword only by where it stands, as in `async x`, `for (a of b)`, `get key()`.
func (s *scanner) contextual(i int) bool {
	switch s.text(i) {
	case "async", "of", "get", "set", "static":
		after := s.kindOf(i + 1)
		return s.kindOf(i-1).operand() && !s.toks[i].is(lFirst) || after == tWord || after == '*' ||
			after == '(' && s.text(i) == "async"
	}
	return false
}

// scanWord handles the word at i and returns the index of what comes next.
func (s *scanner) scanWord(i, to int) (int, bool) {
	before, after := s.kindOf(i-1), s.kindOf(i+1)
	if before == '.' || before == tQuestion {
		return i + 1, true
	}
	listed := before == '{' || before == ','
	if after == tArrow || after == ':' && listed {
		return i + 1, true // a parameter or a key
	}
	if after == '(' && (listed || before == tWord && s.modifier(i-1)) {
		if behind := s.behindType(s.pairs.after(i + 1)); s.kindOf(behind) == '{' { // a method
			return behind, s.pattern(i+2, s.pairs.limit(i+1))
		}
	}
	switch word := s.text(i); word {
	case "const", "let", "var":
		return s.scanDeclared(i)
	case "function", "class", "catch":
		return s.scanHead(i)
	case "as", "satisfies":
		if before.operand() && !s.toks[i].is(lFirst) {
			s.i = i + 1
			s.typ()
			return s.i, true
		}
	case "type", "interface", "enum":
		if after == tWord && !s.toks[i+1].is(lFirst) {
			return i + 2, true
		}
	default:
		if notNames[word] || s.contextual(i) {
			return i + 1, true
		}
	}
	return s.chain(i, to)
}

// modifier says whether the word at i may stand before the name of a method.
func (s *scanner) modifier(i int) bool {
	switch s.text(i) {
	case "async", "get", "set", "static":
		return true
	}
	return false
}

// scanDeclared goes over the name or pattern behind const, let or var, and its type.
func (s *scanner) scanDeclared(i int) (int, bool) {
	switch s.kindOf(i + 1) {
	case tWord:
		return s.behindType(i + 2), true
	case '{', '[':
		return s.behindType(s.pairs.after(i + 1)), s.pattern(i+2, s.pairs.limit(i+1))
	}
	return i + 1, true
}

// scanHead goes over the name and the parameters of a function, the name of a class or what a catch binds.
func (s *scanner) scanHead(i int) (int, bool) {
	class := s.text(i) == "class"
	i++
	if s.kindOf(i) == '*' {
		i++
	}
	if s.kindOf(i) == tWord && s.text(i) != "extends" {
		i++
	}
	if s.kindOf(i) == '<' {
		s.i = i
		if s.angles() {
			i = s.i
		}
	}
	if class || s.kindOf(i) != '(' {
		return i, true
	}
	return s.behindType(s.pairs.after(i)), s.pattern(i+1, s.pairs.limit(i))
}

// chain yields the identifier at i with the members behind it.
func (s *scanner) chain(i, to int) (int, bool) {
	ref := Ref{Path: []string{s.text(i)}}
	var groups []int // brackets of indexes, whose contents are looked at afterwards
	at := i + 1
	end := s.toks[i].end
loop:
	for at < to {
		switch s.kindOf(at) {
		case '.', tQuestion:
			if s.kindOf(at+1) == tWord && at+1 < to {
				ref.Path = append(ref.Path, s.text(at+1))
				end = s.toks[at+1].end
				at += 2
				continue
			}
			if k := s.kindOf(at + 1); s.kindOf(at) == tQuestion && (k == '(' || k == '[') {
				at++
				continue
			}
			break loop
		case '!':
			if s.toks[at].is(lFirst) || s.kindOf(at+1) == '=' {
				break loop
			}
			at++
		case '[':
			if s.toks[at].is(lFirst) && s.pairs.pair[at] < 0 {
				break loop
			}
			ref.Path = append(ref.Path, s.key(at))
			groups = append(groups, at)
			at = min(s.pairs.after(at), to)
			end = s.toks[at-1].end
		case '<':
			s.i = at
			if !s.typeArguments() || s.kind() != '(' {
				break loop
			}
			at = s.i
		default:
			break loop
		}
	}
	ref.Span = text.Span{Start: s.toks[i].start, End: end}
	ref.Call = at < to && s.kindOf(at) == '('
	ref.Write = s.written(i, at, to)
	if !s.yield(ref) {
		return at, false
	}
	for _, open := range groups {
		if !s.scan(open+1, min(s.pairs.limit(open), to)) {
			return at, false
		}
	}
	return at, true
}

// key returns the string in the brackets of an index, "[]" when there is something else.
func (s *scanner) key(open int) string {
	if s.pairs.limit(open) == open+2 && s.toks[open+1].kind == tString && !s.toks[open+1].is(lUnclosed) {
		t := s.toks[open+1]
		if v, _, ok := unescape(s.src[t.start+1:t.end-1], false); ok {
			return v
		}
	}
	return "[]"
}

// written says whether the chain from token i to at is assigned to, counted up or down, or deleted.
func (s *scanner) written(i, at, to int) bool {
	if before := s.kindOf(i - 1); before == tStep || before == tWord && s.text(i-1) == "delete" {
		return true
	}
	if at >= to {
		return false
	}
	s.i = at
	return s.assignmentOperator() > 0 || s.kindOf(at) == tStep && !s.toks[at].is(lFirst)
}
