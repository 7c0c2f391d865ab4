package syntax

import (
	"iter"

	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// Tree is the tree of one file. It is immutable, and holds the file and two slices, nothing else.
type Tree struct {
	file        *text.File
	nodes       []node // children before their parents, the root last
	diagnostics []diagnostics.Diagnostic
}

// node is a node in the array of its tree. Ids are indices; 0 is no node.
type node struct {
	kind   Kind
	flags  Flag
	start  int32
	end    int32
	parent int32
	first  int32 // first child
	next   int32 // next sibling

	// a and b are the span that matters most: of the name, of a body (Lambda), of the operator (Unary, Binary, Wrap).
	a, b int32
	// x and y depend on the kind. Call: id of the callee, offset of the bracket (-1 without). Import, ExportFrom: id of the
	// module. Property: id of a computed key. ImportName, ExportName: span of the imported name. Lambda: span of the
	// parameters. Func: span of the body.
	x, y int32
}

// File returns the file the tree is of.
func (t *Tree) File() *text.File { return t.file }

// Diagnostics returns what is wrong with the syntax, in the order of the text.
func (t *Tree) Diagnostics() []diagnostics.Diagnostic { return t.diagnostics }

// Root returns the Program.
func (t *Tree) Root() Node { return Node{t, int32(len(t.nodes) - 1)} }

// Node returns the node of an id that came from Node.ID of this tree, and an invalid one for any other number.
func (t *Tree) Node(id int32) Node {
	if t == nil || id <= 0 || int(id) >= len(t.nodes) {
		return Node{}
	}
	return Node{t, id}
}

// Node is a place in a tree: small, comparable, and valid as long as the tree. The zero Node is invalid; every method may be
// called on it and returns nothing.
type Node struct {
	tree *Tree
	id   int32
}

// noNode is what an invalid Node is.
var noNode node

// raw returns the node, and an empty one for an invalid Node. It is only read.
func (n Node) raw() *node {
	if n.tree == nil {
		return &noNode
	}
	return &n.tree.nodes[n.id]
}

// Valid says whether there is a node at all. A Missing node is valid: something was expected there.
func (n Node) Valid() bool { return n.tree != nil }

// Tree returns the tree the node is in.
func (n Node) Tree() *Tree { return n.tree }

// ID returns the number of the node in its tree. Equal texts give equal ids.
func (n Node) ID() int32 { return n.id }

// Kind returns the kind, Missing for an invalid Node.
func (n Node) Kind() Kind { return n.raw().kind }

// Has says whether a flag is set.
func (n Node) Has(f Flag) bool { return n.raw().flags&f != 0 }

// Span returns where the node is, without white space and comments around it.
func (n Node) Span() text.Span { return text.Span{Start: n.raw().start, End: n.raw().end} }

// Place returns where the node is, with its file.
func (n Node) Place() text.Place {
	if n.tree == nil {
		return text.Place{}
	}
	return text.Place{Path: n.tree.file.Path, Span: n.Span()}
}

// Text returns the source of the node.
func (n Node) Text() string { return n.slice(n.Span()) }

func (n Node) slice(s text.Span) string {
	if n.tree == nil {
		return ""
	}
	return n.tree.file.Slice(s)
}

// Parent returns the node around this one; the root has none.
func (n Node) Parent() Node { return n.tree.Node(n.raw().parent) }

// hidden returns the child that Children leaves out: the callee of a Call, the module of an Import or ExportFrom.
func (n Node) hidden() int32 {
	switch r := n.raw(); r.kind {
	case Call, Import, ExportFrom:
		return r.x
	}
	return 0
}

// Children returns the children in the order of the text, as the comment of each Kind says: of a Call its arguments.
func (n Node) Children() iter.Seq[Node] {
	return func(yield func(Node) bool) {
		hidden := n.hidden()
		for id := n.raw().first; id != 0; id = n.tree.nodes[id].next {
			if id != hidden && !yield(Node{n.tree, id}) {
				return
			}
		}
	}
}

// Descendants returns the node and all nodes in it, parents first; of a Call the callee and the arguments.
func (n Node) Descendants() iter.Seq[Node] {
	return func(yield func(Node) bool) {
		if n.tree == nil {
			return
		}
		nodes := n.tree.nodes
		for id := n.id; ; {
			if !yield(Node{n.tree, id}) {
				return
			}
			if nodes[id].first != 0 {
				id = nodes[id].first
				continue
			}
			for id != n.id && nodes[id].next == 0 {
				id = nodes[id].parent
			}
			if id == n.id {
				return
			}
			id = nodes[id].next
		}
	}
}

// Child returns the i-th child, an invalid Node when there is none.
func (n Node) Child(i int) Node {
	for child := range n.Children() {
		if i == 0 {
			return child
		}
		i--
	}
	return Node{}
}

// NumChildren returns the number of children.
func (n Node) NumChildren() int {
	count := 0
	for range n.Children() {
		count++
	}
	return count
}
