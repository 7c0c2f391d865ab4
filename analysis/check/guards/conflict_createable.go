package guards

import (
	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/diagnostics"
)

// CreateableProtected is error 1 of seeds: compiler__definitions__guards.
var CreateableProtected = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB5002", Title: "Field is createable and protected", Since: "0.1.0", Locked: true, Waivable: true,
		Why:     "Protected means that only actions set the field. A client that sets it on create begins with any state it likes.",
		Fix:     "Remove the field from one of the lists.",
		Bad:     check.ExampleActions(check.Example(stage, "guards: { createable: ['name', 'stage'], updatable: ['name'], protected: ['stage'] },"), advance),
		Good:    check.ExampleActions(check.Example(stage, "guards: { createable: ['name'], updatable: ['name'], protected: ['stage'] },"), advance),
		Related: []diagnostics.Code{"QB5003", "QB5004"}, CWE: []int{915},
	},
	Run: conflict("createable", "protected", "only actions may set it, so a client cannot send it on create"),
}
