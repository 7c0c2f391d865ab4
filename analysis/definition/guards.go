package definition

import "github.com/qbls/qbls/analysis/syntax"

// guards reads { createable, updatable, immutable, protected } or false.
func (r *reader) guards(n syntax.Node) *Guards {
	g := &Guards{At: r.at(n)}
	if b, ok := n.Bool(); ok && !b {
		g.Open = true
		return g
	}
	o := r.object(n, "guards", &keys{known: []string{"createable", "updatable", "immutable", "protected"}})
	g.Createable, g.Updatable, g.Immutable = o.columns("createable"), o.columns("updatable"), o.columns("immutable")
	p := r.value(o.value("protected"))
	switch {
	case !o.has("protected"):
	case p.Kind() == syntax.Array:
		fields, _ := r.names(p, "protected")
		for _, f := range fields {
			g.Protected = append(g.Protected, Protected{Field: f, Any: true})
		}
	default:
		r.object(p, "protected", nil).each(func(name Name, p syntax.Node) {
			if actions, ok := r.names(p.Value(), "protected."+name.Text); ok {
				g.Protected = append(g.Protected, Protected{Field: name, Actions: actions})
			}
		})
	}
	return g
}

// masking reads { field: { type, show, mask, query } }.
func (r *reader) masking(o *object) (out []*Mask) {
	if !o.has("masking") {
		return nil
	}
	r.object(o.value("masking"), "masking", nil).each(func(name Name, p syntax.Node) {
		m := r.object(p.Value(), "A masking rule", &keys{known: []string{"type", "show", "mask", "query"}})
		rule := &Mask{Field: name, At: r.at(p.Value()), Type: m.str("type")}
		if p, ok := m.prop("mask"); ok {
			r.maskOf(rule, p)
		} else if rule.Type.V == "custom" {
			r.report(WrongValue, r.file.Place(rule.Type.At), "Add mask: (value) => ….", "A custom mask needs the function that masks.")
		}
		if m.has("show") {
			show := r.object(m.value("show"), "show", &keys{known: []string{"roles", "or"}})
			rule.Roles, rule.Owner = r.roles(show, "roles"), show.str("or")
		}
		if m.has("query") {
			rule.Query = r.roles(r.object(m.value("query"), "query", &keys{known: []string{"roles"}}), "roles")
		}
		out = append(out, rule)
	})
	return out
}

// maskOf reads the key mask: the function of a custom mask, or in the oldest form the type.
func (r *reader) maskOf(rule *Mask, p syntax.Node) {
	code := r.code(p.Value())
	switch {
	case code.Valid() && !rule.Type.Present():
		rule.Func, rule.Type = true, Value[string]{Known, "custom", r.anchor(namePlace(p))}
	case code.Valid():
		rule.Func = true
		if rule.Type.State == Known && rule.Type.V != "custom" {
			r.report(WrongValue, namePlace(p), "Write type: 'custom', or remove mask.", "A mask function belongs to type 'custom', and this one has type %q.", rule.Type.V)
		}
	case rule.Type.Present():
		r.wrong(r.value(p.Value()), "mask beside a type", "a function")
	default:
		rule.Type = r.str(p.Value(), "mask")
	}
}
