package syntax

// Types are gone over, not kept: the rules here only find where a type ends.

// annotation goes over the type behind a colon or an equals sign.
func (p *parser) annotation() {
	if p.typ() {
		return
	}
	p.expect("a type", -1)
	for !p.firstAt(0) && p.kind() != '=' && p.kind() != ',' && p.kind() != ';' {
		p.skip()
	}
}

// typ goes over one type and says whether there was one.
func (p *parser) typ() bool {
	if p.depth >= maxDepth {
		return false
	}
	p.depth++
	defer func() { p.depth-- }()
	if !p.union() {
		return false
	}
	switch {
	case p.word("extends"):
		p.i++
		return p.conditionalType()
	case p.word("is") && !p.firstAt(0):
		p.i++
		return p.typ()
	}
	return true
}

// union goes over types joined by | or &.
func (p *parser) union() bool {
	if p.kind() == '|' || p.kind() == '&' {
		p.i++
	}
	for p.typeOperand() {
		if p.kind() != '|' && p.kind() != '&' {
			return true
		}
		p.i++
	}
	return false
}

// conditionalType goes over U ? X : Y.
func (p *parser) conditionalType() bool {
	if !p.union() || !p.eat('?') {
		return false
	}
	yes := p.yes
	p.yes = true
	ok := p.typ()
	p.yes = yes
	return ok && p.eat(':') && p.typ()
}

// typeOperators stand in front of a type, when one follows.
var typeOperators = map[string]bool{
	"keyof": true, "unique": true, "readonly": true, "infer": true, "asserts": true, "typeof": true, "abstract": true, "new": true,
}

func (p *parser) typeOperand() bool {
	inferred := false
	for p.kind() == tWord && typeOperators[p.textAt(0)] && p.startsType(1) {
		inferred = p.word("infer")
		p.i++
	}
	switch p.kind() {
	case '<':
		if !p.angles() || p.kind() != '(' {
			return false
		}
		p.skip()
		return p.eat(tArrow) && p.typ()
	case '(':
		p.skip()
		if p.eat(tArrow) {
			return p.typ()
		}
	case '{', '[', tHead:
		p.skip()
	case tString, tNumber, tTemplate:
		p.i++
	case '-':
		p.i++
		if !p.eat(tNumber) {
			return false
		}
	case tWord:
		if !p.typeName() {
			return false
		}
	default:
		return false
	}
	for p.kind() == '[' && !p.firstAt(0) {
		p.skip()
	}
	if inferred && p.eatWord("extends") { // infer K extends string
		return p.union()
	}
	return true
}

// startsType says whether the token n further on, on the same line, can start a type.
func (p *parser) startsType(n int) bool {
	switch p.kindAt(n) {
	case tWord:
		return !p.firstAt(n) && p.textAt(n) != "is" && p.textAt(n) != "extends"
	case '(', '[', '{', '<', tString, tTemplate, tHead:
		return !p.firstAt(n)
	}
	return false
}

// typeName goes over a.b<c>, import('m').a and the like.
func (p *parser) typeName() bool {
	if p.firstAt(0) && (startsStatement(p.src, p.toks, p.i) || !p.yes && keyed(p.src, p.toks, p.i)) {
		return false
	}
	imported := p.word("import")
	p.i++
	if imported {
		p.eat('(')
	}
	for p.kind() == '.' && p.kindAt(1) == tWord {
		p.i += 2
	}
	if p.kind() == '<' && !p.firstAt(0) {
		return p.angles()
	}
	return true
}

// maxAngles is how many tokens are looked at for the end of <…>, so that a row of comparisons stays cheap.
const maxAngles = 500

// angles goes over <…>, parameters or arguments alike, and says whether they end. It stays where it was when they do not.
func (p *parser) angles() bool {
	before, depth := p.i, 0
	for range maxAngles {
		if p.kind() == tEnd || p.kind() == ';' {
			break
		}
		switch {
		case p.kind() == '<':
			depth++
			p.i++
		case p.kind() == tBinary && p.textAt(0) == "<<":
			depth += 2
			p.i++
		case p.kind() == '>':
			p.i++
			if depth--; depth <= 0 {
				return true
			}
		case p.firstAt(0) && startsStatement(p.src, p.toks, p.i) && !(p.word("const") && p.wordAt(2, "extends")):
			p.i = before
			return false
		default:
			p.skip()
		}
	}
	p.i = before
	return false
}

// typeArguments goes over the type arguments of a call, and stays where it was when the < compares. It decides as TypeScript
// does: they are types when what is inside reads as types and what follows could not follow a comparison.
func (p *parser) typeArguments() bool {
	before := p.i
	p.i++
	for p.typ() && p.eat(',') {
	}
	if p.eat('>') {
		switch p.kind() {
		case '(', tTemplate, tHead, ')', ']', '}', ',', ';', ':', '.', tQuestion, tEnd:
			return true
		}
		if p.firstAt(0) {
			return true
		}
	}
	p.i = before
	return false
}

// signature goes over the type parameters, parameters, return type and body of a function or method. Without parentheses it
// stays where it is. A body that is not there is an empty span.
func (p *parser) signature() (paramsStart, paramsEnd, bodyStart, bodyEnd int32) {
	before := p.i
	if p.kind() == '<' {
		p.angles()
	}
	if p.kind() != '(' {
		p.i = before
		return
	}
	paramsStart = p.start()
	p.skip()
	paramsEnd = p.prevEnd()
	if p.eat(':') {
		p.annotation()
	}
	bodyStart, bodyEnd = p.prevEnd(), p.prevEnd()
	if p.kind() == '{' {
		bodyStart = p.start()
		p.skip()
		bodyEnd = p.prevEnd()
	}
	return
}
