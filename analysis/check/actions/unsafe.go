package actions

import (
	"fmt"
	"strings"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// NoReason: every row of the audit trail says why somebody was let past the firewall (language.md, Actions).
var NoReason = check.FileRule{
	Doc: &diagnostics.Rule{
		Code: "QB7021", Title: "unsafe without a reason", Since: "0.1.0", Locked: true,
		Why:  "unsafe gives an action the database without a firewall. Whoever reviews it, or reads its rows in the audit trail, has to know what for.",
		Fix:  "Write unsafe: { reason: '…' }, and say what it is needed for.",
		Bad:  action("  description: 'Archives it',\n  unsafe: true,\n  access: { roles: ['admin'] },\n  execute: async () => ({}),"),
		Good: action("  description: 'Archives it',\n  unsafe: { reason: 'Support archives for customers' },\n  access: { roles: ['admin'] },\n  execute: async () => ({}),"),

		Related: []diagnostics.Code{"QB7011"}, CWE: []int{778},
	},
	Run: func(p *check.FilePass, report check.Report) {
		each(p, func(a *definition.Action) {
			if a.Unsafe == nil || a.Unsafe.Reason.State == definition.Unknown || a.Unsafe.Reason.State == definition.Invalid || strings.TrimSpace(a.Unsafe.Reason.Or("")) != "" {
				return
			}
			report(diagnostics.Diagnostic{
				At: p.At(a.Unsafe.At), Message: fmt.Sprintf("The action %s is unsafe and does not say why.", a.Name.Text),
				Help: "Write unsafe: { reason: '…' }: what it needs the rows of others for.", Fixes: []diagnostics.Fix{insertReason(p, a)}, Key: p.Subject(a.Name.Text),
			})
		})
	},
}

// insertReason writes the description as the reason, or words that ask for one.
func insertReason(p *check.FilePass, a *definition.Action) diagnostics.Fix {
	reason := strings.TrimSpace(a.Description.Or(""))
	if reason == "" {
		reason = "Say why " + a.Name.Text + " needs the rows of others"
	}
	reason = strings.NewReplacer(`\`, `\\`, `'`, `\'`, "\n", " ").Replace(reason)
	title := "Insert a reason"
	if a.Unsafe.Reason.Present() {
		return check.Replace(title, p.At(a.Unsafe.Reason.At), reason)
	}
	value := p.At(a.Unsafe.Value)
	if !a.Unsafe.Object {
		return check.Replace(title, value, "{ reason: '"+reason+"' }")
	}
	at := text.Span{Start: value.Span.Start + 1, End: value.Span.Start + 1}
	return diagnostics.Fix{Title: title, Edits: map[text.Path][]text.Edit{value.Path: {{Span: at, New: " reason: '" + reason + "',"}}}}
}
