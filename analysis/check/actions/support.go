package actions

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/diagnostics"
)

// NotSupported: parts of actions that this version does not emit.
var NotSupported = check.FileRule{
	Doc: &diagnostics.Rule{
		Code: "QB7011", Title: "unsafe is not supported by this version", Since: "0.1.0", Locked: true,
		Why: "unsafe opens a database without row isolation and demands an audit trail. This version emits neither.",
		Fix: "Use the scoped db instead.",
		Bad: action("  description: 'Archives it',\n  unsafe: { reason: 'support' },\n  access: { roles: ['admin'] },\n  execute: async () => ({}),"), Good: action(ordinary),
		CWE: []int{639},
	},
	Run: func(p *check.FilePass, report check.Report) {
		each(p, func(a *definition.Action) {
			if a.Unsafe != nil {
				report(diagnostics.Diagnostic{
					At: p.At(a.Unsafe.At), Message: fmt.Sprintf("unsafe of the action %s is not emitted by this version; nothing would enforce it.", a.Name.Text),
					Help: "The db of an action sees the caller's own tenant; write the action with it.", Key: p.Subject(a.Name.Text),
				})
			}
		})
	},
}
