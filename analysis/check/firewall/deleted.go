package firewall

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/definition"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/diagnostics"
)

// Deleted: every query hides deleted rows already, so another condition on the column contradicts that.
var Deleted = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB3011", Title: "Firewall asks for deleted rows", Since: "0.1.0", Locked: true,
		Why: "Rows that are marked as deleted are hidden from every query. A firewall that asks for something else of that column would show nothing, or what people believe to be gone.",
		Fix: "Remove the condition, or write isNull: true.",
		Bad: check.Example("", "firewall: [{ field: 'organizationId', equals: 'ctx.activeOrgId' }, { field: 'deletedAt', isNull: false }],"), Good: check.Example("", "firewall: [{ field: 'organizationId', equals: 'ctx.activeOrgId' }, { field: 'deletedAt', isNull: true }],"),
		Related: []diagnostics.Code{"QB3004"}, CWE: []int{863},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		d := p.Policy()
		if d == nil || d.Firewall == nil {
			return
		}
		for _, c := range d.Firewall.Predicates {
			column := p.Column(c.Field.Text)
			if column == nil || column.Key != model.DeletedAt || column.Role != model.DeleteColumn || hidesDeleted(c) {
				continue
			}
			report(diagnostics.Diagnostic{
				At: p.At(c.Value.At), Message: fmt.Sprintf("The firewall of %s asks for %s with %s, and deleted rows are hidden from every query.", p.Table(), c.Field.Text, c.Op.Text),
				Help: "Remove the condition, or write isNull: true.", Key: p.Subject("firewall", c.Field.Text),
			})
		}
	},
}

func hidesDeleted(c definition.Condition) bool {
	return c.Op.Text == "isNull" && c.Value.Ctx == "" && c.Value.Literal == true
}
