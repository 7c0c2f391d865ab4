package definition

import (
	"slices"

	"github.com/qbls/qbls/analysis/syntax"
)

// uses is what a module does with its names beside declaring them.
type uses struct {
	changed map[string]bool // assigned to, or the receiver of a method that is not known to only read
	escaped map[string]bool // handed to code that is not known
}

// usesOf finds what a module may do with its constants. A list or object that is changed stands for nothing known; one that only
// escapes does too, unless it is frozen or `as const` (design: nothing that a later statement could change).
func usesOf(t *syntax.Tree) uses {
	u := uses{map[string]bool{}, map[string]bool{}}
	held := map[string][]string{} // declared name → names in its initialiser: changing the one changes the others
	var visit func(n syntax.Node)
	visit = func(n syntax.Node) {
		switch n.Kind() {
		case syntax.Lambda, syntax.Func, syntax.Class, syntax.Opaque:
			u.body(n)
		case syntax.Var:
			held[n.Name()] = append(held[n.Name()], names(n.Value())...)
		case syntax.Binary:
			if assigns(n.Operator()) {
				u.changed[root(n.Child(0))] = true
			}
		case syntax.Unary:
			if op := n.Operator(); op == "++" || op == "--" || op == "delete" {
				u.changed[root(n.Operand())] = true
			}
		case syntax.Call:
			u.call(n)
		}
		below(n, visit)
	}
	visit(t.Root())
	for _, name := range held[""] { // destructured: another name for a part of it
		u.escaped[name] = true
	}
	for again := true; again; {
		again = false
		for name, parts := range held {
			for _, part := range parts {
				if u.changed[name] && !u.changed[part] {
					u.changed[part], again = true, true
				}
			}
		}
	}
	return u
}

// names lists the identifiers in an expression, without those in functions.
func names(n syntax.Node) (out []string) {
	var visit func(n syntax.Node)
	visit = func(n syntax.Node) {
		switch n.Kind() {
		case syntax.Ident:
			out = append(out, n.Name())
		case syntax.Lambda, syntax.Class:
		default:
			below(n, visit)
		}
	}
	visit(n)
	return out
}

// below goes on to everything below a node, callees and operands included.
func below(n syntax.Node, visit func(syntax.Node)) {
	for _, part := range []syntax.Node{n.Callee(), n.Operand(), n.Value(), n.KeyNode()} {
		if part.Valid() && part != n {
			visit(part)
		}
	}
	for c := range n.Children() {
		if c != n.Callee() && c != n.Operand() && c != n.Value() && c != n.KeyNode() {
			visit(c)
		}
	}
}

func assigns(operator string) bool {
	switch operator {
	case "==", "===", "!=", "!==", "<=", ">=", "=>":
		return false
	}
	return operator != "" && operator[len(operator)-1] == '='
}

// root is the name that a chain of members begins with.
func root(n syntax.Node) string {
	for {
		n = n.Inner()
		switch n.Kind() {
		case syntax.Ident:
			return n.Name()
		case syntax.Member, syntax.Index:
			n = n.Operand()
		default:
			return ""
		}
	}
}

func (u uses) call(call syntax.Node) {
	callee := call.Callee().Inner()
	if known(callee) {
		return
	}
	if callee.Kind() == syntax.Member && !slices.Contains(reading, callee.Name()) {
		u.changed[root(callee.Operand())] = true
	}
	for a := range call.Children() {
		if a.Kind() == syntax.Spread {
			continue // its elements are copied
		}
		for _, name := range names(a) {
			u.escaped[name] = true
		}
	}
}

// known says whether a callee is a builder that leaves its arguments alone: the definition API, column builders, Zod, freeze.
func known(callee syntax.Node) bool {
	name := callee.Name()
	if callee.Kind() == syntax.Ident {
		return slices.Contains(defines, name) || tableFuncs[name] != "" || isBuilder(name) || isTablePart(name) || len(name) > 6 && name[:6] == "define"
	}
	base := root(callee)
	return base == "z" || base == "q" || base == "Object" && (name == "freeze" || name == "keys" || name == "values" || name == "entries") || base == "" // a chain on a call: text('x').default(…)
}

// body finds uses in code that is not parsed, by the names it refers to.
func (u uses) body(n syntax.Node) {
	for ref := range n.Refs() {
		last := ref.Path[len(ref.Path)-1]
		switch {
		case ref.Write, ref.Call && len(ref.Path) > 1 && !slices.Contains(reading, last):
			u.changed[ref.Path[0]] = true
		case !ref.Call && len(ref.Path) == 1:
			u.escaped[ref.Path[0]] = true
		}
	}
}

// reading are the methods that leave a list or an object as it is.
var reading = []string{"includes", "indexOf", "lastIndexOf", "map", "filter", "find", "findIndex", "some", "every", "join", "slice", "concat", "forEach", "at", "keys", "values", "entries", "flatMap", "reduce", "toString"}
