package syntax

import "slices"

// brackets pairs the brackets of a file before it is parsed, so that the parser always knows where a list ends and one missing
// bracket cannot swallow the rest of the file. A file whose brackets pair is taken as it is. In any other, indentation decides:
// a `key:` or a statement keyword at the start of a line ends every bracket that was opened at its depth or deeper.
type brackets struct {
	src  string
	toks []token
	// pair holds, for an opening bracket, the index of its closing one, or ^i when that is missing and the contents end before
	// token i; for a closing bracket its opening one.
	pair  []int32
	stack []int32
	count [128]int // open brackets of each kind
	lost  []lost
	// budget is how many tokens may still be looked at ahead, so that hostile input stays linear.
	budget int
}

// lost is a bracket without its partner: the token of an opening one and the token before which its contents end, or -1 and
// the offset of a stray closing one.
type lost struct{ open, at int32 }

// pairUp pairs the brackets of toks, and drops stray closing ones.
func pairUp(src string, toks []token) *brackets {
	b := new(brackets)
	b.pairUp(src, toks)
	return b
}

// pairUp starts over with other tokens.
func (b *brackets) pairUp(src string, toks []token) {
	b.src, b.toks, b.lost = src, toks, nil
	b.stack, b.pair = b.stack[:0], slices.Grow(b.pair[:0], len(toks))[:len(toks)]
	clear(b.pair)
	if b.strict() {
		return
	}
	b.stack, b.count, b.budget = b.stack[:0], [128]int{}, 1_000_000
	for i := range toks {
		b.step(i)
	}
	b.closeTo(0, len(toks))
	b.compact()
}

// strict pairs by kind alone and says whether that worked out.
func (b *brackets) strict() bool {
	for i, t := range b.toks {
		if t.kind.closes() {
			n := len(b.stack)
			if n == 0 {
				return false
			}
			open := b.stack[n-1]
			if want := b.toks[open].kind.closer(); t.kind != want && !(want == tTail && t.kind == tMiddle) {
				return false
			}
			b.stack = b.stack[:n-1]
			b.pair[open], b.pair[i] = int32(i), open
		}
		if t.kind.opens() {
			b.stack = append(b.stack, int32(i))
		}
	}
	return len(b.stack) == 0
}

// kindOf returns the kind under which an opening bracket is counted: all holes of templates are alike.
func kindOf(k tok) tok {
	if k == tMiddle {
		return tHead
	}
	return k
}

func (b *brackets) step(i int) {
	t := b.toks[i]
	if t.is(lFirst) && len(b.stack) > 0 {
		switch {
		case startsStatement(b.src, b.toks, i) && t.indent <= b.toks[b.stack[0]].indent:
			b.closeTo(0, i)
		case keyed(b.src, b.toks, i):
			b.closeDeeper(i)
		}
	}
	switch n := len(b.stack); {
	case n > 0 && t.kind == tWord && b.importBraces(i): // import { a from 'b'
		b.closeTo(n-1, i)
	case n > 1 && b.toks[b.stack[n-1]].kind == '[' && b.toks[b.stack[n-2]].kind == '{' && i > 0 && b.toks[i-1].kind == ',' &&
		keyed(b.src, b.toks, i): // { a: ['b', c: …
		b.closeTo(n-1, i-1)
	}
	if t.kind.closes() {
		b.close(i)
	}
	if t.kind.opens() {
		b.stack = append(b.stack, int32(i))
		b.count[kindOf(t.kind)]++
	}
}

// importBraces says whether the innermost open bracket is that of an import or export, and token i its from.
func (b *brackets) importBraces(i int) bool {
	open := b.stack[len(b.stack)-1]
	if i+1 >= len(b.toks) || b.toks[i+1].kind != tString || open == 0 || b.toks[open].kind != '{' || b.toks[open-1].kind != tWord ||
		b.src[b.toks[i].start:b.toks[i].end] != "from" {
		return false
	}
	switch before := b.toks[open-1]; b.src[before.start:before.end] {
	case "import", "export", "type":
		return true
	}
	return false
}

