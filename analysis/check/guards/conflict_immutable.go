package guards

import (
	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/diagnostics"
)

// UpdatableImmutable is error 3.
var UpdatableImmutable = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB5004", Title: "Field is updatable and immutable", Since: "0.1.0", Locked: true, Waivable: true,
		Why:     "Immutable means never changed after create, updatable means changed by PATCH. Whichever is meant, one of the lists misleads.",
		Fix:     "Remove the field from one of the lists.",
		Bad:     check.ExampleActions(check.Example(stage, "guards: { createable: ['name'], updatable: ['name', 'stage'], immutable: ['stage'] },"), advance),
		Good:    check.ExampleActions(check.Example(stage, "guards: { createable: ['name'], updatable: ['name'], immutable: ['stage'] },"), advance),
		Related: []diagnostics.Code{"QB5002", "QB5003"}, CWE: []int{915},
	},
	Run: conflict("updatable", "immutable", "an immutable field is never changed after create"),
}
