package syntax

import (
	"slices"
	"strings"
)

// item is the part of a list between two commas in which the offset is.
type item struct {
	index int // how many came before
	first int // index of its first token; the offset may be before any
	colon int // index of its colon, -1 without
	fresh bool
	whole bool // its last token belongs to brackets that were never closed, and count as complete
}

// item goes through the list that opens at a token, as the parser does: an element or property also starts on a new line
// behind a complete one, where a comma is missing.
func (l *locator) item(open int, object bool) item {
	it := item{first: open + 1, colon: -1, fresh: true}
	limit := l.pairs.limit(open)
	i := open + 1
	last := l.before() // the last token that counts
	for i < limit && i <= last {
		t := l.toks[i]
		switch {
		case t.kind == ',':
			it = item{index: it.index + 1, first: i + 1, colon: -1, fresh: true}
		case l.startsItem(i, open, it, object):
			it = item{index: it.index + 1, first: i, colon: -1}
		default:
			it.fresh = false
			if t.kind == ':' && it.colon < 0 {
				it.colon = i
			}
		}
		next := i + 1
		it.whole = false
		if t.kind.opens() {
			next = l.pairs.after(i)
			p := l.pairs.pair[i]
			if p >= 0 && l.toks[p].kind == tMiddle {
				next--
			}
			it.whole = p < 0
		}
		i = max(next, i+1)
	}
	if l.on >= 0 && l.startsItem(l.on, open, it, object) || l.on < 0 && l.newLine(open, it) {
		it = item{index: it.index + 1, first: max(l.on, l.prev+1), colon: -1, fresh: true}
	}
	return it
}

// startsItem says whether token i, on a new line or behind a string, starts an element or property though no comma stands before it.
func (l *locator) startsItem(i, open int, it item, object bool) bool {
	if i <= it.first || !l.toks[i-1].kind.operand() && !it.whole {
		return false
	}
	if !l.toks[i].is(lFirst) { // on one line two strings in a row show that a comma is missing
		return !object && l.toks[i].kind == tString && l.toks[i-1].kind == tString && !l.toks[i-1].is(lUnclosed)
	}
	switch l.toks[i].kind {
	case tWord:
		word := l.tree.file.Text[l.toks[i].start:l.toks[i].end]
		return precedences[word] == 0
	case tString, tNumber:
		return true
	case '[':
		return object
	}
	return false
}

// newLine says whether the offset is on a line of its own behind a complete element.
func (l *locator) newLine(open int, it item) bool {
	if l.prev < it.first || l.prev <= open || !l.toks[l.prev].kind.operand() && !it.whole {
		return false
	}
	end := int(l.toks[l.prev].end) // behind the offset when that is inside of a number
	return end < l.offset && strings.ContainsAny(l.tree.file.Text[end:l.offset], "\n\r")
}

// list fills in path and slot for the list that opens at a token.
func (l *locator) list(open int, c *Cursor) {
	n := l.owner(open)
	c.Path = path(n)
	switch {
	case n.Kind() == Object && n.raw().start == l.toks[open].start:
		l.inObject(open, n, c)
	case n.Kind() == Array && n.raw().start == l.toks[open].start:
		it := l.item(open, false)
		c.Path = append(c.Path, Step{Index: it.index, Node: n})
		c.Slot = l.valueSlot(it, SlotElement)
		if c.Slot == SlotElement {
			c.Present = l.strings(n)
		}
	case n.Kind() == Call && n.raw().y == l.toks[open].start:
		it := l.item(open, false)
		c.Path = append(c.Path, Step{Call: CallName(n), Arg: it.index, Index: -1, Node: n})
		c.Slot = l.valueSlot(it, SlotArgument)
	default:
		c.Slot = l.memberSlot(l.outerSlot(n))
	}
}

// owner returns the node whose list opens at a token, or else the innermost node around the token.
func (l *locator) owner(open int) Node {
	offset, t := l.toks[open].start, l.tree
	at, owner := t.Root(), t.Root()
	for {
		next := Node{}
		for id := at.raw().first; id != 0; id = t.nodes[id].next {
			if n := t.nodes[id]; n.start <= offset && offset < n.end {
				next = Node{t, id}
			}
		}
		if !next.Valid() {
			return owner
		}
		at, owner = next, next
		if n := at.raw(); n.kind == Call && n.y == offset || (n.kind == Object || n.kind == Array) && n.start == offset {
			return owner
		}
	}
}

