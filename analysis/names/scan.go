package names

import (
	"strings"

	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics/text"
)

// scanner walks the tokens of a file once and follows where tables and rows go: through constants, parameters, callbacks and
// awaited statements. Scopes are those of braces and functions, so that a name which hides another one does.
type scanner struct {
	src    string
	toks   []syntax.Token
	tables map[string]bool // local names that may be tables
	spaces map[string]bool // local names of imported namespaces
	types  map[string]bool // imported names that may be types of rows
	known  map[string]string
	scopes []scope
	stop   int // where a chain is not followed any further, 0: to its end
	uses   []Use
}

type scope struct {
	end   int // index of the token behind it
	names map[string]value
}

func (s *scanner) text(i int) string {
	if i < 0 || i >= len(s.toks) {
		return ""
	}
	return s.src[s.toks[i].Span.Start:s.toks[i].Span.End]
}

func (s *scanner) word(i int) string {
	if i >= 0 && i < len(s.toks) && s.toks[i].Kind == syntax.WordToken {
		return s.text(i)
	}
	return ""
}

func (s *scanner) mark(i int) string {
	if i >= 0 && i < len(s.toks) && s.toks[i].Kind == syntax.MarkToken {
		return s.text(i)
	}
	return ""
}

// str is the contents of a string without escapes, and where they stand.
func (s *scanner) str(i int) (string, text.Span, bool) {
	if i < 0 || i >= len(s.toks) || s.toks[i].Kind != syntax.StringToken {
		return "", text.Span{}, false
	}
	span := s.toks[i].Span
	if span.End-span.Start < 2 || strings.ContainsAny(s.src[span.Start:span.End], "\\\n") {
		return "", text.Span{}, false
	}
	span = text.Span{Start: span.Start + 1, End: span.End - 1}
	return s.src[span.Start:span.End], span, true
}

func (s *scanner) close(i int) int { return min(s.toks[i].Close, len(s.toks)) }

func (s *scanner) bind(name string, v value) { s.scopes[len(s.scopes)-1].names[name] = v }

func (s *scanner) push(end int) { s.scopes = append(s.scopes, scope{end, map[string]value{}}) }

func (s *scanner) leave(i int) {
	for len(s.scopes) > 1 && s.scopes[len(s.scopes)-1].end <= i {
		s.scopes = s.scopes[:len(s.scopes)-1]
	}
}

// lookup says what a name stands for.
func (s *scanner) lookup(name string) value {
	for i := len(s.scopes) - 1; i >= 0; i-- {
		if v, ok := s.scopes[i].names[name]; ok {
			return v
		}
	}
	switch {
	case s.known[name] != "":
		return value{shape: aType, table: s.known[name]}
	case s.tables[name]:
		return value{shape: aTable, table: name}
	case s.spaces[name]:
		return value{shape: aSpace, table: name}
	}
	return value{}
}

// scan goes over statements and expressions.
func (s *scanner) scan(from, to int) {
	for i := from; i < to; {
		s.leave(i)
		next := i + 1
		switch {
		case s.toks[i].Kind == syntax.WordToken:
			next = s.statement(i, to)
		case s.toks[i].Kind == syntax.StringToken:
			next = s.comparedWith(i)
		case s.mark(i) == "[":
			next = s.oneOf(i)
		case s.mark(i) == "(":
			if arrow := s.arrow(i); arrow > 0 {
				next = s.function(i, arrow+1, nil)
			} else {
				_, next = s.chain(i)
			}
		case s.mark(i) == "{":
			s.push(s.close(i))
		}
		i = max(next, i+1)
	}
	s.leave(to)
}

// statement handles a word that begins something, and returns where to go on.
func (s *scanner) statement(i, to int) int {
	switch s.word(i) {
	case "const", "let", "var":
		return s.declare(i + 1)
	case "import":
		if s.mark(i+1) == "(" {
			return i + 1
		}
		for k := i + 1; k < to; k++ {
			if s.toks[k].Kind == syntax.StringToken {
				return k + 1
			}
		}
		return to
	case "function":
		open := i + 1
		for open < to && s.mark(open) != "(" {
			open++
		}
		if open < to {
			return s.function(open, s.close(open)+1, nil)
		}
	case "Pick", "Omit":
		s.picked(i)
	case "switch":
		if s.mark(i+1) == "(" {
			return s.switched(i + 1)
		}
	}
	if before := s.text(i - 1); keywords[s.word(i)] || before == "." || before == "?." {
		return i + 1
	}
	if s.isKey(i) {
		return s.key(i)
	}
	_, next := s.chain(i)
	return next
}

// keywords are words that begin no operand.
var keywords = map[string]bool{
	"if": true, "else": true, "for": true, "while": true, "do": true, "switch": true, "case": true, "default": true, "return": true,
	"throw": true, "try": true, "catch": true, "finally": true, "async": true, "await": true, "yield": true, "new": true, "typeof": true,
	"void": true, "delete": true, "of": true, "in": true, "as": true, "export": true, "const": true, "let": true, "var": true,
	"function": true, "class": true, "extends": true, "instanceof": true, "satisfies": true, "keyof": true,
}

