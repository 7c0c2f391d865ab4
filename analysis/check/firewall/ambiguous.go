package firewall

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/analysis/model"
	"github.com/qbls/qbls/diagnostics"
)

// Ambiguous asks which of two scope columns isolates, when no firewall is written.
var Ambiguous = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB3003", Title: "Organisation or owner: the firewall does not say", Since: "0.1.0", Locked: true,
		Why: "A table with an organisation and an owner column can belong to the organisation, to one person, or to both. Deriving the wrong one shows colleagues what is private, or hides what is shared.",
		Fix: "Write the firewall: { organization: {} }, { owner: {} }, or both.",
		Bad: check.Example("ownerId: text('owner_id'),", "-firewall"), Good: check.Example("ownerId: text('owner_id'),", "guards: { createable: ['name', 'ownerId'], updatable: ['name'] },"),
		Related: []diagnostics.Code{"QB3001"}, CWE: []int{863},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		d := p.Policy()
		if d == nil || d.Firewall != nil {
			return
		}
		organization, owner := model.Derive(p.Resource.Table, "organization"), model.Derive(p.Resource.Table, "owner")
		if organization == nil || owner == nil {
			return
		}
		found := diagnostics.Diagnostic{
			At: p.At(d.At), Message: fmt.Sprintf("%s has an organisation column (%s) and an owner column (%s), and no firewall says which one isolates its rows.", p.Table(), organization.Key, owner.Key),
			Help: "Write firewall: { organization: {} } if colleagues share rows, { owner: {} } if rows are personal, or both.", Key: p.Subject("firewall"),
		}
		for _, c := range []*model.Column{organization, owner} {
			if c.Source != nil {
				found.Related = append(found.Related, diagnostics.Related{At: p.At(c.Source.Key.At), Message: c.Key + " is declared here"})
			}
		}
		if without(p) {
			found.Help = "The project has no organisations: write firewall: { owner: {} }, or switch them on with features: { organizations: true }."
			found.Fixes = insertFirewall(p, "owner: {}", "Rows are personal: isolate by owner")
			report(found)
			return
		}
		found.Fixes = append(found.Fixes, insertFirewall(p, "organization: {}", "Colleagues share rows: isolate by organisation")...)
		found.Fixes = append(found.Fixes, insertFirewall(p, "owner: {}", "Rows are personal: isolate by owner")...)
		found.Fixes = append(found.Fixes, insertFirewall(p, "organization: {}, owner: {}", "Isolate by both")...)
		report(found)
	},
}
