package firewall

import (
	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/diagnostics"
)

// IdleOwnerRoles: roles of a required owner scope waive nothing.
var IdleOwnerRoles = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB3010", Title: "Roles of a required owner scope have no effect", Since: "0.1.0", Severity: diagnostics.Warning,
		Why: "Whoever wrote the roles expects them to see everybody's rows, and they see their own only.",
		Fix: "Write mode: 'optional', or remove the roles.",
		Bad: check.Example(ownerColumn, "firewall: { organization: {}, owner: { roles: ['admin'] } },"), Good: check.Example(ownerColumn, "firewall: { organization: {}, owner: { mode: 'optional', roles: ['admin'] } },"),
		Related: []diagnostics.Code{"QB3008"},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		d := p.Policy()
		if d == nil || d.Firewall == nil {
			return
		}
		for _, s := range d.Firewall.Scopes {
			if s.Kind == "owner" && s.Roles != nil && (!s.Mode.Present() || s.Mode.V == "required" || s.Mode.V == "strict") {
				report(diagnostics.Diagnostic{
					At: p.At(s.Roles.At), Message: "These roles see their own rows only: a required owner scope is waived for nobody.",
					Help: "Write mode: 'optional' to let them see all rows.", Key: p.Subject("firewall", "owner"),
				})
			}
		}
	},
}
