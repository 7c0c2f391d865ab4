package syntax

func (p *parser) program() {
	for p.kind() != tEnd {
		before := p.i
		p.statement()
		if p.i == before { // nothing fits: leave the token out
			p.report(p.i, "Unexpected "+p.describe(p.i)+": expected a statement.", -1)
			p.skip()
		}
	}
	p.add(Program, 0, int32(len(p.src)), 0)
}

// statement parses one statement and pushes its nodes.
func (p *parser) statement() {
	start := p.start()
	for p.kind() == '@' { // decorators belong to the class behind them
		p.i++
		p.decorator()
	}
	switch {
	case p.eat(';'):
	case p.word("import") && p.kindAt(1) != '(' && p.kindAt(1) != '.':
		p.importStatement()
	case p.word("export"):
		p.exportStatement()
	case p.declaration(start, 0):
	case p.kind() == '{':
		p.skip()
		p.push(p.add(Opaque, start, p.prevEnd(), len(p.kids)))
	case p.kind() == tWord && opaqueWords[p.textAt(0)] && !p.labelled():
		p.opaque(start)
	case (p.kind() == tWord || p.kind() == tString) && p.labelled():
		p.label()
	default:
		p.expressionStatement(start)
	}
}

// label parses name: in front of a loop. Anything else is a property that lost its object, which is what it is in a
// half-typed file.
func (p *parser) label() {
	name := p.textAt(0)
	start := p.start()
	p.i++
	if opaqueWords[p.textAt(1)] {
		p.i++
		p.opaque(start)
		return
	}
	p.report(p.i, "Unexpected ':': a property such as "+name+" stands inside of an object.", -1)
	p.i++
	if !p.firstAt(0) {
		mark := len(p.kids)
		p.push(p.assignment())
		p.push(p.add(ExprStmt, start, p.prevEnd(), mark))
	}
	p.eat(',')
}

// labelled says whether a word is a label or a broken property, not a keyword.
func (p *parser) labelled() bool { return p.kindAt(1) == ':' }

func (p *parser) decorator() {
	p.skip()
	for p.kind() == '.' {
		p.i++
		p.skip()
	}
	if p.kind() == '(' {
		p.skip()
	}
}

// opaqueWords start the statements that a definition file may hold and nobody reads.
var opaqueWords = map[string]bool{
	"if": true, "for": true, "while": true, "do": true, "switch": true, "try": true, "throw": true, "return": true,
	"break": true, "continue": true, "debugger": true, "with": true,
}

// opaque goes over one statement with its blocks.
func (p *parser) opaque(start int32) {
	p.opaqueBody()
	p.eat(';')
	p.push(p.add(Opaque, start, p.prevEnd(), len(p.kids)))
}

func (p *parser) opaqueBody() {
	word := p.textAt(0)
	p.i++
	switch word {
	case "if", "while", "for", "with", "switch":
		p.eatWord("await")
		p.eat('(')
		p.opaqueBranch()
		if word == "if" {
			p.eat(';')
			for p.eatWord("else") {
				p.opaqueBranch()
			}
		}
	case "do":
		p.opaqueBranch()
		p.eat(';')
		if p.eatWord("while") {
			p.eat('(')
		}
	case "try":
		p.eat('{')
		if p.eatWord("catch") {
			p.eat('(')
			p.eat('{')
		}
		if p.eatWord("finally") {
			p.eat('{')
		}
	default:
		if !p.firstAt(0) {
			p.skipToEnd()
		}
	}
}

// opaqueBranch goes over the statement that a condition or a loop runs.
func (p *parser) opaqueBranch() {
	switch {
	case p.eat('{'):
	case p.kind() == tWord && opaqueWords[p.textAt(0)] && p.depth < maxDepth:
		p.depth++
		p.opaqueBody()
		p.depth--
	default:
		p.skipToEnd()
	}
}

// skipToEnd goes over tokens to the semicolon or the line after which a statement cannot go on.
func (p *parser) skipToEnd() {
	for p.kind() != tEnd && p.kind() != ';' {
		p.skip()
		if p.firstAt(0) && !p.continues() {
			return
		}
	}
}

// continues says whether an expression goes on with the current token, though it is on a new line.
func (p *parser) continues() bool {
	before := p.toks[p.i-1].kind
	if !before.operand() {
		return p.kind() != tEnd && !startsStatement(p.src, p.toks, p.i)
	}
	switch p.kind() {
	case '.', tQuestion, '?', ':', tBinary, tAssign, '=', '+', '-', '*', '/', '%', '&', '|', '^', '<', '>', ',', '(', '[', tArrow:
		return true
	}
	return false
}

func (p *parser) expressionStatement(start int32) {
	mark, before := len(p.kids), p.i
	value := p.expression()
	if p.i == before {
		return
	}
	p.push(value)
	p.push(p.add(ExprStmt, start, p.prevEnd(), mark))
	p.endStatement()
}

// endStatement demands what ends a statement: a semicolon, a new line or the end.
func (p *parser) endStatement() {
	if p.eat(';') || p.firstAt(0) {
		return
	}
	p.report(p.i, "Unexpected "+p.describe(p.i)+": expected ';' or a new line.", -1)
	p.forgive(')', p.start())
	for !p.firstAt(0) && !p.eat(';') { // keep what the rest of the line declares
		if !p.startsExpression() || p.kind() == tDots {
			p.skip()
			continue
		}
		start, mark := p.start(), len(p.kids)
		p.push(p.assignment())
		p.push(p.add(ExprStmt, start, p.prevEnd(), mark))
	}
}

// variables parses the declarators of const, let or var. start is where the statement starts, with its export.
func (p *parser) variables(start int32, flags Flag) {
	if p.word("const") {
		flags |= Const
	}
	p.i++
	for {
		mark := len(p.kids)
		var nameStart, nameEnd int32
		switch {
		case p.kind() == '{' || p.kind() == '[':
			p.skip()
		case p.kind() == tWord && !startsStatement(p.src, p.toks, p.i):
			nameStart, nameEnd = p.start(), p.toks[p.i].end
			p.i++
		default:
			p.expect("a name", -1)
		}
		p.eat('!')
		if p.kind() == ':' {
			p.i++
			p.annotation()
		}
		if p.eat('=') {
			p.push(p.assignment())
		}
		id := p.add(Var, start, p.prevEnd(), mark)
		n := p.at(id)
		n.flags |= flags
		n.a, n.b = nameStart, nameEnd
		p.push(id)
		if p.kind() != ',' {
			break
		}
		p.i++
		start = p.start()
	}
	p.endStatement()
}
