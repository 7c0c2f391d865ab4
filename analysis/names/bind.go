package names

import "github.com/qbls/qbls/diagnostics/text"

// declare binds the names of const, let and var.
func (s *scanner) declare(i int) int {
	at, next := i, i+1
	if i < len(s.toks) && s.toks[i].Close >= 0 {
		next = s.close(i) + 1
	}
	var typed value
	if s.mark(next) == ":" {
		typed, _ = s.annotation(next + 1)
		from := next + 1
		for next < len(s.toks) && s.text(next) != "=" && s.mark(next) != ";" && s.word(next) != "of" {
			if s.toks[next].Close >= 0 {
				next = s.close(next)
			}
			next++
		}
		s.scan(from, min(next, len(s.toks)))
	}
	v := value{}
	switch {
	case s.text(next) == "=":
		v, next = s.expression(next + 1)
	case s.word(next) == "of":
		v, next = s.expression(next + 1)
		v = v.element()
	}
	if typed.shape != unknown {
		v = typed
	}
	s.leave(next)
	s.pattern(at, v)
	if s.mark(next) == "," && s.word(next+1) != "" && (s.text(next+2) == "=" || s.mark(next+2) == ":") {
		return s.declare(next + 1)
	}
	return next
}

// pattern gives a value to a name, or its parts to the names of a destructuring.
func (s *scanner) pattern(i int, v value) {
	switch {
	case s.word(i) != "":
		if len(s.scopes) > 1 || !s.tables[s.word(i)] { // else this is where the table is declared
			s.bind(s.word(i), v)
		}
	case s.mark(i) == "[":
		for k, n := i+1, 0; k < s.close(i); n++ {
			item := v.element()
			if v.shape == aTuple && n < len(v.items) {
				item = v.items[n]
			}
			if s.text(k) == "..." {
				k, item = k+1, v
			}
			if s.mark(k) != "," {
				s.pattern(k, item)
			}
			k = s.expressionEnd(k) + 1
		}
	case s.mark(i) == "{":
		for k := i + 1; k < s.close(i); k = s.expressionEnd(k) + 1 {
			s.part(k, v)
		}
	}
}

// part is one property of a destructuring.
func (s *scanner) part(k int, v value) {
	if s.text(k) == "..." {
		s.pattern(k+1, v)
		return
	}
	name, span := s.word(k), text.Span{}
	if name != "" {
		span = s.toks[k].Span
	} else if name, span, _ = s.str(k); name == "" {
		return
	}
	inner := value{}
	long := s.mark(k+1) == ":"
	switch {
	case v.shape == aRow || v.shape == aTable:
		s.use(Use{Kind: Column, Table: v.table, Column: name, At: span, Short: !long})
		inner = value{shape: aColumn, table: v.table, column: name}
	case v.shape == argument && name == "record":
		inner = value{shape: aRow}
	}
	if long {
		s.pattern(k+2, inner)
	} else {
		s.bind(name, inner)
	}
}
