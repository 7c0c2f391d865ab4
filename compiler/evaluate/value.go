package evaluate

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/qbls/qbls/diagnostics/text"
)

// Kind is what a value is.
type Kind uint8

const (
	Null Kind = iota
	Undefined
	Bool
	Number
	BigInt
	String
	Regex
	List
	Object
	Function  // Text is its source
	Builder   // what was asked of a recorded package: Module, Text (its export) and Steps
	Table     // a table of the project: Path, Text (its export), and Steps
	Reference // a function that returns the column in Items[0]
	Template  // the strings of a tagged template
	Opaque    // no plain data; Text says what it is
)

// Value is what an expression gave, as plain data.
type Value struct {
	Kind   Kind
	Bool   bool
	Number float64
	Text   string // of strings, regular expressions, functions and big integers; an export; what an opaque value is
	Flags  string // of a regular expression
	Module string
	Path   text.Path
	Keys   []string // of an object, in their order
	Items  []Value  // elements, or values by key
	Steps  []Step
}

// Step is one step from a builder: a member, or a call.
type Step struct {
	Name string // "" for a call
	Args []Value
}

// Get returns the value of a key of an object.
func (v Value) Get(key string) (Value, bool) {
	if v.Kind == Object {
		for i, k := range v.Keys {
			if k == key {
				return v.Items[i], true
			}
		}
	}
	return Value{}, false
}

var errForm = errors.New("the sandbox answered in a form that is not known")

// decode reads what plain in data.js writes: scalars as themselves, everything else as a list that begins with a tag.
func decode(raw json.RawMessage) (Value, error) {
	var form any
	if err := json.Unmarshal(raw, &form); err != nil {
		return Value{}, fmt.Errorf("reading a value: %w", err)
	}
	return valueOf(form)
}

func valueOf(form any) (Value, error) {
	switch f := form.(type) {
	case nil:
		return Value{}, nil
	case bool:
		return Value{Kind: Bool, Bool: f}, nil
	case float64:
		return Value{Kind: Number, Number: f}, nil
	case string:
		return Value{Kind: String, Text: f}, nil
	case []any:
		if len(f) > 0 {
			if tag, ok := f[0].(string); ok {
				return tagged(tag, f[1:])
			}
		}
	}
	return Value{}, errForm
}

func tagged(tag string, rest []any) (Value, error) {
	switch tag {
	case "u":
		return Value{Kind: Undefined}, nil
	case "n", "e", "f", "b":
		return named(tag, rest)
	case "x":
		source, flags := str(rest, 0), str(rest, 1)
		return Value{Kind: Regex, Text: source, Flags: flags}, nil
	case "a", "s":
		kind := List
		if tag == "s" {
			kind = Template
		}
		items, err := valuesOf(rest)
		return Value{Kind: kind, Items: items}, err
	case "o":
		return object(rest)
	case "q":
		items, err := valuesOf(rest)
		if len(items) != 1 {
			return Value{}, errForm
		}
		return Value{Kind: Reference, Items: items}, err
	case "r":
		return stepped(Value{Kind: Builder, Module: str(rest, 0), Text: str(rest, 1)}, rest)
	case "m":
		return stepped(Value{Kind: Table, Path: text.Path(str(rest, 0)), Text: str(rest, 1)}, rest)
	}
	return Value{}, errForm
}

func named(tag string, rest []any) (Value, error) {
	t := str(rest, 0)
	switch tag {
	case "e":
		return Value{Kind: Opaque, Text: t}, nil
	case "f":
		return Value{Kind: Function, Text: t}, nil
	case "b":
		return Value{Kind: BigInt, Text: t}, nil
	}
	if n, err := strconv.ParseFloat(t, 64); err == nil && n == 0 {
		return Value{Kind: Number}, nil // minus zero
	}
	return Value{Kind: Opaque, Text: "the number " + t}, nil
}

func str(rest []any, i int) string {
	if i < len(rest) {
		s, _ := rest[i].(string)
		return s
	}
	return ""
}

func valuesOf(forms []any) ([]Value, error) {
	out := make([]Value, 0, len(forms))
	for _, f := range forms {
		v, err := valueOf(f)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

func object(rest []any) (Value, error) {
	v := Value{Kind: Object}
	if len(rest)%2 != 0 {
		return v, errForm
	}
	for i := 0; i < len(rest); i += 2 {
		item, err := valueOf(rest[i+1])
		if err != nil {
			return v, err
		}
		v.Keys, v.Items = append(v.Keys, str(rest, i)), append(v.Items, item)
	}
	return v, nil
}

func stepped(v Value, rest []any) (Value, error) {
	for _, form := range rest[min(2, len(rest)):] {
		step, ok := form.([]any)
		switch {
		case ok && str(step, 0) == "g":
			v.Steps = append(v.Steps, Step{Name: str(step, 1)})
		case ok && str(step, 0) == "c":
			args, err := valuesOf(step[1:])
			if err != nil {
				return v, err
			}
			v.Steps = append(v.Steps, Step{Args: args})
		default:
			return v, errForm
		}
	}
	return v, nil
}
