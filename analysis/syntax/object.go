package syntax

import (
	"fmt"

	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// DuplicateKey is given for a key that an object literal has twice.
var DuplicateKey = &diagnostics.Rule{
	Code:  "QB1003",
	Title: "Key written twice in one object",
	Why: "JavaScript keeps the last value and forgets the first without a word: a stricter rule written first would " +
		"not be enforced.",
	Fix:   "Keep one of the two, or join their values.",
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
  guards: { createable: ["name"], updatable: [], updatable: ["name"] },
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
}

func (p *parser) object() int32 {
	start, mark := p.start(), len(p.kids)
	g := p.enter()
	p.properties(g)
	closed := p.leave(g, "',' or '}'")
	if closed {
		p.duplicates(mark)
	}
	id := p.add(Object, start, p.prevEnd(), mark)
	if !closed {
		p.at(id).flags |= Broken
	}
	return id
}

// unopened parses the properties of an object whose opening brace is missing, to the end of the brackets around it.
func (p *parser) unopened(g group) int32 {
	start, mark := p.start(), len(p.kids)
	p.expect("'{'", g.open)
	p.forgive('}', start)
	p.properties(g)
	id := p.add(Object, start, p.prevEnd(), mark)
	p.at(id).flags |= Broken
	return id
}

// unopenedDeeper parses the same behind a key: as far as lines are indented deeper than the key's.
func (p *parser) unopenedDeeper(g group, indent uint16) int32 {
	limit, end := p.limit, p.i
	for end < limit && !(p.toks[end].is(lFirst) && p.toks[end].indent <= indent) {
		if p.toks[end].kind.opens() {
			end = p.pairs.after(end)
		} else {
			end++
		}
	}
	p.limit = min(end, limit)
	id := p.unopened(g)
	p.i, p.limit = p.limit, limit
	p.toks[p.i-1].flags |= lReported // its comma was already read
	return id
}

// properties parses what is between the braces of an object.
func (p *parser) properties(g group) {
	for p.kind() != tEnd {
		before := p.i
		if p.property(g) {
			switch {
			case p.kind() == tEnd:
				continue
			case p.eat(','):
				continue
			case p.kind() != ';' && p.startsKey() && (p.firstAt(0) || p.kindAt(1) == ':'):
				p.expect("','", g.open)
				continue
			}
		}
		if p.kind() == tEnd { // only a modifier is there
			p.expect("a key", g.open)
			break
		}
		p.report(p.i, "Unexpected "+p.describe(p.i)+": expected "+p.expectedInObject(before)+".", g.open)
		if !p.eat(';') { // a habit of interfaces
			p.resume()
		}
	}
}

func (p *parser) expectedInObject(before int) string {
	if p.i == before {
		return "a key"
	}
	return "',' or '}'"
}

// resume goes to where the next property of an object may start: behind a comma, or at the next `key:` on a new line.
func (p *parser) resume() {
	for p.kind() != tEnd && !p.eat(',') {
		p.skip()
		if p.kind() != tEnd && p.firstAt(0) && keyed(p.src, p.toks, p.i) {
			return
		}
	}
}

// startsKey says whether a property can start at the current token.
func (p *parser) startsKey() bool { return p.keyAt(0) || p.kind() == tDots || p.kind() == '*' }

func (p *parser) keyAt(n int) bool {
	switch p.kindAt(n) {
	case tWord, tString, tNumber, '[':
		return true
	}
	return false
}

// property parses one property or spread and says whether there was one.
func (p *parser) property(g group) bool {
	if p.kind() == tDots {
		p.push(p.element())
		return true
	}
	start, mark := p.start(), len(p.kids)
	var flags Flag
	for p.kind() == tWord && !p.firstAt(1) && (p.keyAt(1) || p.kindAt(1) == '*') && p.modifies() {
		flags |= Method
		p.i++
	}
	if p.eat('*') {
		flags |= Method
	}
	var a, b, x int32
	switch {
	case p.kind() == '[':
		x = p.computed()
		flags |= Computed
		if n := p.at(x); n.kind == String && n.flags&Broken == 0 { // a constant name: it counts as one
			a, b = n.start+1, n.end-1
		}
	case p.keyAt(0):
		a, b = p.unquoted(p.toks[p.i])
	default:
		return false
	}
	keyed := flags&Computed == 0
	key := p.toks[max(p.i-1, 0)]
	if keyed {
		key = p.toks[p.i]
		p.i++
	}
	flags |= p.propertyValue(g, key, keyed, flags)
	id := p.add(Property, start, max(p.prevEnd(), start), mark)
	n := p.at(id)
	n.flags |= flags
	n.a, n.b, n.x = a, b, x
	p.push(id)
	return true
}

// modifies says whether the current word stands before the key of a method.
func (p *parser) modifies() bool {
	switch p.textAt(0) {
	case "async", "get", "set":
		return true
	}
	return false
}

// computed parses [key] and returns the id of the key, which it pushes.
func (p *parser) computed() int32 {
	g := p.enter()
	var id int32
	if p.kind() == tEnd {
		p.expect("a key", g.open)
		id = p.missing()
	} else {
		id = p.assignment()
	}
	p.push(id)
	p.leave(g, "']'")
	return id
}

// propertyValue parses what follows a key and pushes the value.
func (p *parser) propertyValue(g group, key token, plain bool, flags Flag) Flag {
	switch {
	case p.kind() == '(' || p.kind() == '<':
		p.push(p.lambda(p.start(), true))
		return Method
	case p.kind() == ':':
		p.i++
		if p.firstAt(0) && p.kind() != tEnd && keyed(p.src, p.toks, p.i) && p.toks[p.i].indent > key.indent {
			p.push(p.unopenedDeeper(g, key.indent))
			return 0
		}
		if p.kind() == ',' || p.kind() == tEnd || p.firstAt(0) && keyed(p.src, p.toks, p.i) {
			p.expect("a value", g.open)
			p.push(p.missing())
		} else {
			p.push(p.assignment())
			p.keyedTwice(g)
		}
	case plain && (p.kind() == '{' || p.kind() == '[') && !p.firstAt(0): // neither can follow a shorthand
		p.expect("':'", g.open)
		p.push(p.assignment())
	case plain && key.kind == tWord && flags&Method == 0:
		id := p.add(Ident, key.start, key.end, len(p.kids))
		p.at(id).a, p.at(id).b = key.start, key.end
		if p.eat('=') { // { a = 1 }, when the object is the target of an assignment
			p.push(id)
			p.push(p.assignment())
			id = p.add(Binary, key.start, p.prevEnd(), len(p.kids)-2)
			p.at(id).a, p.at(id).b = key.end, key.end
		}
		p.push(id)
		return Shorthand
	default:
		p.expect("':'", g.open)
		p.push(p.missing())
	}
	return 0
}

// keyedTwice goes on behind a value that turns out to be a key: what was pasted behind `views: ` has its own.
func (p *parser) keyedTwice(g group) {
	last := len(p.kids) - 1
	if kind := p.at(p.kids[last]).kind; p.kind() != ':' || p.firstAt(0) || kind != String && kind != Ident {
		return
	}
	p.report(p.i, "Unexpected ':': expected ',' or '}'.", g.open)
	if p.i++; p.kind() == ',' || p.kind() == tEnd {
		return
	}
	value := p.assignment()
	p.kids[last] = value
}

// duplicates reports the keys that the properties pushed since mark have twice. A getter and a setter may share one.
func (p *parser) duplicates(mark int) {
	kids := p.kids[mark:]
	if len(kids) < 2 {
		return
	}
	seen := make(map[string]int32, len(kids))
	for _, id := range kids {
		n := p.at(id)
		if n.kind != Property || n.a == n.b {
			continue
		}
		name := Node{p.tree, id}.Name()
		first, again := seen[name]
		seen[name] = id
		if !again || p.accessor(first)+p.accessor(id) == 3 {
			continue
		}
		before := len(p.tree.diagnostics)
		p.diagnose(DuplicateKey, text.Span{Start: n.a, End: n.b}, fmt.Sprintf(
			"'%s' is written twice in this object. Only the last one counts, and the first is silently lost.", name), -1)
		if before < len(p.tree.diagnostics) {
			was := p.at(first)
			p.tree.diagnostics[before].Related = []diagnostics.Related{{
				At:      text.Place{Path: p.tree.file.Path, Span: text.Span{Start: was.a, End: was.b}},
				Message: "the first one",
			}}
		}
	}
}

// accessor returns 1 for a getter, 2 for a setter, 0 for any other property.
func (p *parser) accessor(id int32) int {
	n := p.at(id)
	if n.flags&Method == 0 || n.a-n.start < 4 {
		return 0
	}
	switch p.src[n.start : n.start+4] {
	case "get ":
		return 1
	case "set ":
		return 2
	}
	return 0
}
