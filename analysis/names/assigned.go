package names

import "github.com/qbls/qbls/analysis/syntax"

// assigned notes the keys of the objects that an expression may be as columns of a table: the object itself, those of a list, of
// both ways of a condition, of a callback, and of a constant.
func (s *scanner) assigned(from, to int, table string) {
	for i := from; i < to; i++ {
		switch {
		case s.mark(i) == "{":
			s.keys(i, table)
			i = s.close(i)
		case s.mark(i) == "[":
			s.assigned(i+1, s.close(i), table)
			i = s.close(i)
		case s.mark(i) == "(" && s.arrow(i) > 0:
			body := s.function(i, s.arrow(i)+1, nil)
			if s.mark(body) == "{" {
				s.scan(body, s.close(body))
				i = s.close(body)
			} else {
				i = body - 1
			}
		case s.mark(i) == "(":
			s.assigned(i+1, s.close(i), table)
			i = s.close(i)
		case s.toks[i].Kind == syntax.WordToken && s.text(i-1) != ".":
			if body := s.mapped(i); body > 0 {
				i = body - 1
				continue
			}
			v, next := s.chain(i)
			if v.shape == anObject {
				s.keys(v.at, table)
			}
			i = max(next-1, i)
		}
	}
}

// mapped finds the call of map in the chain at i: jobs.map((job) => ({ … })) is a list of what the callback makes. It returns the
// index of the call's bracket, or 0.
func (s *scanner) mapped(i int) int {
	for k := i; ; k += 2 {
		if dot := s.text(k + 1); dot != "." && dot != "?." || s.word(k+2) == "" {
			return 0
		}
		if s.word(k+2) == "map" && s.mark(k+3) == "(" {
			s.stop = k + 1
			row, _ := s.chain(i)
			s.stop = 0
			if s.mark(k+4) == "(" && s.arrow(k+4) > 0 {
				return s.function(k+4, s.arrow(k+4)+1, []value{row.element()})
			}
			return k + 3
		}
	}
}

// keys notes the keys of an object literal as columns that get a value.
func (s *scanner) keys(open int, table string) {
	for k := open + 1; k < s.close(open); {
		next := s.expressionEnd(k)
		name, span, isString := s.str(k)
		if w := s.word(k); w != "" {
			name, span = w, s.toks[k].Span
		}
		switch {
		case s.text(k) == "...":
			s.assigned(k+1, next, table)
		case name == "" || s.mark(k+1) != ":" && isString:
			s.scan(k, next)
		case s.mark(k+1) == ":":
			s.use(Use{Kind: Column, Table: table, Column: name, At: span, Write: true})
			s.outcomes(value{shape: aColumn, table: table, column: name}, k+2, next)
			s.scan(k+2, next)
		case k+1 == next:
			s.use(Use{Kind: Column, Table: table, Column: name, At: span, Write: true, Short: true})
		}
		k = next + 1
	}
}
