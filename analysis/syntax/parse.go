package syntax

import (
	"sync"

	"github.com/qbls/qbls/diagnostics/text"
)

// Parse returns the tree of a file. It never fails.
func Parse(f *text.File) *Tree { return parse(f, 0, len(f.Text), 0) }

// ParsePart returns the tree of a part of a file, read as if it were all of it: spans count in the file. It never fails.
func ParsePart(f *text.File, part text.Span) *Tree {
	return parse(f, int(part.Start), int(part.End), int(part.Start))
}

// parse reads the text from start to end; indent is that of its first token.
func parse(f *text.File, start, end, indent int) *Tree {
	b := benches.Get().(*bench)
	defer b.clear()
	l := newLexer(f.Text, start, end, b.toks)
	l.run(indent)
	b.toks = l.toks
	b.pairs.pairUp(l.src, l.toks)
	b.tree = &Tree{file: f, nodes: b.nodesFor(len(l.toks)/2 + 8)}
	p := &b.parser
	*p = parser{src: l.src, pairs: &b.pairs, tree: b.tree, toks: b.pairs.toks, limit: len(b.pairs.toks), kids: b.kids}
	p.reportLexical(l.comments)
	p.program()
	b.kids = p.kids
	b.tree.diagnostics = settle(f, b.tree.diagnostics)
	return b.tree
}

// bench is what a parser works with and nobody needs afterwards. The next parser takes it up: a project has thousands of files,
// and each would leave several times its size behind.
type bench struct {
	toks   []token
	kids   []int32
	pairs  brackets
	parser parser
	tree   *Tree
}

var benches = sync.Pool{New: func() any { return new(bench) }}

// maxBench is how many tokens a bench may hold when it is put back, so that one huge file does not stay in memory.
const maxBench = 1 << 16

func (b *bench) clear() {
	b.pairs.src, b.pairs.toks, b.parser, b.tree = "", nil, parser{}, nil
	if cap(b.toks) <= maxBench {
		benches.Put(b)
	}
}

// freed are nodes of trees that nobody looks at any more.
var freed = sync.Pool{}

func (b *bench) nodesFor(n int) []node {
	if nodes, _ := freed.Get().(*[]node); nodes != nil && cap(*nodes) >= n {
		return append((*nodes)[:0], node{})
	}
	return make([]node, 1, n)
}

// Free gives the nodes of a tree to the trees that are parsed next. Neither the tree nor a Node of it may be used afterwards.
func (t *Tree) Free() {
	if nodes := t.nodes; cap(nodes) <= maxBench {
		t.nodes = nil
		freed.Put(&nodes)
	}
}
