// Package ts prints literal TypeScript values as a person would write them.
//
// What it prints is data that other programs read back without running it, so the printer is exact: every string, name and number
// parses to the value it was made from. A value stays on one line when it fits and is broken at its outermost level otherwise.
package ts

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Width is the line width that printed values keep where they can.
const Width = 140

// Value is a literal: String, Number, Bool, Null, Array, *Object or Code.
type Value interface {
	flat(b *strings.Builder)
	// broken prints the value over several lines; the first line begins at column at, the others are indented by indent.
	broken(b *strings.Builder, indent, at, tail int)
}

// String is a string literal.
type String string

// Number is a number literal. NaN and the infinities have no literal and print as null.
type Number float64

// Bool is true or false.
type Bool bool

// Null is null.
type Null struct{}

// Code is an expression of the emitted program itself, printed as it is.
type Code string

// Array is an array literal.
type Array []Value

// Object is an object literal whose properties keep their order.
type Object struct{ Properties []Property }

// Property is one property of an Object. Spread prints ...Value without a name.
type Property struct {
	Name   string
	Value  Value
	Spread bool
}

// Obj returns an empty object to be filled with Set.
func Obj() *Object { return &Object{} }

// Set appends a property and returns the object.
func (o *Object) Set(name string, v Value) *Object {
	o.Properties = append(o.Properties, Property{Name: name, Value: v})
	return o
}

// Empty says whether the object has no properties.
func (o *Object) Empty() bool { return len(o.Properties) == 0 }

// Strings returns an array of string literals.
func Strings(list []string) Array {
	out := make(Array, len(list))
	for i, s := range list {
		out[i] = String(s)
	}
	return out
}

// Of converts a literal as definitions hold it: nil, bool, float64, int, string, or a list of these.
func Of(v any) Value {
	switch v := v.(type) {
	case bool:
		return Bool(v)
	case float64:
		return Number(v)
	case int:
		return Number(v)
	case string:
		return String(v)
	case []any:
		out := make(Array, len(v))
		for i, e := range v {
			out[i] = Of(e)
		}
		return out
	case []string:
		return Strings(v)
	}
	return Null{}
}

// Print returns the value as text. Its first line begins behind at characters, continued lines are indented by indent spaces,
// and tail characters follow the last line (a bracket, a semicolon).
func Print(v Value, indent, at, tail int) string {
	var b strings.Builder
	put(&b, v, indent, at, tail)
	return b.String()
}

// Flat returns the value on one line.
func Flat(v Value) string {
	var b strings.Builder
	v.flat(&b)
	return b.String()
}

func put(b *strings.Builder, v Value, indent, at, tail int) {
	if one := Flat(v); !strings.Contains(one, "\n") && at+utf8.RuneCountInString(one)+tail <= Width {
		b.WriteString(one)
		return
	}
	v.broken(b, indent, at, tail)
}

func (s String) flat(b *strings.Builder)                { b.WriteString(Quote(string(s))) }
func (s String) broken(b *strings.Builder, _, _, _ int) { s.flat(b) }
func (v Bool) flat(b *strings.Builder)                  { b.WriteString(strconv.FormatBool(bool(v))) }
func (v Bool) broken(b *strings.Builder, _, _, _ int)   { v.flat(b) }
func (Null) flat(b *strings.Builder)                    { b.WriteString("null") }
func (v Null) broken(b *strings.Builder, _, _, _ int)   { v.flat(b) }
func (c Code) flat(b *strings.Builder)                  { b.WriteString(string(c)) }
func (c Code) broken(b *strings.Builder, _, _, _ int)   { c.flat(b) }
func (n Number) broken(b *strings.Builder, _, _, _ int) { n.flat(b) }
func (n Number) flat(b *strings.Builder) {
	f := float64(n)
	if math.IsNaN(f) || math.IsInf(f, 0) {
		b.WriteString("null")
		return
	}
	if f == math.Trunc(f) && math.Abs(f) < 1e21 {
		b.WriteString(strconv.FormatFloat(f, 'f', -1, 64))
		return
	}
	b.WriteString(strconv.FormatFloat(f, 'g', -1, 64))
}

