package literal

import "strconv"

// Read reads an emitted module. The error is an *Error.
func Read(src string) (*Module, error) { return read(src, false) }

// ReadTables reads an emitted module of tables: the only ones in which an object may spread another.
func ReadTables(src string) (*Module, error) { return read(src, true) }

func read(src string, spreads bool) (*Module, error) {
	tokens, err := Tokens(src)
	if err != nil {
		return nil, err
	}
	p := &parser{src: src, tokens: tokens, spreads: spreads}
	m := &Module{}
	for p.peek().Kind != EOF {
		if err := p.statement(m); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// ReadJSON reads a JSON document as a value, so that its parts have places.
func ReadJSON(src string) (*Value, error) {
	tokens, err := Tokens(src)
	if err != nil {
		return nil, err
	}
	p := &parser{src: src, tokens: tokens}
	v, err := p.value()
	if err != nil {
		return nil, err
	}
	if t := p.peek(); t.Kind != EOF {
		return nil, fail(t.Start, "%q behind the document", t.Value)
	}
	return v, nil
}

type parser struct {
	src    string
	tokens []Token
	at     int

	spreads bool // objects may spread others
}

func (p *parser) peek() Token { return p.tokens[p.at] }

func (p *parser) ahead(n int) Token { return p.tokens[min(p.at+n, len(p.tokens)-1)] }

func (p *parser) next() Token {
	t := p.tokens[p.at]
	if t.Kind != EOF {
		p.at++
	}
	return t
}

func (p *parser) end() int { return p.tokens[p.at-1].End }

func is(t Token, value string) bool {
	return (t.Kind == Mark || t.Kind == Name) && t.Value == value
}

func (p *parser) take(value string) bool {
	if is(p.peek(), value) {
		p.at++
		return true
	}
	return false
}

func (p *parser) expect(value string) error {
	if !p.take(value) {
		t := p.peek()
		return fail(t.Start, "%q stands where %q belongs", p.src[t.Start:t.End], value)
	}
	return nil
}

func (p *parser) kind(k Kind, what string) (Token, error) {
	if t := p.peek(); t.Kind != k {
		return t, fail(t.Start, "%q stands where %s belongs", p.src[t.Start:t.End], what)
	}
	return p.next(), nil
}

func (p *parser) statement(m *Module) error {
	start := p.peek().Start
	switch {
	case p.take("import"):
		i, err := p.importing(start)
		m.Imports = append(m.Imports, i)
		return err
	case p.take("declare"):
		return p.register(m, start)
	case p.take("const"):
		return p.constant(m, start, false)
	case p.take("export"):
		return p.export(m, start)
	case p.take("await"), p.peek().Kind == Name && is(p.ahead(1), "("):
		v, err := p.value()
		if err != nil {
			return err
		}
		v.Start = start
		m.Run = append(m.Run, v)
		return p.expect(";")
	}
	t := p.peek()
	return fail(t.Start, "a statement that no emitted module has: %q", p.src[t.Start:t.End])
}

func (p *parser) export(m *Module, start int) error {
	switch {
	case p.take("const"):
		return p.constant(m, start, true)
	case p.take("default"):
		v, err := p.value()
		if err != nil {
			return err
		}
		if m.Default != nil {
			return fail(start, "a second default export")
		}
		m.Default = v
		return p.expect(";")
	case p.take("{"):
		if err := p.expect("}"); err != nil {
			return err
		}
		return p.expect(";")
	case p.take("*"):
		if err := p.expect("from"); err != nil {
			return err
		}
		t, err := p.kind(Text, "a module")
		if err != nil {
			return err
		}
		m.Reexports = append(m.Reexports, Import{Module: t.Value, Start: start, End: t.End})
		return p.expect(";")
	}
	t := p.peek()
	return fail(t.Start, "an export that no emitted module has: %q", p.src[t.Start:t.End])
}

func (p *parser) constant(m *Module, start int, exported bool) error {
	name, err := p.kind(Name, "a name")
	if err != nil {
		return err
	}
	if err := p.expect("="); err != nil {
		return err
	}
	v, err := p.value()
	if err != nil {
		return err
	}
	if m.Const(name.Value) != nil {
		return fail(name.Start, "a second constant %s", name.Value)
	}
	m.Consts = append(m.Consts, Const{name.Value, exported, v, start, v.End})
	return p.expect(";")
}

func (p *parser) importing(start int) (Import, error) {
	i := Import{Names: map[string]string{}, Types: map[string]string{}, Start: start}
	if t := p.peek(); t.Kind == Text {
		p.next()
		i.Module, i.End = t.Value, t.End
		return i, p.expect(";")
	}
	into := i.Names
	if is(p.peek(), "type") && !is(p.ahead(1), "from") {
		p.next()
		into = i.Types
	}
	if err := p.imported(i, into); err != nil {
		return i, err
	}
	if err := p.expect("from"); err != nil {
		return i, err
	}
	t, err := p.kind(Text, "a module")
	i.Module, i.End = t.Value, t.End
	if err != nil {
		return i, err
	}
	return i, p.expect(";")
}

func (p *parser) imported(i Import, into map[string]string) error {
	if p.take("*") {
		if err := p.expect("as"); err != nil {
			return err
		}
		name, err := p.kind(Name, "a name")
		into[name.Value] = "*"
		return err
	}
	if p.peek().Kind == Name {
		into[p.next().Value] = "default"
		return nil
	}
	if err := p.expect("{"); err != nil {
		return err
	}
	for !p.take("}") {
		to := into
		if is(p.peek(), "type") && p.ahead(1).Kind == Name {
			p.next()
			to = i.Types
		}
		name, err := p.kind(Name, "a name")
		if err != nil {
			return err
		}
		to[name.Value] = name.Value
		if !p.take(",") && !is(p.peek(), "}") {
			return fail(p.peek().Start, "a list of imports that is not one")
		}
	}
	return nil
}

// register reads declare module '…' { … }; it declares types only.
func (p *parser) register(m *Module, start int) error {
	if err := p.expect("module"); err != nil {
		return err
	}
	t, err := p.kind(Text, "a module")
	if err != nil {
		return err
	}
	from := p.at
	if err := p.balanced("{", "}"); err != nil {
		return err
	}
	body := ""
	for _, t := range p.tokens[from:p.at] {
		body += p.src[t.Start:t.End]
	}
	m.Registers = append(m.Registers, Block{t.Value, body, start, p.end()})
	return nil
}

func (p *parser) balanced(open, shut string) error {
	start := p.peek().Start
	if err := p.expect(open); err != nil {
		return err
	}
	for depth := 1; depth > 0; {
		switch t := p.next(); {
		case t.Kind == EOF:
			return fail(start, "no %q for this", shut)
		case is(t, open):
			depth++
		case is(t, shut):
			depth--
		}
	}
	return nil
}

func number(t Token) (float64, error) {
	f, err := strconv.ParseFloat(t.Value, 64)
	if err != nil {
		return 0, fail(t.Start, "%q is no number", t.Value)
	}
	return f, nil
}
