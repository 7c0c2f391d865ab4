// Package contract will prove that the emitted files say what the definitions say: it reads the policy back from the emitted modules by
// a small reader of literals of its own, which shares no code with the reader of definitions, and compares the two in a canonical form.
//
// The emitted policy modules are made for it: literals only, one call per file, so that reading them needs no evaluation. What differs
// is an error and stops the compilation; what was compared stands in a report that can be signed.
package contract

import (
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/output"
	"github.com/qbls/qbls/diagnostics"
)

// Input is what a contract sees: the linked project, and the files as they would be written.
type Input struct {
	Project *model.Project
	Files   []output.File
}

// Contract is one promise about the emitted files. Its Doc shares the catalogue of rules.
type Contract struct {
	Doc   *diagnostics.Rule
	Check func(Input) []diagnostics.Diagnostic
}
