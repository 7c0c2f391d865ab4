// Package catalogue assembles the documentation of every rule from the packages that report them. It holds no rule itself.
package catalogue

import (
	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/check/rules"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/analysis/triage"
	"github.com/qbls/qbls/compiler"
	"github.com/qbls/qbls/compiler/contract"
	"github.com/qbls/qbls/compiler/evaluate"
	"github.com/qbls/qbls/diagnostics"
)

//go:generate go run ./generate ../../docs/rules

// All returns the catalogue, or an error when two rules share a code or a rule is not documented.
func All() (*diagnostics.Catalogue, error) {
	return diagnostics.NewCatalogue(syntax.Rules(), definition.Rules(), model.Rules(), rules.All().Rules(), triage.Rules(), []*diagnostics.Rule{check.Internal}, evaluate.Rules(), compiler.Rules(), contract.Rules())
}
