package syntax

import (
	"fmt"

	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// Unexpected is given where the text is not TypeScript: something is missing, or something stands where it cannot.
var Unexpected = &diagnostics.Rule{
	Code:  "QB1001",
	Title: "Syntax error",
	Why: "A definition that cannot be read with certainty is not compiled: a policy with a missing bracket could mean less " +
		"protection than was meant.",
	Fix:   "Add what is missing, or remove what does not belong there; the related place shows the bracket that is open.",
	Since: "0.1.0",
	Bad: `import { defineTable } from "@quickback/compiler";
import { sqliteTable, text } from "drizzle-orm/sqlite-core";

export const things = sqliteTable("things", {
  id: text("id").primaryKey(),
  organizationId: text("organization_id").notNull(),
  name: text("name").notNull(),
});

export default defineTable(things, {
  firewall: { organization: {} },
  guards: { createable: ["name", updatable: ["name"] },
  crud: {
    list: { access: { roles: ["member"] } },
    create: { access: { roles: ["member"] } },
    update: { access: { roles: ["member"] } },
  },
});
`,
	Good: `import { defineTable } from "@quickback/compiler";
import { sqliteTable, text } from "drizzle-orm/sqlite-core";

export const things = sqliteTable("things", {
  id: text("id").primaryKey(),
  organizationId: text("organization_id").notNull(),
  name: text("name").notNull(),
});

export default defineTable(things, {
  firewall: { organization: {} },
  guards: { createable: ["name"], updatable: ["name"] },
  crud: {
    list: { access: { roles: ["member"] } },
    create: { access: { roles: ["member"] } },
    update: { access: { roles: ["member"] } },
  },
});
`,
	Related: []diagnostics.Code{"QB1002"},
}

// maxDepth is how deep expressions may nest. A definition needs about ten; the limit keeps hostile files from the stack.
const maxDepth = 500

// maxDiagnostics is how many diagnostics one file gives: a file with more is not mended one by one.
const maxDiagnostics = 100

// parser is a recursive descent over the tokens of a file. limit is where the brackets it is in end: no rule reads beyond it,
// so every list ends where its brackets do.
type parser struct {
	src   string
	pairs *brackets
	toks  []token
	tree  *Tree
	i     int
	limit int
	depth int
	// yes is set in the middle of a ? b : c, where a colon after parentheses is no return type.
	yes  bool
	kids []int32 // children of the nodes that are being parsed
	// strays are the indices of the diagnostics about closing brackets that close nothing.
	strays []int
}

// kind returns the kind of the current token, tEnd at the limit.
func (p *parser) kind() tok { return p.kindAt(0) }

// kindAt returns the kind of the token n further on.
func (p *parser) kindAt(n int) tok {
	if p.i+n >= p.limit {
		return tEnd
	}
	return p.toks[p.i+n].kind
}

// word says whether the current token is this word.
func (p *parser) word(s string) bool { return p.wordAt(0, s) }

func (p *parser) wordAt(n int, s string) bool { return p.kindAt(n) == tWord && p.textAt(n) == s }

// textAt returns the text of the token n further on.
func (p *parser) textAt(n int) string {
	if p.i+n >= p.limit {
		return ""
	}
	t := p.toks[p.i+n]
	return p.src[t.start:t.end]
}

// firstAt says whether the token n further on is the first on its line. The end counts as one.
func (p *parser) firstAt(n int) bool { return p.i+n >= p.limit || p.toks[p.i+n].is(lFirst) }

// start returns the offset of the current token.
func (p *parser) start() int32 {
	if p.i < p.limit {
		return p.toks[p.i].start
	}
	return p.prevEnd()
}

// prevEnd returns the end of the token before the current one.
func (p *parser) prevEnd() int32 {
	if p.i == 0 {
		return 0
	}
	return p.toks[p.i-1].end
}

// skip goes over one token, and over a pair of brackets as a whole.
func (p *parser) skip() {
	if !p.kind().opens() {
		p.i = min(p.i+1, p.limit)
		return
	}
	for { // a template goes on behind the end of a hole
		open := p.i
		p.i = p.pairs.after(open)
		if p.pairs.pair[open] < 0 || p.toks[p.i-1].kind != tMiddle {
			return
		}
		p.i--
	}
}

// eat goes over a token of a kind and says whether it was there.
func (p *parser) eat(k tok) bool {
	if p.kind() != k {
		return false
	}
	p.skip()
	return true
}

func (p *parser) eatWord(s string) bool {
	if !p.word(s) {
		return false
	}
	p.i++
	return true
}

// group is a pair of brackets the parser is in.
type group struct {
	open, limit int
	yes         bool
}

// enter goes into the brackets that open at the current token.
func (p *parser) enter() group {
	g := group{p.i, p.limit, p.yes}
	p.limit, p.yes = p.pairs.limit(p.i), false
	p.i++
	return g
}

// leave goes behind the brackets, and reports what was not read in them. It says whether the closing bracket was there.
func (p *parser) leave(g group, expected string) (closed bool) {
	if p.i < p.limit {
		p.report(p.i, fmt.Sprintf("Unexpected %s: expected %s.", p.describe(p.i), expected), g.open)
	}
	p.i, p.limit, p.yes = p.pairs.after(g.open), g.limit, g.yes
	return p.pairs.pair[g.open] >= 0
}

// add makes a node, whose children are the nodes pushed since mark.
func (p *parser) add(kind Kind, start, end int32, mark int) int32 {
	id := int32(len(p.tree.nodes))
	n := node{kind: kind, start: start, end: end}
	nodes := p.tree.nodes
	for i, kid := range p.kids[mark:] {
		nodes[kid].parent = id
		if i == 0 {
			n.first = kid
		} else {
			nodes[p.kids[mark+i-1]].next = kid
		}
	}
	if n.first != 0 { // a Missing child stands behind the token before it, which may be in front of the node
		n.start = min(n.start, nodes[n.first].start)
	}
	n.end = max(n.end, n.start)
	p.kids = p.kids[:mark]
	p.tree.nodes = append(nodes, n)
	return id
}

// leaf makes a node of the current token.
func (p *parser) leaf(kind Kind) int32 {
	t := p.toks[p.i]
	p.i++
	id := p.add(kind, t.start, t.end, len(p.kids))
	if t.is(lUnclosed) {
		p.at(id).flags |= Broken
	}
	return id
}

// missing makes a node where something was expected.
func (p *parser) missing() int32 { return p.add(Missing, p.prevEnd(), p.prevEnd(), len(p.kids)) }

func (p *parser) push(id int32)     { p.kids = append(p.kids, id) }
func (p *parser) at(id int32) *node { return &p.tree.nodes[id] }

// describe names a token for a person.
func (p *parser) describe(i int) string {
	t := p.toks[i]
	s := p.src[t.start:t.end]
	switch {
	case t.kind == tString || t.kind == tTemplate || t.kind == tHead:
		return "string"
	case len(s) > 20:
		return "text"
	}
	return "'" + s + "'"
}

// report gives a diagnostic at token i (len(toks) is the end of the text), unless one was given for the same mistake. open is
// the index of the bracket that explains it, or -1.
func (p *parser) report(i int, message string, open int) {
	if i < len(p.toks) && p.toks[i].is(lReported) || i > 0 && p.toks[i-1].flags&(lReported|lUnclosed) != 0 || p.quoteAhead(i) {
		return
	}
	span := text.Span{Start: int32(len(p.src)), End: int32(len(p.src))}
	if i < len(p.toks) {
		p.toks[i].flags |= lReported
		span = text.Span{Start: p.toks[i].start, End: p.toks[i].end}
	}
	p.diagnose(Unexpected, span, message, open)
}

// expect reports that something is missing behind the last token.
func (p *parser) expect(what string, open int) {
	i := p.i
	if i > 0 && i-1 < len(p.toks) && p.toks[i-1].flags&(lReported|lUnclosed) != 0 || i < len(p.toks) && p.toks[i].is(lReported) || p.quoteAhead(i) {
		return
	}
	if i > 0 {
		p.toks[i-1].flags |= lReported
	}
	p.diagnose(Unexpected, p.behind(i), "Expected "+what+" here.", open)
}

// behind returns the place just behind the token before i: the last character of it, so that an editor has something to mark.
func (p *parser) behind(i int) text.Span {
	if i == 0 {
		return text.Span{}
	}
	end := p.toks[i-1].end
	return text.Span{Start: end - 1, End: end}
}

// quoteAhead says whether a string on the same line is unclosed: then the tokens before it may well be what the string should
// have held, and only the string is reported.
func (p *parser) quoteAhead(i int) bool {
	for k := i; k < len(p.toks) && k < i+32 && (k == i || !p.toks[k].is(lFirst)); k++ {
		if p.toks[k].kind == tString && p.toks[k].is(lUnclosed) {
			return true
		}
	}
	return false
}

func (p *parser) diagnose(rule *diagnostics.Rule, span text.Span, message string, open int) {
	if len(p.tree.diagnostics) >= maxDiagnostics {
		return
	}
	d := diagnostics.Diagnostic{Rule: rule, At: text.Place{Path: p.tree.file.Path, Span: span}, Message: message}
	if open >= 0 {
		t, verb := p.toks[open], "is opened"
		if !t.kind.opens() {
			verb = "is"
		}
		d.Related = []diagnostics.Related{{
			At:      text.Place{Path: p.tree.file.Path, Span: text.Span{Start: t.start, End: t.end}},
			Message: "the " + p.describe(open) + " " + verb + " here",
		}}
	}
	p.tree.diagnostics = append(p.tree.diagnostics, d)
}
