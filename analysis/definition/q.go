package definition

import (
	"slices"
	"strings"

	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// qBuilder is a builder of the q namespace and how SQLite stores it (language.md, Columns).
type qBuilder struct {
	kind    string
	storage string
	mode    string
	format  string
	options []string
}

var (
	lengths = []string{"maxLength", "minLength", "pattern"}
	bounds  = []string{"min", "max"}
)

var qBuilders = map[string]qBuilder{
	"id":        {kind: "string", storage: "text"},
	"text":      {kind: "string", storage: "text", options: lengths},
	"int":       {kind: "number", storage: "integer", options: bounds},
	"real":      {kind: "number", storage: "real", options: bounds},
	"bool":      {kind: "boolean", storage: "integer", mode: "boolean"},
	"enum":      {kind: "string", storage: "text"},
	"json":      {kind: "json", storage: "text", mode: "json"},
	"datetime":  {kind: "string", storage: "text", format: "datetime"},
	"timestamp": {kind: "string", storage: "text", format: "datetime"},
	"date":      {kind: "string", storage: "text", format: "date"},
	"url":       {kind: "string", storage: "text", format: "url", options: lengths},
	"email":     {kind: "string", storage: "text", format: "email", options: lengths},
	"uuid":      {kind: "string", storage: "text", format: "uuid"},
	"scope":     {kind: "string", storage: "text"},
}

// qModifiers are the methods of q's columns; the ones that are not for every column say which.
var qModifiers = map[string]func(c *Column) bool{
	"required": nil, "optional": nil, "unique": nil, "index": nil, "references": nil, "protected": nil, "immutable": nil, "masked": nil,
	"default":    func(c *Column) bool { return c.Q != "id" && c.Q != "scope" },
	"defaultNow": func(c *Column) bool { return c.Format == "datetime" || c.Format == "date" },
	"filterable": func(c *Column) bool { return c.Kind != "json" },
	"sortable":   func(c *Column) bool { return c.Kind != "json" },
	"searchable": func(c *Column) bool { return c.Kind == "string" },
}

// Scopes are the arguments of q.scope.
var Scopes = []string{"organization", "owner", "team"}

// FilterOperators are the arguments of .filterable.
var FilterOperators = []string{"eq", "ne", "gt", "gte", "lt", "lte", "like", "in", "isNull"}

// MaskTypes are the arguments of .masked; a mask of one's own is written under masking.
var MaskTypes = []string{"email", "phone", "ssn", "creditCard", "name", "redact"}

// SQL of the moment of an insert: ISO-8601 text in UTC, with milliseconds, and its day.
const (
	NowSQL   = "(strftime('%Y-%m-%dT%H:%M:%fZ','now'))"
	TodaySQL = "(date('now'))"
)

func (r *reader) qColumn(c *Column, name string, first syntax.Node, methods []syntax.Node) *Column {
	b, ok := qBuilders[name]
	if !ok {
		r.unknown(nameOf(first.Callee()), name, "is no column type of q", sorted(qBuilders, nil))
		return nil
	}
	c.Q, c.Builder, c.Kind, c.Format = name, b.storage, b.kind, b.format
	if b.mode != "" {
		c.Mode = Value[string]{Known, b.mode, c.At}
	}
	r.qArguments(c, b, first)
	chosen := map[string]bool{}
	for _, call := range methods {
		r.qModifier(c, call, chosen)
	}
	r.nullability(c, first, methods, chosen)
	r.fits(c)
	return c
}

func (r *reader) qArguments(c *Column, b qBuilder, call syntax.Node) {
	switch c.Q {
	case "id":
		c.PrimaryKey = true
		r.surplus(call, 0, "q.id()")
		return
	case "enum":
		if !call.Child(0).Valid() {
			r.report(WrongValue, nameOf(call.Callee()), "Write q.enum(['a', 'b']).", "q.enum needs its values.")
			return
		}
		list := r.value(call.Child(0))
		if c.Enum = r.enumValues(call.Child(0)); list.Kind() == syntax.Array && list.NumChildren() == 0 {
			r.report(WrongValue, place(list), "Name its values.", "An enum without values admits nothing.")
		}
		r.surplus(call, 1, "q.enum(…)")
		return
	case "scope":
		if !call.Child(0).Valid() {
			r.report(WrongValue, nameOf(call.Callee()), "Write q.scope('organization'), q.scope('owner') or q.scope('team').", "q.scope needs to know whom the column isolates.")
			c.Scope.State = Invalid
			return
		}
		c.Scope = r.str(call.Child(0), "q.scope")
		r.among(&c.Scope, "There is no scope", Scopes)
		r.surplus(call, 1, "q.scope(…)")
		return
	}
	r.surplus(call, 1, "q."+c.Q+"(…)")
	if options := call.Child(0); options.Valid() {
		r.rule(c, r.object(options, "q."+c.Q+"(…)", &keys{known: b.options}))
	}
}

// rule reads the options of a column, which validation enforces.
func (r *reader) rule(c *Column, o *object) {
	if o == nil || len(o.props) == 0 {
		return
	}
	v := &Validation{Field: c.Key, At: r.at(o.node)}
	v.MinLength, v.MaxLength, v.Min, v.Max = o.num("minLength"), o.num("maxLength"), o.num("min"), o.num("max")
	if p, ok := o.prop("pattern"); ok {
		v.Pattern = r.pattern(p.Value())
	}
	for _, n := range []Value[float64]{v.MinLength, v.MaxLength} {
		if f, ok := n.Get(); ok && (f < 0 || f != float64(int32(f))) {
			r.report(WrongValue, r.file.Place(n.At), "Write a whole number.", "A length cannot be %v.", f)
		}
	}
	for _, pair := range [][2]Value[float64]{{v.MinLength, v.MaxLength}, {v.Min, v.Max}} {
		if low, ok := pair[0].Get(); ok {
			if high, ok := pair[1].Get(); ok && low > high {
				r.report(WrongValue, r.file.Place(pair[0].At), "Correct one of the two.", "No value has at least %v and at most %v.", low, high)
			}
		}
	}
	c.Rule = v
}

// pattern reads a pattern: its text, or a regular expression without flags.
func (r *reader) pattern(n syntax.Node) Value[string] {
	n = r.value(n)
	if n.Kind() != syntax.Regex {
		return r.str(n, "pattern")
	}
	literal := n.Text()
	end := strings.LastIndexByte(literal, '/')
	if end < 1 {
		return Value[string]{State: Invalid, At: r.at(n)}
	}
	if flags := strings.Trim(literal[end+1:], "u"); flags != "" {
		r.report(NotSupported, place(n), "Write the pattern without flags.", "The flags %q of a pattern are not emitted.", flags)
		return Value[string]{State: Invalid, At: r.at(n)}
	}
	return Value[string]{Known, literal[1:end], r.at(n)}
}

func (r *reader) qModifier(c *Column, call syntax.Node, chosen map[string]bool) {
	name := call.Callee().Inner().Name()
	if name == "" {
		return // half-typed; the parser has reported it
	}
	only, ok := qModifiers[name]
	if !ok || only != nil && !only(c) {
		what := "is no modifier of q's columns"
		if ok {
			what = "is no modifier of q." + c.Q
		}
		r.unknown(methodPlace(call), "."+name+"()", what, sorted(qModifiers, func(_ string, only func(*Column) bool) bool { return only == nil || only(c) }))
		return
	}
	chosen[name] = true
	if name != "filterable" {
		r.surplus(call, map[string]int{"default": 1, "references": 2, "masked": 1}[name], "."+name+"()")
	}
	var at text.Anchor
	if name != "required" && name != "optional" && name != "unique" && name != "default" && name != "references" {
		at = r.anchor(methodPlace(call))
	}
	switch name {
	case "required":
		c.NotNull = true
	case "default":
		if !call.Child(0).Valid() {
			r.report(WrongValue, methodPlace(call), "Write .default(value).", ".default() needs a value.")
			return
		}
		c.Default = r.defaultValue(r.value(call.Child(0)))
	case "defaultNow":
		c.Default = &Default{SQL: NowSQL, At: at}
		if c.Format == "date" {
			c.Default.SQL = TodaySQL
		}
	case "unique":
		c.Unique = true
	case "index":
		c.Index = &at
	case "references":
		c.References = r.reference(call)
	case "protected":
		c.Protected = &at
	case "immutable":
		c.Immutable = &at
	case "searchable":
		c.Searchable = &at
	case "sortable":
		c.Sortable = &at
	case "filterable":
		c.Filterable = r.operators(c, call, at)
	case "masked":
		c.Masked = r.masked(c, call, at)
	}
}

func (r *reader) operators(c *Column, call syntax.Node, at text.Anchor) *FilterSet {
	out := &FilterSet{At: at}
	known := FilterOperators
	if c.Kind != "string" {
		known = slices.DeleteFunc(slices.Clone(known), func(op string) bool { return op == "like" })
	}
	for a := range call.Children() {
		if a.Kind() == syntax.Spread {
			r.gap(a, "what is spread here")
			continue
		}
		v := r.str(a, ".filterable()")
		r.among(&v, "q."+c.Q+" cannot be filtered by", known)
		out.Items = append(out.Items, Name{v.V, v.At}) // one that is not known stays: fewer would mean all
	}
	return out
}

func (r *reader) masked(c *Column, call syntax.Node, at text.Anchor) *Mask {
	if !call.Child(0).Valid() {
		r.report(WrongValue, methodPlace(call), "Write .masked('email').", ".masked() needs the type of the mask.")
		return nil
	}
	m := &Mask{Field: Name{c.Key.Text, at}, Type: r.str(call.Child(0), ".masked()"), At: at, Owner: Value[string]{Known, "owner", at}}
	if m.Type.V == "custom" && m.Type.State == Known {
		r.report(WrongValue, r.file.Place(m.Type.At), "Write masking: { "+c.Key.Text+": { type: 'custom', mask: … } }.", "A mask of one's own needs its function.")
		m.Type.State = Invalid
	}
	r.among(&m.Type, "There is no mask", MaskTypes)
	return m
}

// nullability settles whether a column may be NULL (language.md, Columns): as written, else it may not with a default, as an id or a scope.
func (r *reader) nullability(c *Column, first syntax.Node, methods []syntax.Node, chosen map[string]bool) {
	switch {
	case chosen["required"] && chosen["optional"]:
		for _, call := range methods {
			if call.Callee().Inner().Name() == "optional" {
				r.report(WrongValue, methodPlace(call), "Keep one of the two.", "%s is both required and optional.", c.Key.Text)
			}
		}
	case c.Q == "id" || c.Q == "scope":
		if chosen["optional"] {
			r.report(WrongValue, nameOf(first.Callee()), "Remove .optional().", "q.%s is never empty.", c.Q)
		}
		c.NotNull = true
	case chosen["required"] || chosen["optional"]:
	case chosen["default"] || chosen["defaultNow"]:
		c.NotNull = true
	default:
		end := place(first)
		for _, call := range methods {
			if at := place(call); at.Span.End > end.Span.End {
				end = at
			}
		}
		insert := func(s string) diagnostics.Fix {
			edit := text.Edit{Span: text.Span{Start: end.Span.End, End: end.Span.End}, New: s}
			return diagnostics.Fix{Title: "Add " + s, Edits: map[text.Path][]text.Edit{end.Path: {edit}}}
		}
		r.report(Nullability, nameOf(first.Callee()), "Say .optional() or .required().", "%s may be NULL: it is neither required nor optional and has no default.", c.Key.Text)
		r.diags[len(r.diags)-1].Fixes = []diagnostics.Fix{insert(".optional()"), insert(".required()")}
	}
}
