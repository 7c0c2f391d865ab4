package catalogue

import "github.com/qbls/qbls/diagnostics"

// ExampleConfig is the quickback.config.ts around the examples that bring none of their own.
const ExampleConfig = `import { defineAuth, defineConfig, defineDatabase, defineRuntime } from '@quickback/compiler';

export default defineConfig({
  name: 'things',
  template: 'hono',
  features: { organizations: true },
  auth: { roleHierarchy: ['member', 'admin', 'owner'] },
  providers: { runtime: defineRuntime('bun'), database: defineDatabase('better-sqlite3'), auth: defineAuth('better-auth') },
});
`

// ExampleTable is the table beside the examples that are a configuration alone.
const ExampleTable = `import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

export const things = sqliteTable('things', { id: text('id').primaryKey(), organizationId: text('organization_id').notNull() });

export default defineTable(things, { firewall: { organization: {} }, crud: { list: { access: { roles: ['member'] } } } });
`

// Exempt says why a rule has no examples; "" for a rule that must have them.
func Exempt(code diagnostics.Code) string {
	switch code {
	case "QB9000", "QB9001":
		return "It reports a defect of qbls, which no definition shows on purpose."
	}
	if "QB9101" <= code && code <= "QB9118" && code != "QB9112" {
		return "It is about emitted files that say something else than the definitions, which no definition makes them do."
	}
	return ""
}
