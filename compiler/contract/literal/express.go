package literal

import "slices"

// value reads an expression.
func (p *parser) value() (*Value, error) {
	v, err := p.operand()
	if err != nil {
		return nil, err
	}
	for is(p.peek(), "?") && is(p.ahead(1), "?") {
		p.at += 2
		other, err := p.operand()
		if err != nil {
			return nil, err
		}
		v = &Value{Form: Fallback, Start: v.Start, End: other.End, Items: []*Value{v, other}}
	}
	return v, nil
}

func (p *parser) operand() (*Value, error) {
	v, err := p.primary()
	for err == nil {
		t := p.peek()
		switch {
		case is(t, "."), is(t, "["):
			v, err = p.member(v)
		case is(t, "("):
			v, err = p.call(v, "", "")
		default:
			return v, nil
		}
	}
	return nil, err
}

func (p *parser) primary() (*Value, error) {
	t := p.next()
	v := &Value{Start: t.Start, End: t.End}
	var err error
	switch {
	case t.Kind == Text:
		v.Form, v.Str = Str, t.Value
	case t.Kind == Number:
		v.Form = Num
		v.Num, err = number(t)
	case is(t, "-") && p.peek().Kind == Number:
		n := p.next()
		v.Form, v.End = Num, n.End
		v.Num, err = number(n)
		v.Num = -v.Num
	case is(t, "["):
		return p.list(t)
	case is(t, "{"):
		return p.object(t)
	case is(t, "("):
		return p.arrow(t)
	case t.Kind != Name:
		return nil, fail(t.Start, "%q begins no value that qbls emits", p.src[t.Start:t.End])
	case t.Value == "true" || t.Value == "false":
		v.Form, v.Bool = Bool, t.Value == "true"
	case t.Value == "null":
		v.Form = Null
	case t.Value == "new":
		return p.construct(t)
	case t.Value == "sql" && p.peek().Kind == Template:
		v.Form, v.End = SQL, p.peek().End
		v.Str, err = templateText(p.next())
	case slices.Contains(code, t.Value):
		return nil, fail(t.Start, "%q begins code, where only data belongs", t.Value)
	default:
		v.Form, v.Path = Path, []string{t.Value}
	}
	return v, err
}

// code are words that begin what no emitted value is.
var code = []string{"function", "async", "class", "await", "typeof", "void", "delete", "this", "super", "yield", "undefined", "eval", "globalThis", "require"}

// member reads .name, ['name'] or .name(…).
func (p *parser) member(on *Value) (*Value, error) {
	open := p.next()
	t := p.next()
	switch {
	case open.Value == "." && t.Kind == Name:
	case open.Value == "[" && t.Kind == Text:
		if err := p.expect("]"); err != nil {
			return nil, err
		}
	default:
		return nil, fail(t.Start, "%q is no name of a member", p.src[t.Start:t.End])
	}
	types := ""
	if is(p.peek(), "<") {
		var err error
		if types, err = p.types(); err != nil {
			return nil, err
		}
	}
	if is(p.peek(), "(") {
		return p.call(on, t.Value, types)
	}
	if on.Form != Path || types != "" {
		return nil, fail(t.Start, "a member of what is no name")
	}
	return &Value{Form: Path, Start: on.Start, End: p.end(), Path: append(slices.Clone(on.Path), t.Value)}, nil
}

// types reads <…> as written.
func (p *parser) types() (string, error) {
	from := p.peek().Start
	depth := 0
	for {
		switch t := p.next(); {
		case t.Kind == EOF:
			return "", fail(from, "type arguments without an end")
		case is(t, "<"):
			depth++
		case is(t, ">"):
			if depth--; depth == 0 {
				return p.src[from:p.end()], nil
			}
		}
	}
}

func (p *parser) call(on *Value, member, types string) (*Value, error) {
	open := p.peek()
	if err := p.expect("("); err != nil {
		return nil, err
	}
	items, err := p.items(open, ")")
	return &Value{Form: Call, Start: on.Start, End: p.end(), On: on, Member: member, Items: items, Str: types}, err
}

