package syntax_test

import (
	"strings"
	"testing"

	"github.com/qbls/qbls/analysis/syntax"
)

// checkTree fails when a tree breaks what everybody relies on: spans are inside their parents and the text, siblings are in
// order and do not overlap, every node is reached exactly once, and parents are right.
func checkTree(t *testing.T, tree *syntax.Tree) {
	t.Helper()
	size := len(tree.File().Text)
	root := tree.Root()
	if root.Kind() != syntax.Program || int(root.Span().Start) != 0 || int(root.Span().End) != size {
		t.Fatalf("root is %v over %v of %d bytes", root.Kind(), root.Span(), size)
	}
	seen := map[int32]bool{}
	for n := range root.Descendants() {
		if seen[n.ID()] {
			t.Fatalf("%v %v is reached twice", n.Kind(), n.Span())
		}
		seen[n.ID()] = true
		if tree.Node(n.ID()) != n {
			t.Fatalf("node %d is not found by its id", n.ID())
		}
		s := n.Span()
		if s.Start < 0 || s.End < s.Start || int(s.End) > size {
			t.Fatalf("%v has the span %v in %d bytes", n.Kind(), s, size)
		}
		if parent := n.Parent(); n != root && !parent.Span().Covers(s) {
			t.Fatalf("%v %v is not inside of its %v %v", n.Kind(), s, parent.Kind(), parent.Span())
		}
		if name := n.NameSpan(); !s.Covers(name) && name.Len() > 0 {
			t.Fatalf("%v %v has its name at %v", n.Kind(), s, name)
		}
		if body := n.Body(); body.Len() > 0 && !s.Covers(body) {
			t.Fatalf("%v %v has its body at %v", n.Kind(), s, body)
		}
		end := s.Start
		for child := range n.Children() {
			if child.Parent() != n {
				t.Fatalf("%v %v has the parent %v", child.Kind(), child.Span(), child.Parent().Kind())
			}
			if child.Span().Start < end {
				t.Fatalf("%v %v starts inside of its left sibling", child.Kind(), child.Span())
			}
			end = child.Span().End
		}
		if n.Kind() == syntax.String || n.Kind() == syntax.Template {
			value, _ := n.Str()
			for i := -1; i <= len(value)+1; i++ {
				if at := n.Offset(i); at < int(s.Start) || at > int(s.End) {
					t.Fatalf("byte %d of %q is at %d, outside of %v", i, value, at, s)
				}
			}
		}
		for range n.Refs() {
			break
		}
		n.Num()
		n.Property("a")
	}
	for _, d := range tree.Diagnostics() {
		if s := d.At.Span; s.Start < 0 || s.End < s.Start || int(s.End) > size {
			t.Fatalf("%s has the span %v in %d bytes", d.Rule.Code, s, size)
		}
	}
}

var corpus = []string{
	"", "\ufeff#!x\nexport default {}", "import a, { b as c } from 'd';", "export * as a from \"b\"",
	"export default defineTable(candidates, { guards: { createable: [\"na",
	"const a = `x ${ `y ${z}` } w`, b = /[/]/g, c = 1n;", "x = { get a() {}, async *b() {}, [c]: d, ...e, 'f': 1, g }",
	"a?.b!.c?.[d]?.(e) as F satisfies G<H>", "({ a = 1 } = b)", "enum A { B = 1 << 2, 'c' }", "type A<T> = T extends B ? C : D",
	"x({ a: [1, 2\n b: { c: 'd\n e: 1 })", "))]]}}", "([{`${", "/* never", "'\\u{1F600}\\x41\\\n'", "a ? b ? c : d : (e): F => g",
	"for (const a of b) { c(a) }\nclass A<T> extends B { #c = 1 }", "<T,>(a: T) => a", "new new A()(b)", "a\n++\nb", "x.\ny:1",
	"{{{{[[[[((((\n}\n]\n)", "a = > b >>>= c", "`a\n${\nb: [\n}`", "\"\\", "{\r\n  a:\r\n  b: 1,\r}", "@a.b(c) class D {}",
}

func FuzzParse(f *testing.F) {
	for _, src := range corpus {
		f.Add(src)
	}
	f.Add(definition)
	f.Fuzz(func(t *testing.T, src string) {
		tree := parse(src)
		checkTree(t, tree)
		if first, second := dump(tree.Root()), dump(parse(src).Root()); first != second {
			t.Fatalf("two trees of one text: %s and %s", first, second)
		}
		if refs(tree.Root()); len(src) > 400 {
			return // every offset of a long text takes too long for a fuzzer
		}
		for i := 0; i <= len(src); i++ {
			c := tree.At(i)
			if c.Replace.Start < 0 || c.Replace.End < c.Replace.Start || int(c.Replace.End) > len(src) {
				t.Fatalf("offset %d replaces %v", i, c.Replace)
			}
			if !c.Node.Valid() {
				t.Fatalf("offset %d has no node", i)
			}
		}
	})
}

// TestHostile reads what no person writes: it must take no stack and no more than linear time.
func TestHostile(t *testing.T) {
	for _, unit := range []string{
		"[", "(", "{", "{a:", "[{", "`${", "!", "a=>", "a?", "a=", "a.b", "a+", "a**", "new ", "(a)=>", "<", "x<", "[)", "([", "[\n", "{\n}\n)\n",
		"if(a)", "'", "/*", "/", "a:\n", "...", "@", "import {", "type A=", "a as ", "typeof ", "`", "`\n${", "1,", "\\",
		"case ", "(\n)]", "await ", "-", "label:", "/* */\n",
	} {
		src := strings.Repeat(unit, 200_000/len(unit))
		tree := parse(src)
		if got := len(tree.Diagnostics()); got > 100 {
			t.Errorf("%q: %d diagnostics", unit, got)
		}
		tree.At(len(src) / 2)
	}
}

func TestTenMegabytesOfBrackets(t *testing.T) {
	tree := parse(strings.Repeat("[", 10<<20))
	if len(tree.Diagnostics()) == 0 {
		t.Error("brackets without an end give no diagnostic")
	}
}
