package syntax

// importStatement parses every form of import … from '…'.
func (p *parser) importStatement() {
	start, mark := p.start(), len(p.kids)
	p.i++
	var flags Flag
	if p.word("type") && !p.wordAt(1, "from") && (p.kindAt(1) == tWord || p.kindAt(1) == '{' || p.kindAt(1) == '*') ||
		p.word("type") && p.wordAt(1, "from") && p.wordAt(2, "from") {
		flags |= TypeOnly
		p.i++
	}
	bindings := p.kind() != tString
	if p.kind() == tWord && !p.firstAt(0) {
		p.importDefault()
		if p.kind() == '=' { // import x = require('m'), import x = A.B
			p.i++
			p.skipToEnd()
			p.eat(';')
			p.finishModule(p.add(Import, start, p.prevEnd(), mark), 0, flags)
			return
		}
		p.eat(',')
	}
	switch p.kind() {
	case '*':
		p.namespaceImport()
	case '{':
		p.specifiers(ImportName)
	}
	module := p.moduleName(bindings)
	p.finishModule(p.add(Import, start, p.prevEnd(), mark), module, flags)
	p.endStatement()
}

func (p *parser) finishModule(id, module int32, flags Flag) {
	n := p.at(id)
	n.x = module
	n.flags |= flags
	p.push(id)
}

// moduleName parses from '…' with its attributes and returns the node of the string, 0 without one.
func (p *parser) moduleName(from bool) int32 {
	if from && !p.eatWord("from") {
		p.expect("'from'", -1)
		if p.kind() != tString || p.firstAt(0) {
			return 0
		}
	}
	if p.kind() != tString || p.firstAt(0) && from && keyed(p.src, p.toks, p.i) {
		p.expect("the name of a module in quotes", -1)
		return 0
	}
	id := p.leaf(String)
	p.push(id)
	if (p.word("with") || p.word("assert")) && p.kindAt(1) == '{' && !p.firstAt(0) {
		p.i++
		p.skip()
	}
	return id
}

// importDefault parses the name of a default import.
func (p *parser) importDefault() {
	if p.word("from") && !p.wordAt(1, "from") && p.kindAt(1) != ',' && p.kindAt(1) != '=' {
		p.expect("a name", -1)
		return
	}
	id := p.leaf(ImportName)
	n := p.at(id)
	n.a, n.b, n.x, n.y = n.start, n.end, -1, -1
	p.push(id)
}

// namespaceImport parses * as name.
func (p *parser) namespaceImport() {
	star := p.toks[p.i]
	p.i++
	var a, b int32
	if p.eatWord("as") {
		a, b = p.name()
	}
	id := p.add(ImportName, star.start, p.prevEnd(), len(p.kids))
	n := p.at(id)
	n.a, n.b, n.x, n.y = a, b, star.start, star.end
	p.push(id)
}

// specifiers parses the names in the braces of an import or an export: { a, b as c, type d, default as e, "f-g" as h }.
func (p *parser) specifiers(kind Kind) {
	g := p.enter()
	for p.kind() == tWord || p.kind() == tString {
		p.push(p.specifier(kind))
		if p.kind() == tEnd {
			break
		}
		if !p.eat(',') {
			if p.kind() != tWord && p.kind() != tString {
				break
			}
			p.expect("','", g.open)
		}
	}
	p.leave(g, "',' or '}'")
}

func (p *parser) specifier(kind Kind) int32 {
	start := p.start()
	var flags Flag
	// `type` may be a modifier or a name: { type a }, { type }, { type as b }, { type as as b }.
	if p.word("type") && (p.kindAt(1) == tWord || p.kindAt(1) == tString) && (!p.wordAt(1, "as") || p.wordAt(2, "as") || p.kindAt(2) != tWord) {
		flags |= TypeOnly
		p.i++
	}
	here := p.toks[p.i]
	p.i++
	there := here
	if p.word("as") && (p.kindAt(1) == tWord || p.kindAt(1) == tString) {
		p.i++
		there = p.toks[p.i]
		p.i++
	}
	id := p.add(kind, start, p.prevEnd(), len(p.kids))
	n := p.at(id)
	n.flags |= flags
	n.a, n.b = p.unquoted(there)
	n.x, n.y = p.unquoted(here)
	return id
}

// exportStatement parses every form of export.
func (p *parser) exportStatement() {
	start := p.start()
	p.i++
	switch {
	case p.word("default"):
		p.i++
		p.exportDefault(start)
	case p.kind() == '=':
		p.i++
		p.exportValue(start)
	case p.kind() == '{' || p.kind() == '*':
		p.exportFrom(start, 0)
	case p.word("type") && (p.kindAt(1) == '{' || p.kindAt(1) == '*'):
		p.i++
		p.exportFrom(start, TypeOnly)
	case p.word("as") && p.wordAt(1, "namespace"):
		p.skipToEnd()
		p.eat(';')
		p.push(p.add(TypeDecl, start, p.prevEnd(), len(p.kids)))
	case p.word("import"):
		p.skipToEnd()
		p.eat(';')
		p.push(p.add(Opaque, start, p.prevEnd(), len(p.kids)))
	default:
		for p.kind() == '@' {
			p.i++
			p.decorator()
		}
		if !p.declaration(start, Exported) {
			p.expect("a declaration, 'default' or '{'", -1)
			if !p.firstAt(0) {
				p.expressionStatement(start)
			} else {
				p.push(p.add(Opaque, start, p.prevEnd(), len(p.kids)))
			}
		}
	}
}

func (p *parser) exportDefault(start int32) {
	if p.word("interface") && p.kindAt(1) == tWord && !p.firstAt(1) {
		p.typeDeclaration(start, Exported)
		return
	}
	if p.word("abstract") && p.wordAt(1, "class") {
		p.i++
	}
	p.exportValue(start)
}

func (p *parser) exportValue(start int32) {
	mark := len(p.kids)
	value := p.assignment()
	p.push(value)
	p.push(p.add(ExportValue, start, p.prevEnd(), mark))
	if kind := p.at(value).kind; kind == Lambda || kind == Class {
		p.eat(';')
		return // a declaration ends where its braces do
	}
	p.endStatement()
}

// exportFrom parses export { … }, export { … } from '…' and export * from '…'.
func (p *parser) exportFrom(start int32, flags Flag) {
	mark := len(p.kids)
	from := p.kind() == '*'
	if from {
		star := p.toks[p.i]
		p.i++
		var a, b int32
		if p.eatWord("as") && (p.kind() == tWord || p.kind() == tString) {
			a, b = p.unquoted(p.toks[p.i])
			p.i++
		}
		id := p.add(ExportName, star.start, p.prevEnd(), len(p.kids))
		n := p.at(id)
		n.a, n.b, n.x, n.y = a, b, star.start, star.end
		p.push(id)
	} else {
		p.specifiers(ExportName)
	}
	var module int32
	if from || p.word("from") {
		module = p.moduleName(true)
	}
	p.finishModule(p.add(ExportFrom, start, p.prevEnd(), mark), module, flags)
	p.endStatement()
}
