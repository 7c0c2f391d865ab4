package definition

import "github.com/qbls/qbls/diagnostics/text"

// Actions is defineActions(table, { … }).
type Actions struct {
	Binding   string // local name of the table, "" for null
	Tableless bool
	BindingAt text.Anchor
	At        text.Anchor
	Items     []*Action
}

// Action is one action.
type Action struct {
	Name         Name
	At           text.Anchor // of its object
	Description  Value[string]
	Input        *Input
	Access       *Access
	Execute      *text.Anchor
	Handler      Value[string]
	Standalone   Value[bool]
	Path         Value[string]
	Method       Value[string]
	ResponseType Value[string]
	SideEffects  Value[string]
	AllowRawSQL  Value[bool]
	Unsafe       *text.Anchor
	Transition   *text.Anchor
	RawSQL       []RawSQL
	Writes       []Name // columns that a visible .set({ … }) in the body names
}

// RawSQL is raw SQL that the body of an action visibly uses.
type RawSQL struct {
	What string
	At   text.Anchor
}

// Input is the Zod schema of an action's input, as far as it is written out.
type Input struct {
	At     text.Anchor
	Known  bool // every field below is what the schema says
	Fields []InputField
}

// InputField is one key of z.object({ … }).
type InputField struct {
	Name     Name
	Type     string // string, number, integer, boolean, enum, array, object, unknown
	Items    string // element type of an array
	Enum     []string
	Format   string // date-time, email, uri, uuid
	Required bool
	Min, Max *float64 // of numbers, or lengths of strings and arrays
}
