package access

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/diagnostics"
)

// Function: an access function is asked when a request comes, and must then have what it reads (language.md, Access).
var Function = check.FileRule{
	Doc: &diagnostics.Rule{
		Code: "QB4005", Title: "Access function that cannot be asked", Since: "0.1.0", Locked: true,
		Why: "On list, on create and on standalone actions a function is asked once, without a record, so what it reads of one is undefined. Inside or and and this version asks no function.",
		Fix: "Write conditions on the record as record: { … }, or make the function the whole rule.",
		Bad: check.Example("", crud("(ctx, record) => record.createdBy === ctx.userId")), Good: check.Example("", crud("{ or: [{ roles: ['admin'] }, { record: { createdBy: '$ctx.userId' } }] }")),
	},
	Run: func(p *check.FilePass, report check.Report) {
		for _, s := range p.Sites() {
			check.Each(s.Access, func(a *definition.Access) {
				found := diagnostics.Diagnostic{At: p.At(a.At), Key: p.Subject(s.Label)}
				switch {
				case !a.Func:
					return
				case a != s.Access:
					found.Message = fmt.Sprintf("The access of %s has a function inside or or and, where this version asks none.", s.Label)
					found.Help = "Make the function the whole rule, or write it with roles and record conditions."
				case a.TakesRow && (!s.HasRow() || s.Op == model.List):
					found.Message = fmt.Sprintf("The function of %s takes a record, and is asked without one.", s.Label)
					found.Help = "Write it as a condition, which filters the rows: { record: { createdBy: '$ctx.userId' } }."
				default:
					return
				}
				report(found)
			})
		}
	},
}
