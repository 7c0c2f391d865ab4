package app

import (
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/compiler/runtime"
)

// Features are what the configuration of a project asks of the library. What its policies ask is in FeaturesOf, and what its own code may use in
// package link.
func Features(p *model.Project) runtime.Features {
	return 0
}

// FeaturesOf are what the policy and the table of one resource ask of the library.
func FeaturesOf(r *model.Resource) runtime.Features {
	var out runtime.Features
	if r.Operation(model.Put) != nil || r.Operation(model.BatchUpsert) != nil {
		out |= runtime.Put
	}
	return out
}
