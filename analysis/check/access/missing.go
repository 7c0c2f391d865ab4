package access

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/diagnostics"
)

// Missing: an operation without access is denied. Views and actions have rules of their own.
var Missing = check.FileRule{
	Doc: &diagnostics.Rule{
		Code: "QB4003", Title: "Operation without access", Since: "0.1.0", Severity: diagnostics.Warning, Locked: true,
		Why: "Nothing says who may call it, so nobody may: every call is refused.",
		Fix: "Write who may call it, or remove the operation.",
		Bad: check.Example("", "crud: {\n  list: {},\n  create: { access: { roles: ['admin'] } },\n  update: { access: { roles: ['admin'] } },\n},"), Good: check.Example("", crud("{ roles: ['member'] }")),
		Related: []diagnostics.Code{"QB4002"}, CWE: []int{862},
	},
	Run: func(p *check.FilePass, report check.Report) {
		written := map[model.Op]bool{}
		for _, s := range p.Sites() {
			if s.Op != "" {
				written[s.Op] = s.Access != nil
			}
		}
		// A batch operation without access of its own has that of its single form.
		single := map[model.Op]model.Op{model.BatchCreate: model.Create, model.BatchUpdate: model.Update, model.BatchDelete: model.Delete}
		for _, s := range p.Sites() {
			if s.Op == "" || s.Access != nil || written[single[s.Op]] {
				continue
			}
			report(diagnostics.Diagnostic{
				At: p.At(s.At), Message: fmt.Sprintf("%s says nothing about who may call it, so every call is refused (403).", s.Label),
				Help: "Write access: { roles: ['…'] }, or remove the operation.", Key: p.Subject(s.Label),
			})
		}
	},
}
