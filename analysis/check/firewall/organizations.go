package firewall

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/diagnostics"
)

// NoOrganizations: without organisations nobody has an active one, so an organisation scope hides every row.
var NoOrganizations = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB3006", Title: "Organisation scope in a project without organisations", Since: "0.1.0", Locked: true,
		Why:     "Nobody has an active organisation, so every request to this resource is refused.",
		Fix:     "Switch organisations on in the configuration, or isolate by owner.",
		Bad:     "-- quickback.config.ts --\n" + configWithout + "-- features/things/things.ts --\n" + check.Example(""),
		Good:    "-- quickback.config.ts --\n" + configWithout + "-- features/things/things.ts --\n" + check.Example("ownerId: text('owner_id').notNull(),", "firewall: { owner: {} },", "guards: { createable: ['name', 'organizationId'], updatable: ['name'] },"),
		Related: []diagnostics.Code{"QB3001"},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		d := p.Policy()
		if d == nil || !without(p) {
			return
		}
		for _, row := range p.Resource.Firewall.Rows {
			if row.Ctx != "activeOrgId" {
				continue
			}
			at := d.At
			if d.Firewall != nil {
				at = row.At
			}
			report(diagnostics.Diagnostic{
				At: p.At(at), Message: fmt.Sprintf("%s is isolated by organisation (%s), and the project has no organisations: every request would be refused.", p.Table(), row.Column),
				Help: "Write features: { organizations: true } in quickback.config.ts, or isolate by owner.", Key: p.Subject("firewall"),
			})
			return
		}
	},
}

const configWithout = `import { defineAuth, defineConfig, defineDatabase, defineRuntime } from '@quickback/compiler';

export default defineConfig({
  name: 'things',
  features: { organizations: false },
  providers: {
    runtime: defineRuntime('bun'),
    database: defineDatabase('better-sqlite3'),
    auth: defineAuth('better-auth'),
  },
});
`