func (a Array) flat(b *strings.Builder) {
	b.WriteByte('[')
	for i, v := range a {
		if i > 0 {
			b.WriteString(", ")
		}
		v.flat(b)
	}
	b.WriteByte(']')
}

func (a Array) broken(b *strings.Builder, indent, _, _ int) {
	if len(a) == 0 {
		b.WriteString("[]")
		return
	}
	b.WriteString("[\n")
	if a.scalars() {
		a.fill(b, indent+2)
	} else {
		for _, v := range a {
			pad(b, indent+2)
			put(b, v, indent+2, indent+2, 1)
			b.WriteString(",\n")
		}
	}
	pad(b, indent)
	b.WriteByte(']')
}

// scalars says whether all elements are atoms; these are packed into lines instead of one a line.
func (a Array) scalars() bool {
	for _, v := range a {
		switch v.(type) {
		case Array, *Object:
			return false
		}
	}
	return true
}

func (a Array) fill(b *strings.Builder, indent int) {
	at := 0
	for _, v := range a {
		one := Flat(v)
		n := utf8.RuneCountInString(one)
		switch {
		case at == 0:
			pad(b, indent)
			at = indent
		case at+1+n+1 > Width:
			b.WriteByte('\n')
			pad(b, indent)
			at = indent
		default:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(one + ",")
		at += n + 1
	}
	b.WriteByte('\n')
}

func (o *Object) flat(b *strings.Builder) {
	if o.Empty() {
		b.WriteString("{}")
		return
	}
	b.WriteString("{ ")
	for i, p := range o.Properties {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(p.head())
		if !p.shorthand() {
			p.Value.flat(b)
		}
	}
	b.WriteString(" }")
}

func (o *Object) broken(b *strings.Builder, indent, at, tail int) {
	if o.Empty() {
		b.WriteString("{}")
		return
	}
	if o.list() {
		head := o.Properties[0].head()
		b.WriteString("{ " + head)
		o.Properties[0].Value.broken(b, indent, at+2+utf8.RuneCountInString(head), tail+2)
		b.WriteString(" }")
		return
	}
	b.WriteString("{\n")
	if o.names() {
		o.fill(b, indent+2)
		pad(b, indent)
		b.WriteByte('}')
		return
	}
	for _, p := range o.Properties {
		pad(b, indent+2)
		head := p.head()
		b.WriteString(head)
		if !p.shorthand() {
			put(b, p.Value, indent+2, indent+2+utf8.RuneCountInString(head), 1)
		}
		b.WriteString(",\n")
	}
	pad(b, indent)
	b.WriteByte('}')
}

// list says whether the object is a list under one name, such as { any: [ … ] }: their brackets share lines.
func (o *Object) list() bool {
	if len(o.Properties) != 1 {
		return false
	}
	a, ok := o.Properties[0].Value.(Array)
	return ok && len(a) > 0 && !o.Properties[0].Spread
}

// names says whether the object is a list of names of the program, which are packed into lines as scalars are.
func (o *Object) names() bool {
	for _, p := range o.Properties {
		if c, ok := p.Value.(Code); !ok || !Identifier(string(c)) || p.Spread {
			return false
		}
	}
	return true
}

func (o *Object) fill(b *strings.Builder, indent int) {
	list := make(Array, len(o.Properties))
	for i, p := range o.Properties {
		list[i] = Code(p.head())
		if !p.shorthand() {
			list[i] = Code(p.head() + Flat(p.Value))
		}
	}
	list.fill(b, indent)
}

// shorthand: { candidates } for { candidates: candidates }.
func (p Property) shorthand() bool {
	c, ok := p.Value.(Code)
	return ok && !p.Spread && string(c) == p.Name && Identifier(p.Name)
}

func (p Property) head() string {
	switch {
	case p.Spread:
		return "..."
	case p.shorthand():
		return p.Name
	}
	return Key(p.Name) + ": "
}

func pad(b *strings.Builder, n int) { b.WriteString(strings.Repeat(" ", n)) }
