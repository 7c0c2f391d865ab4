package guards

import (
	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/diagnostics"
)

// UpdatableProtected is error 2.
var UpdatableProtected = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB5003", Title: "Field is updatable and protected", Since: "0.1.0", Locked: true, Waivable: true,
		Why:     "Protected means that only actions change the field. A client that changes it by PATCH skips what the actions check.",
		Fix:     "Remove the field from one of the lists.",
		Bad:     check.ExampleActions(check.Example(stage, "guards: { createable: ['name'], updatable: ['name', 'stage'], protected: ['stage'] },"), advance),
		Good:    check.ExampleActions(check.Example(stage, "guards: { createable: ['name'], updatable: ['name'], protected: ['stage'] },"), advance),
		Related: []diagnostics.Code{"QB5002", "QB5004"}, CWE: []int{915},
	},
	Run: conflict("updatable", "protected", "only actions may change it, so a client cannot change it by PATCH"),
}
