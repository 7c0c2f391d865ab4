package syntax

// primary parses the innermost expressions. Where none starts it gives a Missing node and goes over nothing.
func (p *parser) primary() int32 {
	switch p.kind() {
	case tString:
		return p.leaf(String)
	case tNumber:
		return p.leaf(Number)
	case tRegex:
		return p.leaf(Regex)
	case tTemplate, tHead:
		return p.template()
	case '(':
		return p.parenthesised()
	case '[':
		return p.array()
	case '{':
		return p.object()
	case tWord:
		return p.wordExpression()
	}
	p.expect("an expression", -1)
	return p.missing()
}

func (p *parser) wordExpression() int32 {
	word := p.textAt(0)
	switch word {
	case "true", "false":
		return p.leaf(Bool)
	case "null":
		return p.leaf(Null)
	case "function":
		return p.functionExpression()
	case "async":
		if p.wordAt(1, "function") && !p.firstAt(1) {
			return p.functionExpression()
		}
	case "class":
		start := p.start()
		a, b := p.classTokens()
		id := p.add(Class, start, p.prevEnd(), len(p.kids))
		p.at(id).a, p.at(id).b = a, b
		return id
	case "new":
		return p.newExpression()
	}
	if reserved[word] || p.firstAt(0) && (startsStatement(p.src, p.toks, p.i) || !p.yes && keyed(p.src, p.toks, p.i)) && p.i > 0 {
		if !(word == "import" && (p.kindAt(1) == '(' || p.kindAt(1) == '.')) {
			p.expect("an expression", -1)
			return p.missing()
		}
	}
	return p.ident()
}

func (p *parser) ident() int32 {
	id := p.leaf(Ident)
	n := p.at(id)
	n.a, n.b = n.start, n.end
	return id
}

// newExpression parses new X, new X(…) and new a.b.X<T>(…).
func (p *parser) newExpression() int32 {
	start, mark := p.start(), len(p.kids)
	p.i++
	calleeStart := p.start()
	callee := p.deeper(p.primary)
	for range maxChain {
		if p.kind() == '.' {
			p.i++
			callee = p.member(callee, calleeStart, mark)
		} else if p.kind() == '[' && !p.firstAt(0) {
			callee = p.index(callee, calleeStart, mark)
		} else {
			break
		}
	}
	if p.kind() == '<' {
		p.typeArguments()
	}
	var id int32
	if p.kind() == '(' {
		id = p.call(callee, start, mark)
	} else {
		p.push(callee)
		id = p.add(Call, start, p.prevEnd(), mark)
		p.at(id).x, p.at(id).y = callee, -1
	}
	p.at(id).flags |= New
	return id
}

func (p *parser) parenthesised() int32 {
	start, mark := p.start(), len(p.kids)
	operator := p.toks[p.i]
	g := p.enter()
	if p.kind() == tEnd {
		p.expect("an expression", g.open)
		p.push(p.missing())
	} else {
		p.push(p.expression())
	}
	closed := p.leave(g, "')'")
	id := p.add(Wrap, start, p.prevEnd(), mark)
	n := p.at(id)
	n.a, n.b = operator.start, operator.end
	if !closed {
		n.flags |= Broken
	}
	return id
}

func (p *parser) array() int32 {
	start, mark := p.start(), len(p.kids)
	g := p.enter()
	p.list(g, "']'")
	closed := p.leave(g, "',' or ']'")
	id := p.add(Array, start, p.prevEnd(), mark)
	if !closed {
		p.at(id).flags |= Broken
	}
	return id
}
