package access

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/diagnostics"
)

// Function: access by a function is part of the language, and not emitted by this version.
var Function = check.FileRule{
	Doc: &diagnostics.Rule{
		Code: "QB4005", Title: "Access by a function is not supported by this version", Since: "0.1.0", Locked: true,
		Why: "What a function decides cannot be checked before it runs, and this version does not run it. Emitting the operation without it would open or close it silently.",
		Fix: "Write the rule with roles and record conditions.",
		Bad: check.Example("", crud("(ctx) => ctx.roles.includes('member')")), Good: check.Example("", crud("{ or: [{ roles: ['admin'] }, { record: { createdBy: '$ctx.userId' } }] }")),
		Related: []diagnostics.Code{"QB6004"},
	},
	Run: func(p *check.FilePass, report check.Report) {
		for _, s := range check.Sites(p.File) {
			check.Each(s.Access, func(a *definition.Access) {
				if a.Func {
					report(diagnostics.Diagnostic{
						At: p.At(a.At), Message: fmt.Sprintf("The access of %s is a function, which this version does not run: nothing would enforce it.", s.Label),
						Help: "Write it with roles and record conditions, e.g. { or: [{ roles: ['admin'] }, { record: { createdBy: '$ctx.userId' } }] }.", Key: p.Subject(s.Label),
					})
				}
			})
		}
	},
}
