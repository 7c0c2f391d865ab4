package access

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/diagnostics"
)

// RecordOnCreate: there is no record before it is created.
var RecordOnCreate = check.FileRule{
	Doc: &diagnostics.Rule{
		Code: "QB4006", Title: "Record condition on create", Since: "0.1.0", Locked: true, Waivable: true,
		Why: "Before a row is created there is no row whose fields a condition could look at. Such a condition never holds.",
		Fix: "Remove the condition. What a client may send is said by guards and validation.",
		Bad: check.Example("", "crud: {\n  list: { access: { roles: ['member'] } },\n  create: { access: { roles: ['admin'], record: { name: 'x' } } },\n  update: { access: { roles: ['admin'] } },\n},"), Good: check.Example("", crud("{ roles: ['member'] }")),
		Related: []diagnostics.Code{"QB7006"}, CWE: []int{863},
	},
	Run: func(p *check.FilePass, report check.Report) {
		for _, s := range p.Sites() {
			if s.Op == "" || s.HasRow() {
				continue
			}
			check.Each(s.Access, func(a *definition.Access) {
				for _, c := range a.Record {
					report(diagnostics.Diagnostic{
						At: p.At(c.Field.At), Message: fmt.Sprintf("%s looks at %s of the record, and before it is created there is none: the condition never holds.", s.Label, c.Field.Text),
						Help: "Remove the condition; guards and validation say what a client may send.", Key: p.Subject(s.Label, c.Field.Text),
					})
				}
			})
		}
	},
}