// isKey says whether a word is the key of a property or the label of something.
func (s *scanner) isKey(i int) bool {
	before := s.mark(i - 1)
	return s.mark(i+1) == ":" && (before == "{" || before == "," || i == 0)
}

// key looks at what belongs to a key: the function of access has the row as its second parameter (language.md, Access).
func (s *scanner) key(i int) int {
	if name := s.word(i); name != "access" && name != "guard" {
		return i + 2
	}
	k := i + 2
	if s.word(k) == "async" {
		k++
	}
	if s.mark(k) == "(" {
		if arrow := s.arrow(k); arrow > 0 {
			return s.function(k, arrow+1, []value{{}, {shape: aRow}})
		}
	}
	return i + 2
}

// arrow returns the index of the => that follows parameters in brackets, or 0.
func (s *scanner) arrow(open int) int {
	end := s.close(open) + 1
	if s.mark(end) == ":" { // a result type ends before the arrow
		for k := end; k < min(end+24, len(s.toks)); k++ {
			if s.text(k) == "=>" {
				return k
			}
			if c := s.text(k); c == "{" || c == ";" || c == ")" {
				return 0
			}
		}
		return 0
	}
	if s.text(end) == "=>" {
		return end
	}
	return 0
}

// function binds the parameters in brackets for the body that begins behind, and returns where the body begins. Of parameters
// nobody has told the shape of, the first is the object that actions get.
func (s *scanner) function(open, body int, known []value) int {
	end := body
	for end < len(s.toks) && s.mark(end) == ":" { // result type of a declared function
		for end < len(s.toks) && s.mark(end) != "{" {
			end++
		}
	}
	if s.mark(end) == "{" {
		end = s.close(end) + 1
	} else {
		end = s.expressionEnd(end)
	}
	s.leave(open)
	s.push(end)
	n := 0
	for i := open + 1; i < s.close(open); n++ {
		v := value{shape: argument}
		if n < len(known) {
			v = known[n]
		}
		i = s.parameter(i, s.close(open), v)
	}
	return body
}

func (s *scanner) parameter(i, to int, v value) int {
	if s.text(i) == "..." {
		i++
	}
	next := i + 1
	if s.toks[i].Close >= 0 {
		next = s.close(i) + 1
	}
	if s.text(next) == "?" {
		next++
	}
	if s.mark(next) == ":" {
		if t, ok := s.annotation(next + 1); ok {
			v = t
		}
	}
	s.pattern(i, v)
	if s.mark(next) == ":" {
		end := next + 1
		for end < to && s.mark(end) != "," && s.text(end) != "=" {
			if s.toks[end].Close >= 0 {
				end = s.close(end)
			}
			end++
		}
		s.scan(next+1, min(end, to))
	}
	for ; next < to && s.mark(next) != ","; next++ {
		if s.text(next) == "=" {
			_, end := s.expression(next + 1)
			next = max(next, end-1)
		} else if s.toks[next].Close >= 0 {
			next = s.close(next)
		}
	}
	return next + 1
}

// expressionEnd is the index behind the expression that begins at i: its comma, semicolon or the bracket around it.
func (s *scanner) expressionEnd(i int) int {
	for ; i < len(s.toks); i++ {
		switch s.mark(i) {
		case ",", ";", ")", "]", "}":
			return i
		}
		if s.toks[i].Close >= 0 {
			i = s.close(i)
		}
	}
	return i
}

func (s *scanner) use(u Use) { s.uses = append(s.uses, u) }

// annotation reads a type as far as it is one of rows.
func (s *scanner) annotation(i int) (value, bool) {
	for s.mark(i+1) == "<" && s.known[s.word(i)] == "" { // Promise<Job[]>, Partial<Job>
		i += 2
	}
	v := value{}
	switch name := s.word(i); {
	case name == "typeof" && s.tables[s.word(i+1)] && strings.HasPrefix(s.word(i+3), "$infer"):
		v, i = value{shape: aRow, table: s.word(i + 1)}, i+3
	case s.known[name] != "":
		v = value{shape: aRow, table: s.known[name]}
	case s.types[name]:
		v = value{shape: aRow, table: byType + name}
	default:
		return v, false
	}
	if s.mark(i+1) == "[" && s.mark(i+2) == "]" {
		v.shape = aList
	} else if s.mark(i+1) == "[" {
		return value{}, false
	}
	return v, true
}

// picked reads Pick<Job, 'stage' | 'notes'>.
func (s *scanner) picked(i int) {
	v, ok := s.annotation(i + 2)
	if s.mark(i+1) != "<" || !ok {
		return
	}
	for k := i + 3; k < len(s.toks) && s.mark(k) != ">" && s.mark(k) != ";"; k++ {
		if name, span, ok := s.str(k); ok {
			s.use(Use{Kind: Column, Table: v.table, Column: name, At: span})
		}
	}
}
