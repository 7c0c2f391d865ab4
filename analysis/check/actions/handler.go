package actions

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/diagnostics"
)

const withHandler = "  description: 'Archives it',\n  access: { roles: ['admin'] },\n  handler: './handlers/archive',"

const handlerFile = "-- features/things/handlers/archive.ts --\n"

// NoHandler looks for the files that actions name.
var NoHandler = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB7002", Title: "Handler file does not exist", Since: "0.1.0",
		Why: "There is nothing to run when the action is called.",
		Fix: "Create the file, or correct its path; it is relative to the file of the action.",
		Bad: action(withHandler), Good: action(withHandler) + handlerFile + "export const execute = async () => ({});\n",
		Related: []diagnostics.Code{"QB7003"},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		handlers(p, func(a *definition.Action, file *definition.File) {
			if file == nil {
				report(diagnostics.Diagnostic{
					At: p.At(a.Handler.At), Message: fmt.Sprintf("The action %s names the handler %q, and there is no such file.", a.Name.Text, a.Handler.V),
					Help: "The path is relative to this file: './handlers/" + a.Name.Text + "' means handlers/" + a.Name.Text + ".ts beside it.", Key: p.Subject(a.Name.Text),
				})
			}
		})
	},
}

func handlers(p *check.ResourcePass, f func(*definition.Action, *definition.File)) {
	for _, a := range p.Actions() {
		if _, ok := a.Handler.Get(); !ok {
			continue
		}
		if linked := p.Resource.Action(a.Name.Text); linked != nil {
			f(a, linked.Handler)
		}
	}
}
