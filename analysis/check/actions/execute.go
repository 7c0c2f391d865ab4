package actions

import (
	"fmt"
	"slices"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/diagnostics"
)

// NoExecute looks into the files that actions name.
var NoExecute = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB7003", Title: "Handler does not export execute", Since: "0.1.0",
		Why: "The action calls the function execute of its handler, and there is none.",
		Fix: "Export it: export const execute = async ({ db, record, input, ctx }) => { … }.",
		Bad: action(withHandler) + handlerFile + "export const run = async () => ({});\n", Good: action(withHandler) + handlerFile + "export const execute = async () => ({});\n",
		Related: []diagnostics.Code{"QB7002"},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		handlers(p, func(a *definition.Action, file *definition.File) {
			if file == nil || slices.ContainsFunc(file.Exports, func(n definition.Name) bool { return n.Text == "execute" }) {
				return
			}
			report(diagnostics.Diagnostic{
				At: p.At(a.Handler.At), Message: fmt.Sprintf("%s exports no function execute, so the action %s has nothing to call.", file.Path, a.Name.Text),
				Help: "Write export const execute = async ({ db, record, input, ctx }) => { … }.", Key: p.Subject(a.Name.Text),
			})
		})
	},
}
