package definition

import (
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics/text"
)

// mark remembers how much has gone wrong, for stateSince.
type mark struct{ faults, gaps int }

func (r *reader) mark() mark { return mark{r.faults, len(r.file.Gaps)} }

// stateSince says what is known of something that was read since the mark: Known when nothing of it was refused or skipped.
func (r *reader) stateSince(m mark) State {
	switch {
	case len(r.file.Gaps) > m.gaps:
		return Unknown
	case r.faults > m.faults:
		return Invalid
	}
	return Known
}

// gap reports an expression that static reading does not know.
func (r *reader) gap(n syntax.Node, what string) {
	r.file.Gaps = append(r.file.Gaps, Gap{r.at(n), what})
	r.report(NotReadable, place(n), "Write the value out in place.", "Only running the code could tell %s, so it cannot be checked or enforced.", what)
}

func (r *reader) wrong(n syntax.Node, what, expected string) {
	r.faults++
	if n.Kind() == syntax.Missing || n.Has(syntax.Broken) && n.Kind() != syntax.Object && n.Kind() != syntax.Array {
		return // the parser has said so
	}
	switch n.Kind() {
	case syntax.Ident, syntax.Member, syntax.Index, syntax.Call, syntax.Condition, syntax.Binary, syntax.Template, syntax.Tagged, syntax.Spread:
		r.gap(n, "the value of "+what)
	default:
		r.report(WrongValue, place(n), "Expected "+expected+".", "%s takes %s.", what, expected)
	}
}

// state of a leaf that is not what was expected.
func (r *reader) bad(n syntax.Node, what, expected string) State {
	gaps := len(r.file.Gaps)
	r.wrong(n, what, expected)
	if len(r.file.Gaps) > gaps {
		return Unknown
	}
	return Invalid
}

// inside is the span of a string's content, without its quotes.
func inside(n syntax.Node) text.Place {
	s := n.Span()
	if (n.Kind() == syntax.String || n.Kind() == syntax.Template) && s.End-s.Start >= 2 && !n.Has(syntax.Broken) {
		s = text.Span{Start: s.Start + 1, End: s.End - 1}
	}
	return spanOf(n, s)
}

func (r *reader) str(n syntax.Node, what string) Value[string] {
	n = r.value(n)
	if s, ok := n.Str(); ok {
		return Value[string]{Known, s, r.anchor(inside(n))}
	}
	return Value[string]{State: r.bad(n, what, "a string"), At: r.at(n)}
}

func (r *reader) bool(n syntax.Node, what string) Value[bool] {
	n = r.value(n)
	if b, ok := n.Bool(); ok {
		return Value[bool]{Known, b, r.at(n)}
	}
	return Value[bool]{State: r.bad(n, what, "true or false"), At: r.at(n)}
}

func (r *reader) num(n syntax.Node, what string) Value[float64] {
	n = r.value(n)
	if f, ok := number(n); ok {
		return Value[float64]{Known, f, r.at(n)}
	}
	return Value[float64]{State: r.bad(n, what, "a number"), At: r.at(n)}
}

func number(n syntax.Node) (float64, bool) {
	if n.Kind() == syntax.Unary && n.Operator() == "-" {
		f, ok := n.Operand().Inner().Num()
		return -f, ok
	}
	return n.Num()
}

// literal reads a string, number, boolean or null.
func (r *reader) literal(n syntax.Node, what string) (any, bool) {
	n = r.value(n)
	if s, ok := n.Str(); ok {
		return s, true
	}
	if f, ok := number(n); ok {
		return f, true
	}
	if b, ok := n.Bool(); ok {
		return b, true
	}
	if n.Kind() == syntax.Null {
		return nil, true
	}
	r.wrong(n, what, "a string, a number, a boolean or null")
	return nil, false
}

// names reads a list of strings. A name that cannot be read is reported and left out; nil when it is no list at all.
func (r *reader) names(n syntax.Node, what string) ([]Name, bool) {
	n = r.value(n)
	if n.Kind() != syntax.Array {
		r.wrong(n, what, "a list of strings")
		return nil, false
	}
	elements := r.elements(n)
	if len(elements) == 0 {
		return nil, true
	}
	out := make([]Name, 0, len(elements))
	for _, e := range elements {
		if s, ok := e.Str(); ok {
			out = append(out, Name{s, r.anchor(inside(e))})
		} else {
			r.wrong(e, "a list element of "+what, "a string")
		}
	}
	return out, true
}

func (r *reader) columns(o *object, key string) *Columns {
	p, ok := o.prop(key)
	if !ok {
		return nil
	}
	from := r.mark()
	items, _ := r.names(p.Value(), key)
	return &Columns{r.stateSince(from), items, r.at(p.Value())}
}

func (r *reader) roles(o *object, key string) *Roles {
	p, ok := o.prop(key)
	if !ok {
		return nil
	}
	from := r.mark()
	items, _ := r.names(p.Value(), key)
	return &Roles{r.stateSince(from), items, r.at(p.Value())}
}
