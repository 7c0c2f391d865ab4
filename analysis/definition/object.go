package definition

import (
	"slices"
	"strconv"
	"strings"

	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// object is an object literal whose keys have been checked. A nil object answers like an empty one.
type object struct {
	r     *reader
	node  syntax.Node
	what  string // for messages: "guards", "the action"
	props []property
}

// property is one property of an object, with the name that it has when the code runs.
type property struct {
	syntax.Node
	name string
	at   text.Place // where the name is written, without its quotes
}

// keys of one kind of object. Later ones are known to the language and not supported by this version.
type keys struct {
	known []string
	later []string
}

// object reads an object literal. With keys, each other key is reported; without, any key is taken as a name.
func (r *reader) object(n syntax.Node, what string, k *keys) *object {
	n = r.value(n)
	if n.Kind() != syntax.Object {
		r.wrong(n, what, "an object")
		return nil
	}
	o := &object{r: r, node: n, what: what, props: r.bench.properties.take(n.NumChildren())}
	o.gather(n, k, 0)
	return o
}

// gather collects the properties, those of spread objects in their place. Later ones win, as in JavaScript.
func (o *object) gather(n syntax.Node, k *keys, depth int) {
	for p := range n.Children() {
		switch {
		case p.Kind() == syntax.Spread:
			if from := o.r.value(p.Value()); from.Kind() == syntax.Object && depth < maxFollow {
				o.gather(from, k, depth+1)
			} else {
				o.r.gap(p, "what is spread here")
			}
		default:
			if named, ok := o.r.named(p); ok && (k == nil || o.r.known(named, o.what, k)) {
				o.props = append(o.props, named)
			}
		}
	}
}

// named gives a property its name: as written, or what the expression of a computed key stands for. A key that is not known is a
// gap.
func (r *reader) named(p syntax.Node) (property, bool) {
	if !p.Has(syntax.Computed) {
		return property{p, p.Name(), namePlace(p)}, true
	}
	key := r.value(p.KeyNode())
	if s, ok := key.Str(); ok {
		return property{p, s, inside(key)}, true
	}
	if f, ok := number(key); ok {
		return property{p, strconv.FormatFloat(f, 'f', -1, 64), place(key)}, true
	}
	r.gap(p.KeyNode(), "the key")
	return property{}, false
}

func (r *reader) known(p property, what string, k *keys) bool {
	for _, name := range k.known {
		if name == p.name {
			return true
		}
	}
	for _, name := range k.later {
		if name == p.name {
			r.later(p.at, name)
			return false
		}
	}
	if p.name == "" {
		r.faults++
		return false // half-typed; the parser has reported it
	}
	r.suggest(UnknownKey, p.at, p.name, k.known, "%s has no key %q.", what, p.name)
	for _, f := range r.diags[len(r.diags)-1].Fixes {
		if _, written := p.Parent().Property(f.Edits[p.at.Path][0].New); written {
			r.diags[len(r.diags)-1].Fixes[0].Safe = false // twice in one object
		}
	}
	return false
}

// later reports something that is read and that this version does not emit.
func (r *reader) later(at text.Place, what string) {
	r.report(NotSupported, at, "", "%s is part of the definition language, but this version does not emit it; nothing would be enforced for it.", what)
}

// suggest reports a word that is none of the known ones, with the nearest of them as help and fix.
func (r *reader) suggest(rule *diagnostics.Rule, at text.Place, word string, known []string, format string, args ...any) {
	help := "Known here: " + strings.Join(known, ", ") + "."
	if len(known) == 0 {
		help = ""
	}
	var fixes []diagnostics.Fix
	if near, ok := diagnostics.Nearest(word, slices.Values(known)); ok {
		help = "Did you mean " + near + "?"
		sure, _ := diagnostics.Sure(word, slices.Values(known))
		fixes = []diagnostics.Fix{{Title: "Change to " + near, Safe: sure == near, Edits: map[text.Path][]text.Edit{at.Path: {{Span: at.Span, New: near}}}}}
	}
	r.report(rule, at, help, format, args...)
	r.diags[len(r.diags)-1].Fixes = fixes
}

// prop returns the property of a key; the last one wins, as in JavaScript.
func (o *object) prop(key string) (syntax.Node, bool) {
	if o == nil {
		return syntax.Node{}, false
	}
	for i := len(o.props) - 1; i >= 0; i-- {
		if o.props[i].name == key {
			if v := o.props[i].Value().Inner(); v.Kind() == syntax.Ident && v.Name() == "undefined" {
				return syntax.Node{}, false
			}
			return o.props[i].Node, true
		}
	}
	return syntax.Node{}, false
}

func (o *object) value(key string) syntax.Node {
	p, _ := o.prop(key)
	return p.Value()
}

func (o *object) has(key string) bool { _, ok := o.prop(key); return ok }

// each calls f for every property with its name, once for a name: the last one wins, as in JavaScript.
func (o *object) each(f func(name Name, p syntax.Node)) {
	if o == nil {
		return
	}
	for _, p := range o.last() {
		f(Name{p.name, o.r.anchor(p.at)}, p.Node)
	}
}

// last are the properties that have a name and count.
func (o *object) last() []property {
	const few = 24 // for which comparing all is cheaper than a map
	out := o.r.bench.properties.take(len(o.props))
	if len(o.props) <= few {
		for i, p := range o.props {
			if p.name != "" && !slices.ContainsFunc(o.props[i+1:], func(later property) bool { return later.name == p.name }) {
				out = append(out, p)
			}
		}
		return out
	}
	last := make(map[string]int, len(o.props))
	for i, p := range o.props {
		last[p.name] = i
	}
	for i, p := range o.props {
		if p.name != "" && last[p.name] == i {
			out = append(out, p)
		}
	}
	return out
}

func (o *object) str(key string) (v Value[string]) {
	if p, ok := o.prop(key); ok {
		return o.r.str(p.Value(), key)
	}
	return v
}

func (o *object) bool(key string) (v Value[bool]) {
	if p, ok := o.prop(key); ok {
		return o.r.bool(p.Value(), key)
	}
	return v
}

func (o *object) num(key string) (v Value[float64]) {
	if p, ok := o.prop(key); ok {
		return o.r.num(p.Value(), key)
	}
	return v
}
