package definition

import (
	"github.com/qbls/qbls/analysis/syntax"
)

// code returns the function that an expression is or names: an arrow function, a function expression, a method, a function
// declaration. It is invalid for anything else. A declaration counts only when nothing assigns to its name.
func (r *reader) code(n syntax.Node) syntax.Node {
	n = n.Inner()
	if n.Kind() == syntax.Ident {
		if m, name := r.home(n.Tree(), n.Name(), 0); m != nil && m.bindings[name].Kind() == syntax.Func && !m.uses().changed[name] {
			return m.bindings[name]
		}
	}
	if v := r.value(n); v.Kind() == syntax.Lambda {
		return v
	}
	return syntax.Node{}
}

// parameters counts the parameters of a function. A rest parameter counts as two: it may take what comes later.
func parameters(n syntax.Node) int {
	source := textOf(n)
	s := n.Params()
	if n.Kind() == syntax.Func {
		s.Start, s.End = n.NameSpan().End, n.Body().Start
	}
	if s.Start >= s.End || int(s.End) > len(source) {
		return 0
	}
	text := source[s.Start:s.End]
	count, depth, seen, outer := 0, 0, false, 1
	if n.Kind() == syntax.Lambda && text[0] != '(' {
		return 1 // x => …
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '(' || c == '[' || c == '{' || c == '<':
			depth++
			seen = seen || depth > outer
		case c == '=' && i+1 < len(text) && text[i+1] == '>':
			i++
		case c == ')' || c == ']' || c == '}' || c == '>':
			depth--
			if depth < outer && seen {
				return count + 1
			}
			if depth < outer {
				return count
			}
		case c == ',' && depth == outer:
			count, seen = count+1, false
		case c == '.' && depth == outer && i+2 < len(text) && text[i:i+3] == "...":
			return count + 2
		case c > ' ' && depth >= outer:
			seen = true
		}
	}
	return count
}
