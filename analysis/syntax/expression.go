package syntax

// expression parses expressions joined by commas.
func (p *parser) expression() int32 {
	start, mark := p.start(), len(p.kids)
	left := p.assignment()
	for p.kind() == ',' {
		left = p.operation(left, start, mark, 1, p.assignment)
	}
	return left
}

// operation makes a Binary of what is left, an operator of some tokens, and what right parses.
func (p *parser) operation(left, start int32, mark, tokens int, right func() int32) int32 {
	p.push(left)
	a, b := p.toks[p.i].start, p.toks[p.i+tokens-1].end
	p.i += tokens
	p.push(right())
	id := p.add(Binary, start, p.prevEnd(), mark)
	p.at(id).a, p.at(id).b = a, b
	return id
}

// tooDeep says whether the nesting is at its limit, and if so goes over the rest of the expression.
func (p *parser) tooDeep() (int32, bool) {
	if p.depth < maxDepth {
		return 0, false
	}
	start := p.start()
	p.report(p.i, "This is nested too deeply to be read.", -1)
	for p.kind() != tEnd && p.kind() != ',' && p.kind() != ';' && p.kind() != ':' {
		p.skip()
	}
	id := p.add(Opaque, start, max(start, p.prevEnd()), len(p.kids))
	p.at(id).flags |= Broken
	return id, true
}

// assignment parses one expression without commas.
func (p *parser) assignment() int32 {
	if id, deep := p.tooDeep(); deep {
		return id
	}
	p.depth++
	defer func() { p.depth-- }()
	if id, ok := p.arrow(); ok {
		return id
	}
	start, mark := p.start(), len(p.kids)
	left := p.conditional()
	if n := p.assignmentOperator(); n > 0 {
		return p.operation(left, start, mark, n, p.assignment)
	}
	return left
}

// assignmentOperator returns of how many tokens the assignment operator here is made, 0 when there is none.
func (p *parser) assignmentOperator() int {
	switch p.kind() {
	case '=', tAssign:
		return 1
	case '>': // >>= and >>>=
		n := p.adjacent('>')
		if n > 1 && p.kindAt(n) == '=' && p.touches(n) {
			return n + 1
		}
	}
	return 0
}

// adjacent returns how many tokens of a kind follow each other without a space.
func (p *parser) adjacent(k tok) int {
	n := 1
	for p.kindAt(n) == k && p.touches(n) {
		n++
	}
	return n
}

// touches says whether the token n further on stands directly behind the one before it.
func (p *parser) touches(n int) bool {
	return p.i+n < p.limit && p.toks[p.i+n-1].end == p.toks[p.i+n].start
}

func (p *parser) conditional() int32 {
	start, mark := p.start(), len(p.kids)
	test := p.binary(0)
	if p.kind() != '?' {
		return test
	}
	question := p.i
	p.i++
	p.push(test)
	yes := p.yes
	p.yes = true
	p.push(p.assignment())
	p.yes = yes
	if p.eat(':') {
		p.push(p.assignment())
	} else {
		p.expect("':'", question)
		p.push(p.missing())
	}
	return p.add(Condition, start, p.prevEnd(), mark)
}

// precedences of the binary operators; what is not here is none.
var precedences = map[string]int{
	"??": 1, "||": 2, "&&": 3, "|": 4, "^": 5, "&": 6, "==": 7, "!=": 7, "===": 7, "!==": 7,
	"<": 8, "<=": 8, "instanceof": 8, "in": 8, "<<": 9, "+": 10, "-": 10, "*": 11, "/": 11, "%": 11, "**": 12,
}

// operator returns the precedence of the binary operator here, and of how many tokens it is made.
func (p *parser) operator() (precedence, tokens int) {
	switch k := p.kind(); {
	case k == '>':
		n := p.adjacent('>')
		switch {
		case p.kindAt(n) == '=' && p.touches(n) && n == 1:
			return 8, 2
		case p.kindAt(n) == '=' && p.touches(n):
			return 0, 0 // an assignment
		case n > 1:
			return 9, n
		}
		return 8, 1
	case k == tWord && p.toks[p.i].is(lFirst) && keyed(p.src, p.toks, p.i):
		return 0, 0
	case k == tBinary || k == tWord || k < 128 && k > ' ':
		return precedences[p.textAt(0)], 1
	}
	return 0, 0
}

// maxChain is how long a chain of operators or calls may get; each link is one level of the tree.
const maxChain = 20_000

func (p *parser) binary(above int) int32 {
	start, mark := p.start(), len(p.kids)
	left := p.unary()
	for range maxChain {
		if (p.word("as") || p.word("satisfies")) && above < 8 && !p.firstAt(0) {
			left = p.asserted(left, start, mark)
			continue
		}
		precedence, tokens := p.operator()
		if precedence <= above {
			return left
		}
		left = p.operation(left, start, mark, tokens, func() int32 {
			if precedence == 12 { // ** binds to the right
				return p.deeper(func() int32 { return p.binary(precedence - 1) })
			}
			return p.binary(precedence)
		})
	}
	return left
}

// deeper parses one level further in, unless that is too deep.
func (p *parser) deeper(parse func() int32) int32 {
	if id, deep := p.tooDeep(); deep {
		return id
	}
	p.depth++
	defer func() { p.depth-- }()
	return parse()
}

// asserted parses as T, as const and satisfies T behind an expression.
func (p *parser) asserted(left, start int32, mark int) int32 {
	p.push(left)
	operator := p.toks[p.i]
	if p.word("as") && p.wordAt(1, "const") {
		operator = p.toks[p.i+1]
		p.i += 2
	} else {
		p.i++
		p.annotation()
	}
	id := p.add(Wrap, start, p.prevEnd(), mark)
	p.at(id).a, p.at(id).b = operator.start, operator.end
	return id
}

func (p *parser) unary() int32 {
	operator := token{}
	kind := Unary
	switch p.kind() {
	case '!', '~', '+', '-', tStep:
		operator = p.toks[p.i]
	case '<': // <T>x
		if start := p.start(); p.angles() {
			return p.prefixed(Wrap, start, token{})
		}
	case tWord:
		switch word := p.textAt(0); word {
		case "typeof", "void", "delete", "await", "yield":
			switch p.kindAt(1) {
			case ':', ',', ')', ']', '}', '=', '.', tEnd, tBinary, tArrow:
				if word != "yield" || p.kindAt(1) == ':' || p.kindAt(1) == '=' || p.kindAt(1) == '.' {
					break // the name of something
				}
				operator = p.toks[p.i]
			default:
				operator = p.toks[p.i]
			}
			if word == "await" {
				kind = Wrap
			}
		}
	}
	if operator.kind == tEnd {
		return p.postfix()
	}
	p.i++
	if kind == Unary && operator.kind == tWord {
		p.eat('*') // yield*
	}
	return p.prefixed(kind, operator.start, operator)
}

// prefixed parses the operand of a prefix operator.
func (p *parser) prefixed(kind Kind, start int32, operator token) int32 {
	mark := len(p.kids)
	p.push(p.deeper(p.unary))
	id := p.add(kind, start, max(p.prevEnd(), start), mark)
	p.at(id).a, p.at(id).b = operator.start, operator.end
	return id
}
