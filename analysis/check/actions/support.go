package actions

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// NotSupported: parts of actions that this version does not emit.
var NotSupported = check.FileRule{
	Doc: &diagnostics.Rule{
		Code: "QB7011", Title: "unsafe and transition are not supported by this version", Since: "0.1.0", Locked: true,
		Why: "unsafe opens a database without row isolation and demands an audit trail, transition promises a state machine. This version emits neither, so neither would be enforced.",
		Fix: "Use the scoped db instead of unsafe, and a record condition with a protected field instead of transition.",
		Bad: action("  description: 'Archives it',\n  unsafe: { reason: 'support' },\n  access: { roles: ['admin'] },\n  execute: async () => ({}),"), Good: action(ordinary),
		CWE: []int{639},
	},
	Run: func(p *check.FilePass, report check.Report) {
		each(p, func(a *definition.Action) {
			for _, part := range []struct {
				key  string
				at   *text.Anchor
				help string
			}{
				{"unsafe", a.Unsafe, "The db of an action sees the caller's own tenant; write the action with it."},
				{"transition", a.Transition, "Write access.record with the state it starts from, protect the field, and set it in execute."},
			} {
				if part.at != nil {
					report(diagnostics.Diagnostic{At: p.At(*part.at), Message: fmt.Sprintf("%s of the action %s is not emitted by this version; nothing would enforce it.", part.key, a.Name.Text), Help: part.help, Key: p.Subject(a.Name.Text)})
				}
			}
		})
	},
}
