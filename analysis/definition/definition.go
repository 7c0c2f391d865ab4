// Package definition is what one file declares, before linking: tables, a resource's policy, actions, configuration.
//
// Every leaf is a Value: absent, known, unknown (only running the code can tell) or invalid (already reported). It remembers
// where it was written. A File holds places, never nodes, so the tree of a closed file can be dropped; and it holds places as
// Anchors, so that a newline above changes File.Places and nothing else. The Shape is the hash of the meaning without places:
// as long as it is the same, nothing that depends on the file has to be read again.
package definition

import (
	"github.com/qbls/qbls/diagnostics/text"
)

// State says how much static reading knows of a leaf.
type State uint8

const (
	Absent  State = iota
	Known         // V holds it
	Unknown       // only running the code can tell
	Invalid       // known to be wrong, and already reported
)

// Value is a leaf of a definition.
type Value[T any] struct {
	State State
	V     T
	At    text.Anchor // where the user wrote it
}

// Get returns the value and whether it is known.
func (v Value[T]) Get() (T, bool) { return v.V, v.State == Known }

// Or returns the value when it is known, else the default.
func (v Value[T]) Or(other T) T {
	if v.State == Known {
		return v.V
	}
	return other
}

// Present says whether the author wrote anything here.
func (v Value[T]) Present() bool { return v.State != Absent }

// Name is a name with the place where it is written: a role, a column, an action.
type Name struct {
	Text string
	At   text.Anchor
}

// File is what one file declares.
type File struct {
	Path      text.Path
	Text      text.Hash    // hash of the text it was read from
	Shape     text.Hash    // hash of the meaning, without places and without the bodies of functions
	Places    Places       // Anchor.N → place: the only part that moves when text shifts; a shared constant stands in another file
	Settled   []text.Place // expressions whose values were evaluated: what stands there is written nowhere, and cannot be renamed or fixed
	Follows   []Follow     // other files whose constants were read for this one
	Origins   []Origin     // constants that were followed, and where they are used
	Imports   []Import
	ReExports []ReExport
	Exports   []Name // names of exported functions and constants ("execute"); "default" for the default export
	Tables    []*Table
	Related   []Name    // constants made by relations(…): for Drizzle's relational queries, no backend depends on them
	Table     *Resource // export default defineTable(…), defineResource(…) or feature(…)
	Actions   *Actions  // export default defineActions(…), defineAction(…) or { actions }; the actions of feature(…)
	Config    *Config   // export default defineConfig(…)
	Page      *Page     // export default definePage(…)
	RawSQL    []RawSQL  // in an exported function execute: the file is a handler
	Writes    []Name    // columns that it visibly sets
	Returns   []Name    // columns of an object that it visibly returns
	Gaps      []Gap     // what static reading could not settle; each is reported
}

// Place resolves an anchor of this file. The place is in another file when the value was written there.
func (f *File) Place(a text.Anchor) text.Place {
	switch {
	case f == nil:
		return text.Place{Path: a.Path}
	case a.Path != f.Path || int(a.N) >= f.Places.Len():
		return text.Place{Path: f.Path} // an anchor of nothing: the start of the file
	}
	return f.Places.at(a.N, f.Path)
}

// Follow is a file that another one takes constants from.
type Follow struct {
	Path text.Path
	Hash text.Hash // of its text
}

// Origin is a constant that a definition uses by name.
type Origin struct {
	At   text.Place // its value
	Used text.Place // the name, where the definition uses it
}

// Via returns where this file uses the constant that a place lies in; ok is false when the place is written where it counts.
func (f *File) Via(at text.Place) (used text.Place, ok bool) {
	for _, o := range f.Origins {
		if o.At.Path == at.Path && o.At.Span.Start <= at.Span.Start && at.Span.End <= o.At.Span.End {
			return o.Used, true
		}
	}
	return text.Place{}, false
}

// Import is one imported binding.
type Import struct {
	Local    string
	Imported string    // "default", "*" or a name
	Module   string    // as written
	Target   text.Path // the project file it means, "" when it is a package or does not exist
	At       text.Anchor
	ModuleAt text.Anchor
}

// ReExport is one name that a file exports without declaring it.
type ReExport struct {
	Name     string // "" for all of a module
	Imported string // the name there, or in this file; "*" for all
	Module   string // as written; "" for a name of this file
	Target   text.Path
}

// Gap is an expression whose value only running the code can tell.
type Gap struct {
	At  text.Anchor
	Why string
}
