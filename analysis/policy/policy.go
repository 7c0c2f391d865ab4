// Package policy is the effective policy of a resource: who may do what, to which rows and fields, and which line says so.
// Rules, hover, emitters and reports all ask here; there is no second implementation.
package policy

import (
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/diagnostics/text"
)

// Verdict is the answer to "may they".
type Verdict uint8

const (
	No Verdict = iota
	Yes
	IfRow     // Rows says which rows
	Undecided // a function decides at run time
)

// Because is one line of the explanation of a decision.
type Because struct {
	Text string
	At   text.Anchor
}

// Decision is the answer for one set of roles.
type Decision struct {
	Verdict Verdict
	Rows    Predicate // firewall AND what is left of the access rule
	Because []Because
}

// FieldDecision is the answer for one column.
type FieldDecision struct {
	Verdict Verdict // Yes: clear, IfRow: clear on own rows, No: hidden or masked
	Masked  string  // mask type that others see, "" when the column is not returned at all
	Because []Because
}

// Effective is the policy of one resource. It is immutable.
type Effective struct {
	Resource *model.Resource
}
