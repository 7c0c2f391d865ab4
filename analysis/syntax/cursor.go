package syntax

import (
	"slices"
	"strings"

	"github.com/qbls/qbls/diagnostics/text"
)

// At returns what is, or would be typed, at an offset. It works on the tokens, because in a half-typed file the interesting
// places are where the tree has nothing: behind a comma, on an empty line, inside brackets that were never closed.
func (t *Tree) At(offset int) Cursor {
	src := t.file.Text
	offset = min(max(offset, 0), len(src))
	toks, comments := lex(src, 0, len(src))
	l := &locator{tree: t, offset: offset, pairs: pairUp(src, toks)}
	l.toks = l.pairs.toks
	l.findToken()
	c := Cursor{Replace: text.Span{Start: int32(offset), End: int32(offset)}, Node: t.innermost(offset)}
	if l.inComment(comments) {
		return c
	}
	l.typed(&c)
	open := l.bracket()
	if open < 0 {
		c.Slot = l.memberSlot(SlotNothing)
		return c
	}
	l.list(open, &c)
	return c
}

// innermost returns the deepest node that touches an offset; of two neighbours the right one.
func (t *Tree) innermost(offset int) Node {
	at := t.Root()
	for {
		next := Node{}
		for id := at.raw().first; id != 0; id = t.nodes[id].next {
			if n := t.nodes[id]; int(n.start) <= offset && offset <= int(n.end) && n.kind != Missing {
				next = Node{t, id}
			}
		}
		if !next.Valid() {
			return at
		}
		at = next
	}
}

// locator finds an offset among the tokens.
type locator struct {
	tree   *Tree
	pairs  *brackets
	toks   []token
	offset int
	prev   int  // the last token that ends before the offset or at it; -1 when there is none
	on     int  // the word or string the offset is in or touches; -1 when there is none
	inside bool // the offset is between the quotes of a string or template
}

func (l *locator) findToken() {
	l.on = -1
	i, _ := slices.BinarySearchFunc(l.toks, int32(l.offset), func(t token, at int32) int { return int(t.end - at) })
	// i is the first token that ends at the offset or behind it.
	l.prev = i - 1
	for ; i < len(l.toks) && int(l.toks[i].start) <= l.offset; i++ {
		t := l.toks[i]
		switch {
		case t.kind == tString || t.kind == tTemplate:
			closed := int(t.end) == l.offset && !t.is(lUnclosed)
			if int(t.start) < l.offset && !closed {
				l.on, l.inside = i, true
				return
			}
		case t.kind == tWord:
			l.on = i
			return
		case t.kind == tHead || t.kind == tMiddle || t.kind == tTail:
			if int(t.start) < l.offset && l.offset < int(t.end) {
				l.on, l.inside = i, true
				return
			}
		}
		if int(t.end) == l.offset || t.kind == tNumber && int(t.start) < l.offset {
			l.prev = i
		}
	}
}

// inComment says whether the offset is in a comment.
func (l *locator) inComment(unclosed []int32) bool {
	src, from := l.tree.file.Text, 0
	if l.on >= 0 {
		return false
	}
	if l.prev >= 0 {
		from = int(l.toks[l.prev].end)
	}
	for _, start := range unclosed {
		if int(start) < l.offset && !strings.ContainsAny(src[start:l.offset], "\n\r") {
			return true
		}
	}
	for from < l.offset {
		gap := src[from:l.offset]
		i := strings.IndexByte(gap, '/')
		if i < 0 || i+1 >= len(gap) {
			return false
		}
		end := 0
		switch gap[i+1] {
		case '/':
			end = strings.IndexAny(gap[i:], "\n\r")
		case '*':
			end = strings.Index(gap[i+2:], "*/")
		default:
			return false
		}
		if end < 0 {
			return true
		}
		from += i + end + 1
		if gap[i+1] == '*' {
			from += 3
		}
	}
	return false
}

// typed fills in what was typed already of the word or string at the offset, and what a completion replaces.
func (l *locator) typed(c *Cursor) {
	if l.on < 0 {
		return
	}
	t, src := l.toks[l.on], l.tree.file.Text
	if !l.inside {
		c.Partial = src[t.start:l.offset]
		c.Replace = text.Span{Start: t.start, End: t.end}
		return
	}
	end := t.end - 1
	// What stands behind the word in an unclosed string may be anything. In `'a, 'b'` the first string is unclosed too.
	whole := t.kind == tString || t.kind == tTemplate
	if next := l.on + 1; t.is(lUnclosed) || !whole || next < len(l.toks) && l.toks[next].kind == tWord && l.toks[next].start == t.end {
		end = int32(l.offset)
		for end < t.end && (wordByte[src[end]] || src[end] == '-') {
			end++
		}
	}
	c.Quote = src[t.start]
	c.Partial = src[t.start+1 : l.offset]
	c.Replace = text.Span{Start: t.start + 1, End: end}
}

// memberSlot returns SlotMember when the offset is behind a dot, and otherwise the other slot.
func (l *locator) memberSlot(other Slot) Slot {
	before := l.before()
	if !l.inside && before >= 0 && (l.toks[before].kind == '.' || l.toks[before].kind == tQuestion) {
		return SlotMember
	}
	return other
}

// before returns the token before the one at the offset, or before the offset.
func (l *locator) before() int {
	if l.on >= 0 {
		return l.on - 1
	}
	return l.prev
}

// bracket returns the innermost bracket that is open at the offset, -1 when none is.
func (l *locator) bracket() int {
	innermost := -1
	for i := 0; i <= l.before() && i < len(l.toks); i++ {
		if !l.toks[i].kind.opens() {
			continue
		}
		if l.holds(i) {
			innermost = i
		} else if after := l.pairs.after(i); after > i+1 { // go over what is closed, but not over a template that goes on
			if p := l.pairs.pair[i]; p >= 0 && l.toks[p].kind == tMiddle {
				after--
			}
			i = after - 1
		}
	}
	return innermost
}

// holds says whether the offset is inside the brackets that open at token i.
func (l *locator) holds(i int) bool {
	limit := l.pairs.limit(i)
	if int(l.toks[i].end) > l.offset {
		return false
	}
	if l.pairs.pair[i] >= 0 {
		return l.offset <= int(l.toks[limit].start)
	}
	last := l.toks[limit-1]
	if l.offset <= int(last.end) {
		return true
	}
	if limit < len(l.toks) && l.offset > int(l.toks[limit].start) || l.on >= limit {
		return false
	}
	// In the space behind brackets that were never closed, the column tells what a person means to go on with.
	column, blank, sameLine := l.column(int(last.end))
	if sameLine {
		return true
	}
	return column > int(l.toks[i].indent) || blank && column == 0 && limit == len(l.toks)
}

// column returns the indentation of the line of the offset, whether nothing stands before the offset on it, and whether that
// line is still the one of the place from.
func (l *locator) column(from int) (column int, blank, sameLine bool) {
	src := l.tree.file.Text
	start := strings.LastIndexAny(src[:l.offset], "\n\r") + 1
	if start <= from {
		return 0, false, true
	}
	for _, c := range []byte(src[start:l.offset]) {
		switch c {
		case ' ':
			column++
		case '\t':
			column += 4
		default:
			return column, false, false
		}
	}
	return column, true, false
}
