package access

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/diagnostics"
	"github.com/qbls/qbls/diagnostics/text"
)

// NothingOpened: guards say what clients may write, and no operation lets them.
var NothingOpened = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB4007", Title: "Guards without an operation", Since: "0.1.0", Severity: diagnostics.Warning,
		Why: "The resource has no operation at all, so it gets no routes, and what its guards allow can never happen.",
		Fix: "Add crud with the operations that clients may call, or remove the guards.",
		Bad: check.Example("", "-crud"), Good: check.Example("", crud("{ roles: ['member'] }")),
		Related: []diagnostics.Code{"QB4003"},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		d := p.Policy()
		if d == nil || d.Guards == nil || len(d.Operations) > 0 || d.Guards.Open {
			return
		}
		if d.Guards.Createable == nil && d.Guards.Updatable == nil {
			return
		}
		body := p.At(d.BodyAt)
		inside := text.Place{Path: body.Path, Span: text.Span{Start: body.Span.Start + 1, End: body.Span.Start + 1}}
		found := diagnostics.Diagnostic{
			At: p.At(d.Guards.At), Message: fmt.Sprintf("The guards of %s say what clients may write, but no operation is declared, so it has no routes.", p.Table()),
			Help: "Add crud: { list: { access: { roles: ['…'] } }, … }.", Key: p.Subject("guards"),
		}
		if !d.HasCrud {
			found.Fixes = []diagnostics.Fix{check.Replace("Add list, get, create and update for members", inside,
				"\n  crud: {\n    list: { access: { roles: ['member'] } },\n    get: { access: { roles: ['member'] } },\n    create: { access: { roles: ['member'] } },\n    update: { access: { roles: ['member'] } },\n  },")}
		}
		report(found)
	},
}
