package definition

import (
	"slices"

	"github.com/qbls/qbls/analysis/syntax"
)

// input reads z.object({ … }) as far as it is written out. Zod itself checks requests at run time; what is read here serves
// the documents and hints, so an unknown schema is no error: it is described as an object.
func (r *reader) input(n syntax.Node) *Input {
	in := &Input{At: r.at(n)}
	calls := zodCalls(n)
	if len(calls) == 0 || calls[0].Callee().Name() != "object" {
		return in
	}
	in.Known = true
	shape := calls[0].Child(0).Inner()
	for p := range shape.Children() {
		if p.Kind() != syntax.Property || p.Has(syntax.Computed) {
			in.Known = false
			continue
		}
		f := zodField(p.Value().Inner())
		f.Name = r.key(p)
		in.Fields = append(in.Fields, f)
	}
	return in
}

// zodCalls splits z.string().min(1) into its calls, first one first; nil when it is no chain on z.
func zodCalls(n syntax.Node) (calls []syntax.Node) {
	for n.Kind() == syntax.Call {
		calls = append(calls, n)
		callee := n.Callee()
		if callee.Kind() != syntax.Member {
			return nil
		}
		n = callee.Operand().Inner()
		if n.Kind() == syntax.Member && n.Operand().Name() == "z" { // z.coerce.number(), z.iso.datetime()
			n = n.Operand()
		}
		if n.Kind() == syntax.Ident {
			if n.Name() != "z" {
				return nil
			}
			slices.Reverse(calls)
			return calls
		}
	}
	return nil
}

var zodTypes = map[string]string{
	"string": "string", "number": "number", "int": "integer", "boolean": "boolean", "bool": "boolean", "enum": "enum", "array": "array", "object": "object", "literal": "string", "date": "string",
	"email": "string", "url": "string", "uuid": "string", "datetime": "string",
}
var zodFormats = map[string]string{"email": "email", "url": "uri", "uuid": "uuid", "datetime": "date-time", "date": "date-time"}

func zodField(n syntax.Node) InputField {
	f := InputField{Type: "unknown", Required: true}
	calls := zodCalls(n)
	if len(calls) == 0 {
		return f
	}
	base := calls[0].Callee().Name()
	if t, ok := zodTypes[base]; ok {
		f.Type, f.Format = t, zodFormats[base]
	}
	switch base {
	case "enum":
		for e := range calls[0].Child(0).Inner().Children() {
			if s, ok := e.Inner().Str(); ok {
				f.Enum = append(f.Enum, s)
			}
		}
	case "literal":
		if s, ok := calls[0].Child(0).Inner().Str(); ok {
			f.Type, f.Enum = "enum", []string{s}
		} else {
			f.Type = "unknown"
		}
	case "array":
		f.Items = zodField(calls[0].Child(0).Inner()).Type
	}
	for _, call := range calls[1:] {
		f.refine(call)
	}
	return f
}

func (f *InputField) refine(call syntax.Node) {
	name := call.Callee().Name()
	limit, ok := number(call.Child(0).Inner())
	switch {
	case name == "optional" || name == "default" || name == "nullish":
		f.Required = false
	case name == "int":
		f.Type = "integer"
	case name == "min" && ok:
		f.Min = &limit
	case name == "max" && ok:
		f.Max = &limit
	case zodFormats[name] != "" && f.Type == "string":
		f.Format = zodFormats[name]
	}
}
