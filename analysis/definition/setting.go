package definition

import (
	"maps"
	"slices"

	"github.com/qbls/qbls/analysis/syntax"
)

// setting is a key of the configuration that this version does not emit. It is checked like every other, and reported unless the
// value is the one that holds without it: then nothing of what was asked for is missing.
type setting struct {
	kinds   []syntax.Kind      // what the value may be
	expects string             // the same in words
	same    string             // source text of the value that changes nothing, "" when every value does
	words   []string           // of a string, or of those in a list: the only ones
	inside  map[string]setting // of an object
	free    bool               // of an object: any keys
	items   map[string]setting // of a list of objects
	names   bool               // of a list: strings
	above   bool               // of a number: above zero
}

var (
	aText    = setting{kinds: []syntax.Kind{syntax.String, syntax.Template}, expects: "a string"}
	aNumber  = setting{kinds: []syntax.Kind{syntax.Number, syntax.Unary}, expects: "a number"}
	aCount   = setting{kinds: []syntax.Kind{syntax.Number}, expects: "a number above zero", above: true}
	aSwitch  = setting{kinds: []syntax.Kind{syntax.Bool}, expects: "true or false"}
	anything = setting{kinds: []syntax.Kind{syntax.Object}, expects: "an object", free: true}
	aList    = setting{kinds: []syntax.Kind{syntax.Array}, expects: "a list of strings", names: true}
)

func oneWord(words ...string) setting        { s := aText; s.words = words; return s }
func usually(s setting, same string) setting { s.same = same; return s }
func section(inside map[string]setting) setting {
	return setting{kinds: []syntax.Kind{syntax.Object}, expects: "an object", inside: inside}
}
func switchOr(inside map[string]setting) setting {
	return setting{kinds: []syntax.Kind{syntax.Bool, syntax.Object}, expects: "true, false or an object", inside: inside, same: "false"}
}

// names lists the keys of settings beside others, for the message about an unknown key.
func with(known []string, more map[string]setting) *keys {
	return &keys{known: append(slices.Clone(known), slices.Sorted(maps.Keys(more))...)}
}

// settings checks those keys of an object and reports the ones whose value this version does not emit. silent: the object belongs
// to a provider that is refused as a whole, which says it for all of them.
func (r *reader) settings(o *object, path string, all map[string]setting, silent bool) {
	o.each(func(name Name, p syntax.Node) {
		s, ok := all[name.Text]
		if !ok {
			return
		}
		what := name.Text
		if path != "" {
			what = path + "." + what
		}
		n := r.value(p.Value())
		if !r.setting(n, what, s) || silent || s.same != "" && n.Text() == s.same {
			return
		}
		r.later(namePlace(p), what)
	})
}

// setting checks one value; false when it is wrong.
func (r *reader) setting(n syntax.Node, what string, s setting) bool {
	if !slices.Contains(s.kinds, n.Kind()) {
		r.wrong(n, what, s.expects)
		return false
	}
	from := r.mark()
	switch n.Kind() {
	case syntax.String, syntax.Template:
		v := r.str(n, what)
		if len(s.words) > 0 {
			r.oneOf(&v, what, s.words...)
		}
	case syntax.Number:
		if f, _ := number(n); s.above && f <= 0 {
			r.report(WrongValue, place(n), "Expected "+s.expects+".", "%s takes %s.", what, s.expects)
		}
	case syntax.Object:
		if !s.free {
			r.nested(n, what, s.inside)
		}
	case syntax.Array:
		for _, e := range r.elements(n) {
			if s.items != nil {
				r.nested(e, "An element of "+what, s.items)
			} else if s.names {
				v := r.str(e, "An element of "+what)
				if len(s.words) > 0 {
					r.oneOf(&v, "element of "+what, s.words...)
				}
			}
		}
	}
	return r.stateSince(from) == Known
}

func (r *reader) nested(n syntax.Node, what string, inside map[string]setting) {
	r.object(n, what, with(nil, inside)).each(func(name Name, p syntax.Node) {
		r.setting(r.value(p.Value()), what+"."+name.Text, inside[name.Text])
	})
}