// closeDeeper ends the brackets that a `key:` at the start of a line cannot be inside of.
func (b *brackets) closeDeeper(i int) {
	n := len(b.stack)
	for n > 0 {
		top := b.toks[b.stack[n-1]]
		if top.kind == tHead || top.kind == tMiddle || b.toks[i].indent > top.indent && top.kind != '[' {
			break
		}
		n--
	}
	b.closeTo(n, i)
}

// closeTo ends all brackets but the outermost n before token i.
func (b *brackets) closeTo(n, i int) {
	for k := len(b.stack) - 1; k >= n; k-- {
		open := b.stack[k]
		b.pair[open] = ^int32(i)
		b.count[kindOf(b.toks[open].kind)]--
		b.lost = append(b.lost, lost{open, int32(i)})
	}
	b.stack = b.stack[:n]
}

// searchDepth limits how far a partner is looked for; nobody nests deeper by hand, and hostile input stays linear.
const searchDepth = 64

// close finds what the closing bracket i closes.
func (b *brackets) close(i int) {
	t := b.toks[i]
	want := t.kind.opener()
	n := len(b.stack)
	if b.count[want] == 0 {
		b.stray(i)
		return
	}
	match := n - 1
	for match >= 0 && kindOf(b.toks[b.stack[match]].kind) != want {
		if match--; match < n-searchDepth {
			match = -1
		}
	}
	if match < 0 {
		b.stray(i)
		return
	}
	if t.is(lFirst) && want != tHead {
		match = b.byIndent(i, match, want)
	} else if want != tHead && !b.mayClose(i, match) {
		match = -1
	}
	if match < 0 {
		b.stray(i)
		return
	}
	b.closeTo(match+1, i)
	open := b.stack[match]
	b.stack = b.stack[:match]
	b.count[want]--
	b.pair[open], b.pair[i] = int32(i), open
}

// byIndent chooses what a closing bracket at the start of a line closes: the bracket whose line has the same indentation.
// It returns -1 for a stray one.
func (b *brackets) byIndent(i, match int, want tok) int {
	indent := b.toks[i].indent
	for k := match; k >= 0 && k > match-searchDepth; k-- {
		open := b.toks[b.stack[k]]
		if kindOf(open.kind) == want && open.indent == indent {
			return k
		}
		if open.indent < indent {
			break
		}
	}
	open := b.stack[match]
	if indent <= b.toks[open].indent || int(open)+1 >= len(b.toks) {
		return match
	}
	// It stands deeper than what it would close. When the list goes on behind it, it is one bracket too many.
	child := b.toks[open+1]
	next := i + 1
	if next < len(b.toks) && b.toks[next].kind == ',' {
		next++
	}
	if next < len(b.toks) && child.is(lFirst) && b.toks[next].is(lFirst) && b.toks[next].indent == child.indent &&
		!b.toks[next].kind.closes() {
		return -1
	}
	return match
}

// mayClose says whether a closing bracket in the middle of a line may close its match and end the unclosed ones above it. It
// may not when they have a better end ahead: then it is itself the mistake, as in `['a')]` and `{⏎ a: f"b"),⏎}`.
func (b *brackets) mayClose(i, match int) bool {
	top := b.stack[len(b.stack)-1]
	if b.onLine(int(top), i) {
		return match == len(b.stack)-1 || !b.endsOnLine(top, i) && !b.goesOn(b.stack[match], i)
	}
	return !b.endsAhead(top, i)
}

// goesOn says whether the bracket open, from a line above, has another `key:` on the line behind token i: then i is not its end
// but the wrong end of something on its own line, as in `{⏎ a: ['b'},⏎ c: …`.
func (b *brackets) goesOn(open int32, i int) bool {
	next := i + 1
	if next < len(b.toks) && b.toks[next].kind == ',' {
		next++
	}
	return next < len(b.toks) && b.toks[next].is(lFirst) && b.toks[next].indent > b.toks[open].indent && keyed(b.src, b.toks, next) &&
		!b.onLine(int(open), i)
}

// onLine says whether token open is on the line of token i.
func (b *brackets) onLine(open, i int) bool {
	for k := i; k > open; k-- {
		if b.toks[k].is(lFirst) {
			return false
		}
		if b.budget--; b.budget < 0 {
			return true
		}
	}
	return true
}

