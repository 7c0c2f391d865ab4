package syntax

// postfix parses a primary expression and the members, calls and templates behind it.
func (p *parser) postfix() int32 {
	start, mark := p.start(), len(p.kids)
	left := p.primary()
	for range maxChain {
		next, ok := p.link(left, start, mark)
		if !ok {
			break
		}
		left = next
	}
	if p.kind() == tStep && !p.firstAt(0) {
		operator := p.toks[p.i]
		p.i++
		p.push(left)
		left = p.add(Unary, start, p.prevEnd(), mark)
		p.at(left).a, p.at(left).b = operator.start, operator.end
	}
	return left
}

// link parses one member, call, index, template or ! behind an expression.
func (p *parser) link(left, start int32, mark int) (int32, bool) {
	switch p.kind() {
	case '.', tQuestion:
		optional := p.kind() == tQuestion
		p.i++
		if optional && p.kind() == '(' {
			return p.call(left, start, mark), true
		}
		if optional && p.kind() == '[' {
			return p.index(left, start, mark), true
		}
		return p.member(left, start, mark), true
	case '(':
		return p.call(left, start, mark), true
	case '[':
		return p.index(left, start, mark), true
	case tTemplate, tHead:
		p.push(left)
		p.push(p.template())
		return p.add(Tagged, start, p.prevEnd(), mark), true
	case '!':
		if p.firstAt(0) {
			return left, false
		}
		operator := p.toks[p.i]
		p.i++
		p.push(left)
		id := p.add(Wrap, start, p.prevEnd(), mark)
		p.at(id).a, p.at(id).b = operator.start, operator.end
		return id, true
	case '<':
		if !p.callable(left) || !p.typeArguments() {
			return left, false
		}
		return left, true // the call follows
	}
	return left, false
}

// callable says whether type arguments may follow an expression.
func (p *parser) callable(id int32) bool {
	switch p.at(id).kind {
	case Ident, Member, Call, Index, Wrap:
		return true
	}
	return false
}

// member parses the name behind a dot. In a half-typed file the name is missing when the next line starts something else.
func (p *parser) member(left, start int32, mark int) int32 {
	p.push(left)
	a, b := p.prevEnd(), p.prevEnd()
	var flags Flag
	if p.kind() == tWord && !(p.firstAt(0) && (p.nameStarts() || keyed(p.src, p.toks, p.i))) {
		a, b = p.toks[p.i].start, p.toks[p.i].end
		p.i++
	} else {
		p.expect("a name", -1)
		flags = Broken
	}
	id := p.add(Member, start, p.prevEnd(), mark)
	n := p.at(id)
	n.a, n.b, n.flags = a, b, flags
	return id
}

// nameStarts says whether the current word, though behind a dot, starts a statement.
func (p *parser) nameStarts() bool {
	return statementWords[p.textAt(0)] && p.kindAt(1) == tWord && !p.firstAt(1)
}

func (p *parser) call(callee, start int32, mark int) int32 {
	p.push(callee)
	open := p.start()
	g := p.enter()
	p.list(g, "')'")
	closed := p.leave(g, "',' or ')'")
	id := p.add(Call, start, p.prevEnd(), mark)
	n := p.at(id)
	n.x, n.y = callee, open
	if !closed {
		n.flags |= Broken
	}
	return id
}

// list parses the elements of an array or the arguments of a call.
func (p *parser) list(g group, closing string) {
	for p.kind() != tEnd {
		if p.kind() == ',' { // a hole in an array; in a call, an argument is missing
			if closing == "')'" {
				p.report(p.i, "Unexpected ',': expected an argument.", g.open)
			}
			p.push(p.missing())
			p.i++
			continue
		}
		if p.firstAt(0) && keyed(p.src, p.toks, p.i) {
			p.push(p.unopened(g))
			return
		}
		before := p.i
		p.push(p.element())
		switch {
		case p.kind() == tEnd:
			return
		case p.kind() == ',':
			p.i++
		case p.i == before || !p.startsExpression():
			p.report(p.i, "Unexpected "+p.describe(p.i)+": expected ',' or "+closing+".", g.open)
			for p.kind() != tEnd && !p.eat(',') {
				p.skip()
			}
		default:
			p.expect("','", g.open)
		}
	}
}

// element parses one element or argument.
func (p *parser) element() int32 {
	if p.kind() != tDots {
		return p.assignment()
	}
	start, mark := p.start(), len(p.kids)
	p.i++
	p.push(p.assignment())
	return p.add(Spread, start, p.prevEnd(), mark)
}

// startsExpression says whether an expression can start at the current token.
func (p *parser) startsExpression() bool {
	switch p.kind() {
	case tString, tNumber, tTemplate, tHead, tRegex, tDots, '(', '[', '{':
		return true
	case tWord:
		return !reserved[p.textAt(0)]
	}
	return false
}

func (p *parser) index(left, start int32, mark int) int32 {
	p.push(left)
	g := p.enter()
	if p.kind() == tEnd {
		p.expect("an expression", g.open)
		p.push(p.missing())
	} else {
		p.push(p.expression())
	}
	closed := p.leave(g, "']'")
	id := p.add(Index, start, p.prevEnd(), mark)
	if !closed {
		p.at(id).flags |= Broken
	}
	return id
}

// template parses a template with or without holes.
func (p *parser) template() int32 {
	if p.kind() == tTemplate {
		return p.leaf(Template)
	}
	start, mark := p.start(), len(p.kids)
	for {
		g := p.enter()
		if p.kind() == tEnd {
			p.expect("an expression", g.open)
			p.push(p.missing())
		} else {
			p.push(p.expression())
		}
		closed := p.leave(g, "'}'")
		if !closed || p.toks[p.i-1].kind != tMiddle {
			id := p.add(Template, start, p.prevEnd(), mark)
			if !closed {
				p.at(id).flags |= Broken
			}
			return id
		}
		p.i--
	}
}