// path returns the steps from the root down to a node, without the node itself.
func path(n Node) []Step {
	var steps []Step
	for child, parent := n, n.Parent(); parent.Valid(); child, parent = parent, parent.Parent() {
		switch parent.Kind() {
		case Call:
			if parent.raw().x == child.id {
				continue // the callee is not inside of the call
			}
			steps = append(steps, Step{Call: CallName(parent), Arg: position(parent, child), Index: -1, Node: parent})
		case Property:
			steps = append(steps, Step{Key: parent.Name(), Index: -1, Node: parent})
		case Array:
			steps = append(steps, Step{Index: position(parent, child), Node: parent})
		}
	}
	slices.Reverse(steps)
	return steps
}

// position returns which child of its parent a node is.
func position(parent, child Node) int {
	i := 0
	for c := range parent.Children() {
		if c == child {
			return i
		}
		i++
	}
	return i
}

// CallName returns the name a Call is known by: the callee when it is a chain of plain names ("defineTable", "q.text"), and
// for a call on anything else the name behind the last dot ("references").
func CallName(call Node) string {
	callee := call.Callee().Inner()
	var names []string
	at := callee
	for at.Kind() == Member {
		names = append(names, at.Name())
		at = at.Operand().Inner()
	}
	if at.Kind() != Ident {
		if len(names) > 0 {
			return names[0]
		}
		return ""
	}
	names = append(names, at.Name())
	slices.Reverse(names)
	return strings.Join(names, ".")
}

// inObject fills in path and slot for an offset in an object.
func (l *locator) inObject(open int, object Node, c *Cursor) {
	it := l.item(open, true)
	var own Node // the property the offset is in
	if it.first < len(l.toks) && !(it.fresh && l.on < 0) {
		start := l.toks[it.first].start
		for child := range object.Children() {
			if child.raw().start == start {
				own = child
			}
		}
	}
	if it.colon >= 0 {
		step := Step{Index: -1, Node: own}
		if own.Kind() == Property {
			step.Key = own.Name()
		}
		c.Path = append(c.Path, step)
		c.Slot = l.valueSlot(it, SlotValue)
		return
	}
	if own.Kind() == Spread || !it.fresh && l.on != it.first || l.before() >= it.first && l.on < 0 {
		c.Slot = l.memberSlot(SlotNothing)
		return
	}
	c.Slot = SlotKey
	for child := range object.Children() {
		if child.Kind() == Property && child != own && child.Name() != "" {
			c.Present = append(c.Present, child.Name())
		}
	}
}

// valueSlot returns the slot for an offset where a value may stand: none directly behind a complete value.
func (l *locator) valueSlot(it item, slot Slot) Slot {
	before := l.before()
	if before >= it.first && before > it.colon && l.toks[before].kind.operand() && !expressionWord(l, before) {
		return SlotNothing
	}
	return l.memberSlot(slot)
}

// expressionWord says whether a token is a word such as typeof or await, behind which an expression follows.
func expressionWord(l *locator, i int) bool {
	t := l.toks[i]
	word := l.tree.file.Text[t.start:t.end]
	return t.kind == tWord && (expressionWords[word] || precedences[word] > 0)
}

// outerSlot returns the slot of the list around a node, for an offset in parentheses, an index or the hole of a template.
func (l *locator) outerSlot(n Node) Slot {
	if n.Kind() == Lambda {
		return SlotNothing
	}
	for child, parent := n, n.Parent(); parent.Valid(); child, parent = parent, parent.Parent() {
		switch parent.Kind() {
		case Property:
			if parent.KeyNode() == child {
				return SlotNothing
			}
			return SlotValue
		case Array:
			return SlotElement
		case Call:
			if parent.raw().x != child.id {
				return SlotArgument
			}
		}
	}
	return SlotNothing
}

// strings returns the strings of an array, but the one at the offset.
func (l *locator) strings(array Node) []string {
	var list []string
	for child := range array.Children() {
		if s, ok := child.Str(); ok && s != "" && !(l.on >= 0 && child.raw().start == l.toks[l.on].start) {
			list = append(list, s)
		}
	}
	return list
}
