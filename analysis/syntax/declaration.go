package syntax

// declaration parses a declaration and says whether there was one.
func (p *parser) declaration(start int32, flags Flag) bool {
	if p.kind() != tWord || p.labelled() {
		return false
	}
	next, sameLine := p.kindAt(1), !p.firstAt(1)
	switch p.textAt(0) {
	case "const":
		if p.wordAt(1, "enum") {
			p.i++
			p.enum(start, flags|Const)
			return true
		}
		p.variables(start, flags)
	case "var":
		p.variables(start, flags)
	case "let":
		if next != tWord && next != '{' && next != '[' && next != tEnd {
			return false
		}
		p.variables(start, flags)
	case "using":
		if next != tWord || !sameLine || precedences[p.textAt(1)] > 0 || p.wordAt(1, "as") || p.wordAt(1, "satisfies") {
			return false
		}
		p.variables(start, flags)
	case "enum":
		p.enum(start, flags)
	case "function":
		p.function(start, flags)
	case "async":
		if !p.wordAt(1, "function") || !sameLine {
			return false
		}
		p.function(start, flags)
	case "class":
		p.class(start, flags)
	case "abstract":
		if !p.wordAt(1, "class") {
			return false
		}
		p.i++
		p.class(start, flags)
	case "type", "interface", "namespace", "module", "declare", "global":
		return p.typeDeclaration(start, flags)
	default:
		return false
	}
	return true
}

// name reads the name of a declaration; none may be there.
func (p *parser) name() (start, end int32) {
	if p.kind() != tWord {
		return 0, 0
	}
	t := p.toks[p.i]
	p.i++
	return t.start, t.end
}

func (p *parser) function(start int32, flags Flag) {
	p.eatWord("async")
	p.i++ // function
	p.eat('*')
	a, b := p.name()
	open := p.i
	_, _, bodyStart, bodyEnd := p.signature()
	if open == p.i {
		p.expect("'('", -1)
	}
	p.eat(';') // an overload
	id := p.add(Func, start, p.prevEnd(), len(p.kids))
	n := p.at(id)
	n.flags |= flags
	n.a, n.b, n.x, n.y = a, b, bodyStart, bodyEnd
	p.push(id)
}

// class goes over a class declaration.
func (p *parser) class(start int32, flags Flag) {
	a, b := p.classTokens()
	id := p.add(Opaque, start, p.prevEnd(), len(p.kids))
	n := p.at(id)
	n.flags |= flags
	n.a, n.b = a, b
	p.push(id)
}

// classTokens goes over a class and returns the span of its name.
func (p *parser) classTokens() (a, b int32) {
	p.i++ // class
	if !p.word("extends") && !p.word("implements") {
		a, b = p.name()
	}
	for p.kind() != tEnd && p.kind() != '{' && p.kind() != ';' {
		switch {
		case p.kind() == '<':
			if !p.angles() {
				p.i++
			}
		case p.firstAt(0) && startsStatement(p.src, p.toks, p.i):
			p.expect("'{'", -1)
			return a, b
		default:
			p.skip()
		}
	}
	if !p.eat('{') {
		p.expect("'{'", -1)
	}
	return a, b
}

func (p *parser) enum(start int32, flags Flag) {
	p.i++
	a, b := p.name()
	mark := len(p.kids)
	if p.kind() == '{' {
		g := p.enter()
		p.members(g)
		p.leave(g, "',' or '}'")
	} else {
		p.expect("'{'", -1)
	}
	id := p.add(Enum, start, p.prevEnd(), mark)
	n := p.at(id)
	n.flags |= flags
	n.a, n.b = a, b
	p.push(id)
}

// members parses the members of an enum.
func (p *parser) members(g group) {
	for p.kind() == tWord || p.kind() == tString {
		mark, t := len(p.kids), p.toks[p.i]
		p.i++
		if p.eat('=') {
			p.push(p.assignment())
		}
		id := p.add(Property, t.start, p.prevEnd(), mark)
		p.at(id).a, p.at(id).b = p.unquoted(t)
		p.push(id)
		if !p.eat(',') {
			if !p.firstAt(0) || p.kind() == tEnd {
				return
			}
			p.expect("','", g.open)
		}
	}
}

// unquoted returns the span of a name or string without its quotes.
func (p *parser) unquoted(t token) (start, end int32) {
	if t.kind != tString {
		return t.start, t.end
	}
	if t.is(lUnclosed) {
		return t.start + 1, t.end
	}
	return t.start + 1, t.end - 1
}

// typeDeclaration goes over type, interface, declare, namespace and module, and says whether it was one: these words are
// names too.
func (p *parser) typeDeclaration(start int32, flags Flag) bool {
	word := p.textAt(0)
	if p.firstAt(1) || p.kindAt(1) != tWord && p.kindAt(1) != tString && !(word == "global" && p.kindAt(1) == '{') {
		return false
	}
	p.i++
	switch word {
	case "declare":
		p.ambient()
		id := p.add(TypeDecl, start, p.prevEnd(), len(p.kids))
		p.at(id).flags |= flags
		p.push(id)
		return true
	case "global":
		p.i--
	}
	a, b := p.name()
	switch word {
	case "type":
		if p.kind() == '<' {
			p.angles()
		}
		if p.eat('=') {
			p.annotation()
		} else {
			p.expect("'='", -1)
		}
	default:
		for p.kind() != tEnd && p.kind() != '{' && p.kind() != ';' {
			if p.kind() == '<' && p.angles() {
				continue
			}
			if p.kindAt(1) == '{' && p.eatWord("with") { // declare module "*.txt" with { type: "text" }
				p.skip()
				continue
			}
			if p.firstAt(0) && startsStatement(p.src, p.toks, p.i) {
				break
			}
			p.skip()
		}
		if !p.eat('{') && word == "interface" {
			p.expect("'{'", -1)
		}
	}
	id := p.add(TypeDecl, start, p.prevEnd(), len(p.kids))
	n := p.at(id)
	n.flags |= flags
	n.a, n.b = a, b
	p.push(id)
	p.endStatement()
	return true
}

// ambient goes over what follows declare: any declaration, of which nothing is kept.
func (p *parser) ambient() {
	nodes, kids := len(p.tree.nodes), len(p.kids)
	start := p.start()
	if !p.declaration(start, 0) {
		p.skipToEnd()
		p.eat(';')
	}
	p.kids, p.tree.nodes = p.kids[:kids], p.tree.nodes[:nodes]
}
