package lsptest

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"sync"

	"go.lsp.dev/protocol"
)

// metaModel is the Language Server Protocol as data: the file metaModel.json that its authors publish, and that the protocol library
// is generated from and carries along. It knows what the library's types leave open: which properties must be there, which do not
// exist, and which values an enumeration has.
type metaModel struct {
	Requests, Notifications []metaMethod
	Structures              []*metaStructure
	Enumerations            []*metaEnum
	TypeAliases             []*metaAlias

	requests, notifications map[string]*metaMethod
	structures              map[string]*metaStructure
	enums                   map[string]*metaEnum
	aliases                 map[string]*metaAlias
}

type metaMethod struct {
	Method         string
	Params, Result *metaType
}

type metaStructure struct {
	Name            string
	Extends, Mixins []*metaType
	Properties      []metaProperty
}

type metaProperty struct {
	Name     string
	Type     *metaType
	Optional bool
}

type metaEnum struct {
	Name                 string
	Values               []struct{ Value any }
	SupportsCustomValues bool
}

type metaAlias struct {
	Name string
	Type *metaType
}

// metaType is a type; which fields it has depends on its kind. Value is a type for maps, properties for literals and the text of string
// literals.
type metaType struct {
	Kind    string
	Name    string
	Items   []*metaType
	Element *metaType
	Value   json.RawMessage
}

// theMetaModel is read once. It lies beside the source of the protocol library, in the module cache.
var theMetaModel = sync.OnceValues(func() (*metaModel, error) {
	source, _ := runtime.FuncForPC(reflect.ValueOf(protocol.Marshal).Pointer()).FileLine(0)
	raw, err := os.ReadFile(filepath.Join(filepath.Dir(source), "internal/genlsp/testdata/metaModel.json"))
	if err != nil {
		return nil, fmt.Errorf("the protocol's own description is not there: %w", err)
	}
	m := &metaModel{}
	if err := json.Unmarshal(raw, m); err != nil {
		return nil, fmt.Errorf("reading metaModel.json: %w", err)
	}
	m.requests, m.notifications = map[string]*metaMethod{}, map[string]*metaMethod{}
	m.structures, m.enums, m.aliases = map[string]*metaStructure{}, map[string]*metaEnum{}, map[string]*metaAlias{}
	for i := range m.Requests {
		m.requests[m.Requests[i].Method] = &m.Requests[i]
	}
	for i := range m.Notifications {
		m.notifications[m.Notifications[i].Method] = &m.Notifications[i]
	}
	for _, s := range m.Structures {
		m.structures[s.Name] = s
	}
	for _, e := range m.Enumerations {
		m.enums[e.Name] = e
	}
	for _, a := range m.TypeAliases {
		m.aliases[a.Name] = a
	}
	return m, nil
})

// fits says how a value, as encoding/json decodes it, is not of a type; nil when it is. at is where the value stands.
func (m *metaModel) fits(t *metaType, v any, at string) error {
	switch t.Kind {
	case "base":
		return primitive(t.Name, v, at)
	case "reference":
		return m.reference(t.Name, v, at)
	case "array", "tuple":
		list, ok := v.([]any)
		if !ok || t.Kind == "tuple" && len(list) != len(t.Items) {
			return unfit(at, "a list", v)
		}
		for i, e := range list {
			element := t.Element
			if t.Kind == "tuple" {
				element = t.Items[i]
			}
			if err := m.fits(element, e, fmt.Sprintf("%s[%d]", at, i)); err != nil {
				return err
			}
		}
		return nil
	case "map":
		object, ok := v.(map[string]any)
		if !ok {
			return unfit(at, "an object", v)
		}
		var value metaType
		if err := json.Unmarshal(t.Value, &value); err != nil {
			return err
		}
		for _, key := range slices.Sorted(maps.Keys(object)) {
			if err := m.fits(&value, object[key], at+"."+key); err != nil {
				return err
			}
		}
		return nil
	case "or":
		return m.anyOf(t.Items, v, at)
	case "literal":
		var literal metaStructure
		if err := json.Unmarshal(t.Value, &literal); err != nil {
			return err
		}
		return m.object(literal.Properties, v, at)
	case "stringLiteral":
		var want string
		if err := json.Unmarshal(t.Value, &want); err != nil || v != want {
			return unfit(at, fmt.Sprintf("%q", want), v)
		}
		return nil
	case "and":
		var all []metaProperty
		for _, part := range t.Items {
			all = append(all, m.properties(m.structures[part.Name])...)
		}
		return m.object(all, v, at)
	}
	return fmt.Errorf("%s: the description has a type of kind %q, which is not known here", at, t.Kind)
}

