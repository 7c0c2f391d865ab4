package actions

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/diagnostics"
)

// PathOnRecord: the path of a record action is given by its table.
var PathOnRecord = check.FileRule{
	Doc: &diagnostics.Rule{
		Code: "QB7013", Title: "Path on a record action", Since: "0.1.0",
		Why:     "A record action is called at /<resource>/:id/<action>. Its path is not used, and callers of the written path get 404.",
		Fix:     "Remove path, or make the action standalone.",
		Bad:     action("  description: 'Archives it',\n  path: '/archive',\n  access: { roles: ['admin'] },\n  execute: async () => ({}),"),
		Good:    action("  description: 'Archives all',\n  standalone: true,\n  path: '/archive',\n  access: { roles: ['admin'] },\n  execute: async () => ({}),"),
		Related: []diagnostics.Code{"QB7007"},
	},
	Run: func(p *check.FilePass, report check.Report) {
		if p.File.Actions == nil || p.File.Actions.Tableless {
			return
		}
		each(p, func(a *definition.Action) {
			if a.Path.Present() && !a.Standalone.V && a.Standalone.State != definition.Unknown && a.Standalone.State != definition.Invalid {
				report(diagnostics.Diagnostic{
					At: p.At(a.Path.At), Message: fmt.Sprintf("The action %s acts on a record, so it is called at /:id/%s and its path is not used.", a.Name.Text, a.Name.Text),
					Help: "Remove path, or add standalone: true.", Key: p.Subject(a.Name.Text),
				})
			}
		})
	},
}
