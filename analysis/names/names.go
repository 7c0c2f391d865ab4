// Package names knows which string in which file names which thing. It serves reference rules, completion, references and
// rename. The index is replaced file by file.
package names

import "github.com/qbls/qbls/diagnostics/text"

// Kind is the kind of thing a name stands for.
type Kind uint8

const (
	Table Kind = iota
	Column
	Role
	Action
	View
	Handler
	Feature
)

// Symbol is a named thing. Owner is the table's id for columns, actions and views, else "".
type Symbol struct {
	Kind  Kind
	Owner string
	Name  string
}

// Occurrence is one place that names a symbol.
type Occurrence struct {
	Symbol Symbol
	At     text.Place
	Def    bool
}

// Index holds the occurrences of a project.
type Index struct{}
