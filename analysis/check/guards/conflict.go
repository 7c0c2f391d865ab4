package guards

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/diagnostics"
)

const stage = "stage: text('stage'),"

// CreateableProtected is error 1 of seeds: compiler__definitions__guards.
var CreateableProtected = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB5002", Title: "Field is createable and protected", Since: "0.1.0", Locked: true,
		Why:     "Protected means that only actions set the field. A client that sets it on create begins with any state it likes.",
		Fix:     "Remove the field from one of the lists.",
		Bad:     check.ExampleActions(check.Example(stage, "guards: { createable: ['name', 'stage'], updatable: ['name'], protected: ['stage'] },"), advance),
		Good:    check.ExampleActions(check.Example(stage, "guards: { createable: ['name'], updatable: ['name'], protected: ['stage'] },"), advance),
		Related: []diagnostics.Code{"QB5003", "QB5004"}, CWE: []int{915},
	},
	Run: conflict("createable", "protected", "only actions may set it, so a client cannot send it on create"),
}

// UpdatableProtected is error 2.
var UpdatableProtected = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB5003", Title: "Field is updatable and protected", Since: "0.1.0", Locked: true,
		Why:     "Protected means that only actions change the field. A client that changes it by PATCH skips what the actions check.",
		Fix:     "Remove the field from one of the lists.",
		Bad:     check.ExampleActions(check.Example(stage, "guards: { createable: ['name'], updatable: ['name', 'stage'], protected: ['stage'] },"), advance),
		Good:    check.ExampleActions(check.Example(stage, "guards: { createable: ['name'], updatable: ['name'], protected: ['stage'] },"), advance),
		Related: []diagnostics.Code{"QB5002", "QB5004"}, CWE: []int{915},
	},
	Run: conflict("updatable", "protected", "only actions may change it, so a client cannot change it by PATCH"),
}

// UpdatableImmutable is error 3.
var UpdatableImmutable = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB5004", Title: "Field is updatable and immutable", Since: "0.1.0", Locked: true,
		Why:     "Immutable means never changed after create, updatable means changed by PATCH. Whichever is meant, one of the lists misleads.",
		Fix:     "Remove the field from one of the lists.",
		Bad:     check.ExampleActions(check.Example(stage, "guards: { createable: ['name'], updatable: ['name', 'stage'], immutable: ['stage'] },"), advance),
		Good:    check.ExampleActions(check.Example(stage, "guards: { createable: ['name'], updatable: ['name'], immutable: ['stage'] },"), advance),
		Related: []diagnostics.Code{"QB5002", "QB5003"}, CWE: []int{915},
	},
	Run: conflict("updatable", "immutable", "an immutable field is never changed after create"),
}

// conflict reports fields that stand in both lists, at the first one.
func conflict(list, other, why string) func(*check.ResourcePass, check.Report) {
	return func(p *check.ResourcePass, report check.Report) {
		all := fields(p.Policy())
		for _, f := range all {
			if f.list != list {
				continue
			}
			for _, g := range all {
				if g.list != other || g.field.Text != f.field.Text {
					continue
				}
				report(diagnostics.Diagnostic{
					At: p.At(f.field.At), Message: fmt.Sprintf("%s is %s and %s: %s.", f.field.Text, list, other, why),
					Help: fmt.Sprintf("Remove %q from %s, or from %s.", f.field.Text, list, other), Key: p.Subject(list, f.field.Text),
					Related: []diagnostics.Related{{At: p.At(g.field.At), Message: "it is " + other + " here"}}, Fixes: removal(p, f.field),
				})
				break
			}
		}
	}
}
