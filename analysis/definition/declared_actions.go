package definition

import "github.com/qbls/qbls/diagnostics/text"

// ActionsForm is how a file declares actions. It decides what they are bound to, and where the linked module has them.
type ActionsForm uint8

const (
	ActionsOfTable   ActionsForm = iota // defineActions(table, { … })
	ActionsOfFeature                    // the key actions of feature('name', { … })
	ActionsBare                         // export default { actions: { … } }
	ActionFile                          // defineAction({ … }): one action, called like its file
)

// Actions are the actions that one file declares.
type Actions struct {
	Form      ActionsForm
	Binding   string // local name of the table, "" for null
	ByName    bool   // the table is named by a string
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
	AccessKey    string // "access", or its old name "guard"
	Execute      *text.Anchor
	Handler      Value[string]
	Standalone   Value[bool]
	Path         Value[string]
	Method       Value[string]
	ResponseType Value[string]
	SideEffects  Value[string]
	AllowRawSQL  Value[bool]
	Unsafe       *Unsafe
	Transition   *Transition
	RawSQL       []RawSQL
	Writes       []Name // columns that a visible .set({ … }) in the body names
	Returns      []Name // columns of an object that execute visibly returns
}

// Transition declares the state machine that an action is a step of.
type Transition struct {
	At     text.Anchor // of the key
	Field  Value[string]
	FromTo []Step
	To     Value[string] // the state it always goes to
	Via    Value[string] // the key of the input that names the state it goes to
}

// Step says where a record may go from a state.
type Step struct {
	From Name
	To   []Name
}

// Unsafe asks for a database without row isolation.
type Unsafe struct {
	At          text.Anchor // of the key
	Value       text.Anchor // of what it says: true, or an object
	Object      bool        // it is an object
	Reason      Value[string]
	AdminOnly   Value[bool]
	CrossTenant Value[bool]
	TargetScope Value[string]
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