func primitive(name string, v any, at string) error {
	ok := false
	switch name {
	case "string", "URI", "DocumentUri", "RegExp":
		_, ok = v.(string)
	case "boolean":
		_, ok = v.(bool)
	case "null":
		ok = v == nil
	case "decimal":
		_, ok = v.(float64)
	case "integer", "uinteger":
		var n float64
		n, ok = v.(float64)
		low := 0.0
		if name == "integer" {
			low = math.MinInt32
		}
		ok = ok && n == math.Trunc(n) && low <= n && n <= math.MaxInt32
	}
	if !ok {
		return unfit(at, "a value of the type "+name, v)
	}
	return nil
}

func (m *metaModel) reference(name string, v any, at string) error {
	switch {
	case name == "LSPAny":
		return nil
	case name == "LSPObject":
		if _, ok := v.(map[string]any); !ok {
			return unfit(at, "an object", v)
		}
		return nil
	case m.aliases[name] != nil:
		return m.fits(m.aliases[name].Type, v, at)
	case m.structures[name] != nil:
		return m.object(m.properties(m.structures[name]), v, at)
	}
	e := m.enums[name]
	if e == nil {
		return fmt.Errorf("%s: the description lacks %s", at, name)
	}
	for _, known := range e.Values {
		if known.Value == v {
			return nil
		}
	}
	_, word := v.(string)
	if _, words := e.Values[0].Value.(string); e.SupportsCustomValues && word == words {
		return nil
	}
	return unfit(at, "a value of "+name, v)
}

// anyOf tells of the type that the value comes nearest to: the one whose complaint is deepest.
func (m *metaModel) anyOf(types []*metaType, v any, at string) error {
	var nearest error
	depth := -1
	for _, t := range types {
		err := m.fits(t, v, at)
		if err == nil {
			return nil
		}
		where, _, _ := strings.Cut(err.Error(), ":")
		if len(where) > depth {
			nearest, depth = err, len(where)
		}
	}
	return nearest
}

// properties are those of a structure and of all that it extends and mixes in.
func (m *metaModel) properties(s *metaStructure) []metaProperty {
	out := slices.Clone(s.Properties)
	for _, t := range slices.Concat(s.Extends, s.Mixins) {
		for _, p := range m.properties(m.structures[t.Name]) {
			// What a structure says itself narrows what it inherits.
			if !slices.ContainsFunc(out, func(own metaProperty) bool { return own.Name == p.Name }) {
				out = append(out, p)
			}
		}
	}
	return out
}

func (m *metaModel) object(properties []metaProperty, v any, at string) error {
	object, ok := v.(map[string]any)
	if !ok {
		return unfit(at, "an object", v)
	}
	known := map[string]bool{}
	for _, p := range properties {
		known[p.Name] = true
		value, there := object[p.Name]
		if !there {
			if p.Optional {
				continue
			}
			return fmt.Errorf("%s: lacks %s", at, p.Name)
		}
		if err := m.fits(p.Type, value, at+"."+p.Name); err != nil {
			return err
		}
	}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		if !known[key] {
			return fmt.Errorf("%s: has %s, which the protocol does not know", at, key)
		}
	}
	return nil
}

func unfit(at, want string, got any) error {
	shown, err := json.Marshal(got)
	if err != nil {
		return err
	}
	if len(shown) > 200 {
		shown = append(shown[:200], "…"...)
	}
	return fmt.Errorf("%s: is %s, not %s", at, shown, want)
}
