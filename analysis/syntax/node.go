package syntax

import (
	"strings"

	"github.com/qbls/qbls/diagnostics/text"
)

// Name returns the name of a binding, a declaration, a property (unescaped, without quotes; "" when computed from more than a
// string) or an identifier, and of a Member the name behind the dot.
func (n Node) Name() string {
	s := n.slice(n.NameSpan())
	if strings.IndexByte(s, '\\') >= 0 && (n.Kind() == Property || n.Kind() == ImportName || n.Kind() == ExportName) {
		if cooked, _, ok := unescape(s, false); ok {
			return cooked
		}
	}
	return s
}

// NameSpan returns where Name is written, without quotes. It is empty when there is no name.
func (n Node) NameSpan() text.Span {
	switch r := n.raw(); r.kind {
	case ImportName, ExportName, Var, Func, Enum, TypeDecl, Opaque, Property, Ident, Member, Class:
		return text.Span{Start: r.a, End: r.b}
	}
	return text.Span{}
}

// Imported returns the name that an ImportName or ExportName has in its module, or for a local export list, in this file:
// "default" for a default import, "*" for all.
func (n Node) Imported() string {
	r := n.raw()
	if r.kind != ImportName && r.kind != ExportName {
		return ""
	}
	if r.x < 0 {
		return "default"
	}
	return n.slice(text.Span{Start: r.x, End: r.y})
}

// ImportedSpan returns where Imported is written; of a default import, the local name.
func (n Node) ImportedSpan() text.Span {
	r := n.raw()
	switch {
	case r.kind != ImportName && r.kind != ExportName:
		return text.Span{}
	case r.x < 0:
		return text.Span{Start: r.a, End: r.b}
	}
	return text.Span{Start: r.x, End: r.y}
}

// Module returns the specifier an Import or ExportFrom names, "" for a local export list. Of an ImportName or ExportName it is
// that of the statement around it.
func (n Node) Module() string {
	s, _ := n.ModuleNode().Str()
	return s
}

// ModuleNode returns the String of Module.
func (n Node) ModuleNode() Node {
	switch n.Kind() {
	case Import, ExportFrom:
		return n.tree.Node(n.raw().x)
	case ImportName, ExportName:
		return n.Parent().ModuleNode()
	}
	return Node{}
}

// Value returns the value of a Property, Var, ExportValue, Spread, Wrap or ExprStmt. It is a Missing node where one was
// expected, and invalid where none is needed, as in `let x`.
func (n Node) Value() Node {
	switch r := n.raw(); r.kind {
	case Property:
		id := r.first
		if r.flags&Computed != 0 && id != 0 {
			id = n.tree.nodes[id].next
		}
		return n.tree.Node(id)
	case Var, ExportValue, Spread, Wrap, ExprStmt:
		return n.tree.Node(r.first)
	}
	return Node{}
}

// KeyNode returns the expression in the brackets of an Index or a computed Property.
func (n Node) KeyNode() Node {
	switch r := n.raw(); {
	case r.kind == Property && r.flags&Computed != 0:
		return n.tree.Node(r.x)
	case r.kind == Index:
		return n.Child(1)
	}
	return Node{}
}

// Callee returns what a Call calls.
func (n Node) Callee() Node {
	if n.Kind() != Call {
		return Node{}
	}
	return n.tree.Node(n.raw().x)
}

// Arguments returns the span of a Call from its opening bracket to its end; it is empty for a `new X` without brackets.
func (n Node) Arguments() text.Span {
	r := n.raw()
	if r.kind != Call || r.y < 0 {
		return text.Span{}
	}
	return text.Span{Start: r.y, End: r.end}
}

// Operand returns what a Member, Index or Unary is applied to, and the tag of a Tagged.
func (n Node) Operand() Node {
	switch r := n.raw(); r.kind {
	case Member, Index, Unary, Tagged:
		return n.tree.Node(r.first)
	}
	return Node{}
}

// Operator returns the operator of a Unary, Binary or Wrap as it is written; of a Wrap "as" "const" "satisfies" "!" "(" or
// "await".
func (n Node) Operator() string {
	switch r := n.raw(); r.kind {
	case Unary, Binary, Wrap:
		if r.a == r.b {
			if r.kind == Wrap {
				return "as" // <T>x is an older spelling
			}
			return "="
		}
		return n.slice(text.Span{Start: r.a, End: r.b})
	}
	return ""
}

// Inner returns the node without the Wraps around it that change no value: parentheses, as, satisfies, ! and <T>.
func (n Node) Inner() Node {
	for n.Kind() == Wrap && n.Operator() != "await" {
		n = n.Value()
	}
	return n
}

// Property returns the last Property of an Object (also a wrapped one) with a key, as JavaScript keeps the last.
func (n Node) Property(key string) (Node, bool) {
	var found Node
	object := n.Inner()
	if object.Kind() != Object {
		return Node{}, false
	}
	for child := range object.Children() {
		if child.Kind() == Property && child.Name() == key && child.raw().a != child.raw().b {
			found = child
		}
	}
	return found, found.Valid()
}

// Body returns the body of a Lambda or Func: the block with its braces, or the expression an arrow function returns.
func (n Node) Body() text.Span {
	switch r := n.raw(); r.kind {
	case Lambda:
		return text.Span{Start: r.a, End: r.b}
	case Func:
		return text.Span{Start: r.x, End: r.y}
	}
	return text.Span{}
}

// Params returns the parameters of a Lambda, with their parentheses when it has some.
func (n Node) Params() text.Span {
	if r := n.raw(); r.kind == Lambda {
		return text.Span{Start: r.x, End: r.y}
	}
	return text.Span{}
}
