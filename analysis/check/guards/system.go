package guards

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/diagnostics"
)

// SystemField: ids, scope columns and audit columns are managed by the system whatever guards say.
var SystemField = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB5005", Title: "Guards list a field that the system manages", Since: "0.1.0", Locked: true, Waivable: true,
		Why: "Ids, scope columns and audit columns come from the session and the clock. A client that could write them would forge who owns or changed a row, so listing them never has an effect.",
		Fix: "Remove the field from the list.",
		Bad: check.Example("", "guards: { createable: ['name', 'organizationId'], updatable: ['name'] },"), Good: check.Example(""),
		Related: []diagnostics.Code{"QB5001"}, CWE: []int{915},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		for f := range fields(p.Policy()) {
			c := p.Column(f.field.Text)
			if c == nil || c.Role == model.Plain || c.Role == model.KeyColumn && clientKey(p, f.list) {
				continue
			}
			fixes := removal(p, f.field)
			for i := range fixes {
				fixes[i].Safe = true // it never had an effect
			}
			report(diagnostics.Diagnostic{
				At: p.At(f.field.At), Message: fmt.Sprintf("guards.%s lists %s, %s: no client can write it.", f.list, c.Key, managed(c)),
				Help: "Remove it from the list.", Fixes: fixes, Key: p.Subject(f.list, c.Key),
			})
		}
	},
}

// clientKey says whether clients choose ids and this list may say so, although it need not.
func clientKey(p *check.ResourcePass, list string) bool {
	return p.Config != nil && p.Config.GenerateID == "false" && (list == "createable" || list == "immutable")
}

func managed(c *model.Column) string {
	switch c.Role {
	case model.KeyColumn:
		return "the primary key, which is generated"
	case model.ScopeColumn:
		return "which the firewall stamps with the caller's own value"
	case model.DeleteColumn:
		return "which deleting a row sets"
	case model.GeneratedColumn:
		return "which the database computes"
	}
	return "which every write sets by itself"
}