// endsOnLine says whether the bracket open has its end behind token i on the same line.
func (b *brackets) endsOnLine(open int32, i int) bool {
	want, depth := b.toks[open].kind.closer(), 0
	for k := i + 1; k < len(b.toks) && !b.toks[k].is(lFirst) && b.budget > 0; k++ {
		b.budget--
		switch kind := b.toks[k].kind; {
		case kind.opens():
			depth++
		case kind == want && depth == 0:
			return true
		case kind.closes():
			depth--
		}
	}
	return false
}

// endsAhead says whether the first line behind token i that is not indented deeper than that of the bracket open ends it.
func (b *brackets) endsAhead(open int32, i int) bool {
	t := b.toks[open]
	for k := i + 1; k < len(b.toks) && b.budget > 0; k++ {
		b.budget--
		if !b.toks[k].is(lFirst) || b.toks[k].indent > t.indent {
			continue
		}
		if b.toks[k].indent < t.indent {
			return false
		}
		for ; k < len(b.toks) && b.toks[k].kind.closes(); k++ {
			if b.toks[k].kind == t.kind.closer() {
				return true
			}
		}
		return false
	}
	return false
}

// stray drops a closing bracket that closes nothing, with the comma behind it when there is one before it too.
func (b *brackets) stray(i int) {
	b.toks[i].flags |= lStray
	if i > 0 && i+1 < len(b.toks) && b.toks[i+1].kind == ',' && !b.toks[i-1].kind.operand() {
		b.toks[i+1].flags |= lStray
	}
	b.lost = append(b.lost, lost{-1, b.toks[i].start})
}

// compact drops stray tokens, and moves the indices of all others.
func (b *brackets) compact() {
	moved := make([]int32, len(b.toks)+1)
	n := int32(0)
	for i, t := range b.toks {
		moved[i] = n
		if !t.is(lStray) {
			n++
		}
	}
	moved[len(b.toks)] = n
	if int(n) == len(b.toks) {
		return
	}
	for i, t := range b.toks {
		if t.is(lStray) {
			continue
		}
		b.toks[moved[i]] = t
		switch p := b.pair[i]; {
		case !t.kind.opens() && !t.kind.closes():
		case p < 0:
			b.pair[moved[i]] = ^moved[^p]
		default:
			b.pair[moved[i]] = moved[p]
		}
	}
	b.toks, b.pair = b.toks[:n], b.pair[:n]
	for i, l := range b.lost {
		if l.open >= 0 {
			b.lost[i] = lost{moved[l.open], moved[l.at]}
		}
	}
}

// limit returns the index of the token where the contents of an opening bracket end.
func (b *brackets) limit(open int) int {
	if p := b.pair[open]; p < 0 {
		return int(^p)
	}
	return int(b.pair[open])
}

// after returns the index of the token behind a pair of brackets.
func (b *brackets) after(open int) int {
	if p := b.pair[open]; p < 0 {
		return int(^p)
	}
	return int(b.pair[open]) + 1
}

// keyed says whether token i starts `key:` at the start of a line.
func keyed(src string, toks []token, i int) bool {
	t := toks[i]
	if i+1 >= len(toks) || toks[i+1].kind != ':' || i > 0 && toks[i-1].kind == '?' {
		return false
	}
	return t.kind == tString || t.kind == tNumber || t.kind == tWord && src[t.start:t.end] != "default"
}

// startsStatement says whether token i is a keyword that starts a statement, and not a property of that name.
func startsStatement(src string, toks []token, i int) bool {
	t := toks[i]
	if t.kind != tWord || !statementWords[src[t.start:t.end]] || i > 0 && (toks[i-1].kind == '.' || toks[i-1].kind == tQuestion) {
		return false
	}
	if i+1 >= len(toks) {
		return true
	}
	switch next := toks[i+1]; next.kind {
	case ':', ',', '}', ')', ']', '=', '.', tArrow:
		return false
	case '(', '<':
		return false // a method, or import(…)
	default:
		return !next.is(lFirst)
	}
}
