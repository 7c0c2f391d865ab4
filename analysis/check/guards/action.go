package guards

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/diagnostics"
)

// UnknownAction: a field that only an action may change, and the action does not exist.
var UnknownAction = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB5006", Title: "Protected field names an unknown action", Since: "0.1.0", Locked: true, Waivable: true,
		Why:     "The field may be changed by the named actions only. One that does not exist changes nothing, and the one that was meant is refused.",
		Fix:     "Write the name of an action of this table.",
		Bad:     check.ExampleActions(check.Example(stage, "guards: { createable: ['name'], updatable: ['name'], protected: { stage: ['advanc'] } },"), advance),
		Good:    check.ExampleActions(check.Example(stage, "guards: { createable: ['name'], updatable: ['name'], protected: { stage: ['advance'] } },"), advance),
		Related: []diagnostics.Code{"QB7010"}, CWE: []int{915},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		d := p.Policy()
		if d == nil || d.Guards == nil {
			return
		}
		known := map[string]bool{}
		var names []string
		for _, a := range p.Actions() {
			known[a.Name.Text] = true
			names = append(names, a.Name.Text)
		}
		for _, field := range d.Guards.Protected {
			for _, n := range field.Actions {
				if n.Text == "" || known[n.Text] {
					continue
				}
				at := p.At(n.At)
				help, fixes := check.Rename(n.Text, names, at)
				if len(names) == 0 {
					help = "The table has no actions yet: declare them with defineActions in the feature's actions.ts."
				}
				report(diagnostics.Diagnostic{
					At: at, Message: fmt.Sprintf("%s has no action %q, which is to change %s.", p.Table(), n.Text, field.Field.Text),
					Help: help, Fixes: fixes, Key: p.Subject(field.Field.Text, n.Text),
				})
			}
		}
	},
}

const advance = `advance: {
  description: 'Moves it on',
  access: { roles: ['admin'] },
  execute: async () => ({}),
},`
