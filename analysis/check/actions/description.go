package actions

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/diagnostics"
)

// NoDescription: what an action does is shown in the API's documents and to agents that choose tools.
var NoDescription = check.FileRule{
	Doc: &diagnostics.Rule{
		Code: "QB7004", Title: "Action without description", Since: "0.1.0", Severity: diagnostics.Warning,
		Why: "The documents of the API and the tools made from it say what an action does in these words.",
		Fix: "Say in a sentence what it does.",
		Bad: action("  access: { roles: ['admin'] },\n  execute: async () => ({}),"), Good: action(ordinary),
	},
	Run: func(p *check.FilePass, report check.Report) {
		each(p, func(a *definition.Action) {
			if text, known := a.Description.Get(); known && text != "" || a.Description.State == definition.Unknown || a.Description.State == definition.Invalid {
				return
			}
			report(diagnostics.Diagnostic{At: p.At(a.Name.At), Message: fmt.Sprintf("The action %s has no description.", a.Name.Text), Help: "Add description: 'What it does'.", Key: p.Subject(a.Name.Text)})
		})
	},
}
