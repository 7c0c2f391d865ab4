package names

import (
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/syntax"
)

// A string in code is a value of a column where it is compared with the column, is what the column is set to, or is a case of it. What
// only looks like a value is left out: renaming a state must not change what something else means.

// state notes the string at i as a value of a column.
func (s *scanner) state(v value, i int) {
	if name, span, ok := s.str(i); ok && v.shape == aColumn {
		s.use(Use{Kind: State, Table: v.table, Column: v.column, Name: name, At: span})
	}
}

func comparison(operator string) bool {
	switch operator {
	case "===", "!==", "==", "!=":
		return true
	}
	return false
}

// compared notes the value that a column is compared with or set to.
func (s *scanner) compared(v value, i int) value {
	if op := s.text(i); comparison(op) {
		s.state(v, i+1)
	} else if op == "=" {
		s.outcomes(v, i+1, s.expressionEnd(i+1))
	}
	return v
}

// comparedWith notes the string at i when what it is compared with is a column, and returns where to go on.
func (s *scanner) comparedWith(i int) int {
	if !comparison(s.text(i + 1)) {
		return i + 1
	}
	v, next := s.expression(i + 2)
	s.state(v, i)
	return max(next, i+2)
}

// oneOf notes the strings of the list at i that a column is looked for in, ['open', 'done'].includes(record.stage), and returns where
// to go on.
func (s *scanner) oneOf(i int) int {
	end := s.close(i)
	if s.text(end+1) != "." || s.word(end+2) != "includes" || s.mark(end+3) != "(" {
		return i + 1
	}
	for k := i + 1; k < end; k++ {
		if s.toks[k].Kind != syntax.StringToken && s.mark(k) != "," {
			return i + 1
		}
	}
	v, next := s.expression(end + 4)
	for k := i + 1; k < end; k++ {
		s.state(v, k)
	}
	return max(next, end+4)
}

// switched notes the cases of a column: switch (record.stage) { case 'open': … }. It returns where the body begins.
func (s *scanner) switched(open int) int {
	v, next := s.expression(open + 1)
	body := s.close(open) + 1
	s.scan(next, body-1)
	if v.shape != aColumn || next != body-1 || s.mark(body) != "{" {
		return body
	}
	for k := body + 1; k < s.close(body); k++ {
		if s.word(k) == "case" && s.mark(k+2) == ":" {
			s.state(v, k+1)
		}
		if s.toks[k].Close >= 0 {
			k = s.close(k)
		}
	}
	return body
}

// outcomes notes the strings that an expression may come to: itself, both ways of a condition, and what stands in for nothing.
func (s *scanner) outcomes(v value, from, to int) {
	for i := from; i < to; i++ {
		switch {
		case s.mark(i) == "(" && s.begins(i, from) && s.ends(s.close(i)+1, to):
			s.outcomes(v, i+1, s.close(i))
			i = s.close(i)
		case s.toks[i].Close >= 0:
			i = s.close(i)
		case s.begins(i, from) && s.ends(i+1, to):
			s.state(v, i)
		}
	}
}

// begins says whether an outcome can begin at i.
func (s *scanner) begins(i, from int) bool {
	switch s.text(i - 1) {
	case "?", ":", "??", "||":
		return true
	}
	return i == from
}

// ends says whether an outcome can end before i.
func (s *scanner) ends(i, to int) bool {
	switch s.text(i) {
	case ":", "??", "||", "as", "satisfies":
		return true
	}
	return i >= to
}

// patches notes the values in what actions of feature() return, which is written to the record (language.md, Views, actions).
func (s *scanner) patches(d *definition.File) {
	if d.Actions == nil || d.Actions.Form != definition.ActionsOfFeature {
		return
	}
	columns := map[int32]string{}
	for _, a := range d.Actions.Items {
		for _, n := range a.Returns {
			if at := d.Place(n.At); at.Path == d.Path {
				columns[at.Span.Start] = n.Text
			}
		}
	}
	for i, t := range s.toks {
		start := t.Span.Start
		if t.Kind == syntax.StringToken {
			start++
		}
		if column := columns[start]; column != "" && s.mark(i+1) == ":" {
			s.outcomes(value{shape: aColumn, column: column}, i+2, s.expressionEnd(i+2))
		}
	}
}