func (p *parser) items(open Token, shut string) ([]*Value, error) {
	var out []*Value
	for !p.take(shut) {
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		out = append(out, v)
		if !p.take(",") && !is(p.peek(), shut) {
			t := p.peek()
			return nil, fail(t.Start, "%q within a list", p.src[t.Start:t.End])
		}
	}
	return out, nil
}

func (p *parser) list(open Token) (*Value, error) {
	items, err := p.items(open, "]")
	return &Value{Form: List, Start: open.Start, End: p.end(), Items: items}, err
}

func (p *parser) object(open Token) (*Value, error) {
	v := &Value{Form: Object, Start: open.Start}
	for !p.take("}") {
		prop, err := p.property()
		if err != nil {
			return nil, err
		}
		if v.Get(prop.Name) != nil {
			return nil, fail(prop.Start, "a second property %q", prop.Name)
		}
		v.Props = append(v.Props, prop)
		if !p.take(",") && !is(p.peek(), "}") {
			t := p.peek()
			return nil, fail(t.Start, "%q within an object", p.src[t.Start:t.End])
		}
	}
	v.End = p.end()
	return v, nil
}

func (p *parser) property() (Property, error) {
	key := p.next()
	prop := Property{Name: key.Value, Start: key.Start}
	if is(key, "...") && p.spreads {
		name, err := p.kind(Name, "a name")
		prop.Spread, prop.Name, prop.Value, prop.End = true, "..."+name.Value, &Value{Form: Path, Start: name.Start, End: name.End, Path: []string{name.Value}}, p.end()
		return prop, err
	}
	switch {
	case key.Kind == Text || key.Kind == Name:
	case is(key, "[") && p.peek().Kind == Text: // ['__proto__']: a property like any other
		prop.Name = p.next().Value
		if err := p.expect("]"); err != nil {
			return prop, err
		}
	default:
		return prop, fail(key.Start, "%q is no name of a property", p.src[key.Start:key.End])
	}
	if prop.Name == "__proto__" && !is(key, "[") && p.src[0] != '{' {
		return prop, fail(key.Start, "__proto__ sets what an object inherits")
	}
	if key.Kind == Name && (is(p.peek(), ",") || is(p.peek(), "}")) {
		prop.Value = &Value{Form: Path, Start: key.Start, End: key.End, Path: []string{key.Value}}
		prop.End = key.End
		return prop, nil
	}
	if err := p.expect(":"); err != nil {
		return prop, err
	}
	v, err := p.value()
	prop.Value, prop.End = v, p.end()
	return prop, err
}

// arrow reads (parameters) => value. No other parenthesis is emitted.
func (p *parser) arrow(open Token) (*Value, error) {
	p.at--
	if err := p.balanced("(", ")"); err != nil {
		return nil, err
	}
	v := &Value{Form: Arrow, Start: open.Start, Str: p.src[open.End : p.end()-1]}
	if p.take(":") { // of a reference in a circle: (): AnySQLiteColumn => …
		if _, err := p.kind(Name, "a type"); err != nil {
			return nil, err
		}
	}
	if err := p.expect("=>"); err != nil {
		return nil, err
	}
	result, err := p.value()
	if err != nil {
		return nil, err
	}
	v.On, v.End = result, result.End
	return v, nil
}

func (p *parser) construct(t Token) (*Value, error) {
	name, err := p.kind(Name, "a class")
	if err != nil {
		return nil, err
	}
	open := p.peek()
	if err := p.expect("("); err != nil {
		return nil, err
	}
	items, err := p.items(open, ")")
	on := &Value{Form: Path, Start: name.Start, End: name.End, Path: []string{name.Value}}
	return &Value{Form: New, Start: t.Start, End: p.end(), On: on, Items: items}, err
}
