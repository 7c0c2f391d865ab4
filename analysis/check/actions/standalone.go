package actions

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/diagnostics"
)

// RecordOnStandalone: a standalone action has no record.
var RecordOnStandalone = check.FileRule{
	Doc: &diagnostics.Rule{
		Code: "QB7006", Title: "Record condition on a standalone action", Since: "0.1.0", Locked: true, Waivable: true,
		Why:     "A standalone action is called without a record, so a condition on one never holds.",
		Fix:     "Remove the condition, or make it a record action.",
		Bad:     action("  description: 'Archives all',\n  standalone: true,\n  access: { roles: ['admin'], record: { name: 'x' } },\n  execute: async () => ({}),"),
		Good:    action("  description: 'Archives all',\n  standalone: true,\n  access: { roles: ['admin'] },\n  execute: async () => ({}),"),
		Related: []diagnostics.Code{"QB4006"}, CWE: []int{863},
	},
	Run: func(p *check.FilePass, report check.Report) {
		for _, s := range p.Sites() {
			if s.Action == nil || s.HasRow() {
				continue
			}
			for _, c := range s.Conditions() {
				report(diagnostics.Diagnostic{
					At: p.At(c.Field.At), Message: fmt.Sprintf("The action %s is standalone: it has no record whose %s a condition could look at.", s.Action.Name.Text, c.Field.Text),
					Help: "Remove the condition, or remove standalone to call the action on a record.", Key: p.Subject(s.Action.Name.Text, c.Field.Text),
				})
			}
		}
	},
}
