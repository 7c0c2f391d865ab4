package syntax

// arrow parses an arrow function, if one starts here.
func (p *parser) arrow() (int32, bool) {
	before, start := p.i, p.start()
	if p.word("async") && !p.firstAt(1) && (p.kindAt(1) == tWord || p.kindAt(1) == '(' || p.kindAt(1) == '<') {
		p.i++
	}
	if p.kind() == '<' && !(p.angles() && p.kind() == '(') {
		p.i = before
		return 0, false
	}
	x := p.start()
	switch p.kind() {
	case tWord:
		if p.kindAt(1) != tArrow {
			p.i = before
			return 0, false
		}
		p.i++
	case '(':
		if !p.parameters() {
			p.i = before
			return 0, false
		}
	default:
		p.i = before
		return 0, false
	}
	y := p.toks[p.i-1].end
	if p.kind() == ':' {
		p.i++
		p.typ()
	}
	p.i++ // =>
	bodyStart, flags := p.start(), Flag(0)
	if p.kind() == '{' {
		if p.pairs.pair[p.i] < 0 {
			flags = Broken
		}
		p.skip()
	} else {
		p.body()
	}
	id := p.add(Lambda, start, p.prevEnd(), len(p.kids))
	n := p.at(id)
	n.flags = flags
	n.a, n.b, n.x, n.y = min(bodyStart, p.prevEnd()), p.prevEnd(), x, y
	return id, true
}

// parameters goes over the parentheses here, if they are those of an arrow function: => follows them, or a type and =>.
func (p *parser) parameters() bool {
	if p.pairs.pair[p.i] < 0 {
		return false
	}
	p.skip()
	if p.kind() == tArrow {
		return true
	}
	if p.kind() != ':' || p.yes {
		return false
	}
	behind := p.i
	p.i++
	arrow := p.typ() && p.kind() == tArrow
	p.i = behind
	return arrow
}

// body goes over the expression that an arrow function returns. It is parsed to find its end and its mistakes; its nodes are
// thrown away, because bodies are opaque.
func (p *parser) body() {
	nodes, kids := len(p.tree.nodes), len(p.kids)
	p.assignment()
	p.tree.nodes, p.kids = p.tree.nodes[:nodes], p.kids[:kids]
}

func (p *parser) functionExpression() int32 {
	start := p.start()
	overload := p.i > 0 && p.wordAt(-1, "default") // export default function f(): void
	p.eatWord("async")
	p.i++ // function
	p.eat('*')
	p.eat(tWord) // its name is only visible inside
	return p.lambda(start, !overload)
}

// lambda parses the parameters and the body of a function or a method. Only the declaration of an overload needs no body.
func (p *parser) lambda(start int32, body bool) int32 {
	before := p.i
	x, y, bodyStart, bodyEnd := p.signature()
	var flags Flag
	if before == p.i {
		p.expect("'('", -1)
		start, flags = min(start, p.prevEnd()), Broken
	} else if body && bodyStart == bodyEnd {
		p.expect("'{'", -1)
		flags = Broken
	}
	id := p.add(Lambda, start, p.prevEnd(), len(p.kids))
	n := p.at(id)
	n.flags = flags
	n.a, n.b, n.x, n.y = bodyStart, bodyEnd, x, y
	return id
}
