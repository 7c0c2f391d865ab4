package literal

import "strings"

// Form tells values apart.
type Form uint8

const (
	Null Form = iota
	Bool
	Num
	Str
	List
	Object
	Path     // a name with members: definition.policy['x']
	Call     // a call, of a Path or of a member of another value
	Arrow    // () => value, (rt: Runtime) => value
	SQL      // sql`…` without holes
	New      // new URL(…)
	Fallback // a ?? b
)

// Value is an expression. Which fields count depends on Form.
type Value struct {
	Form       Form
	Start, End int
	Str        string     // Str, SQL; of Arrow: the parameters as written; of Call: its type arguments as written
	Num        float64    // Num
	Bool       bool       // Bool
	Items      []*Value   // List; arguments of Call and New; both sides of Fallback
	Props      []Property // Object, in the order written
	Path       []string   // Path: the name, then the members
	On         *Value     // Call: what is called, or the value whose Member is; New: the class; Arrow: the result
	Member     string     // Call: the member of On that is called, "" when On itself is
}

// Property is one property of an object. That of a spread is named "...name".
type Property struct {
	Name       string
	Spread     bool
	Value      *Value
	Start, End int // of the whole property
}

// Get returns a property, or nil.
func (v *Value) Get(name string) *Value {
	if v == nil || v.Form != Object {
		return nil
	}
	for i := range v.Props {
		if v.Props[i].Name == name {
			return v.Props[i].Value
		}
	}
	return nil
}

// IsName says whether the value is one name without members.
func (v *Value) IsName(name string) bool {
	return v != nil && v.Form == Path && len(v.Path) == 1 && v.Path[0] == name
}

// Dotted is a Path as text.
func (v *Value) Dotted() string { return strings.Join(v.Path, ".") }

// Import is an import declaration. Names holds the imported names by local name: "default" and "*" are the whole module's.
type Import struct {
	Module     string
	Names      map[string]string
	Types      map[string]string // those imported as types
	Start, End int
}

// Const is `export const name = value`.
type Const struct {
	Name       string
	Exported   bool
	Value      *Value
	Start, End int
}

// Module is an emitted module.
type Module struct {
	Imports   []Import
	Consts    []Const
	Reexports []Import // export * from '…'
	Run       []*Value // expression statements; those with await have it dropped
	Default   *Value   // export default …
	Registers []Block  // declare module '…' { … }
}

// Block is a declaration of types for a module, as written without blanks between its tokens.
type Block struct {
	Module     string
	Body       string
	Start, End int
}

// Const returns a constant by name, or nil.
func (m *Module) Const(name string) *Const {
	for i := range m.Consts {
		if m.Consts[i].Name == name {
			return &m.Consts[i]
		}
	}
	return nil
}

// Imported returns the module and the name behind a local name.
func (m *Module) Imported(local string) (module, name string, ok bool) {
	for _, i := range m.Imports {
		if name, ok := i.Names[local]; ok {
			return i.Module, name, true
		}
	}
	return "", "", false
}
