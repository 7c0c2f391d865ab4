package storage

import (
	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/diagnostics"
)

// twice reports at every place of a name that is taken more than once, pointing to another one.
func twice(facts []check.Fact, report check.Report, say func(other check.Fact) diagnostics.Diagnostic) {
	if len(facts) < 2 {
		return
	}
	for i, f := range facts {
		other := facts[0]
		if i == 0 {
			other = facts[1]
		}
		d := say(other)
		d.At, d.Key = f.At, string(f.From)
		d.Related = []diagnostics.Related{{At: other.At, Message: "the other one"}}
		report(d)
	}
}

func another(sqlName string) string {
	return "import { sqliteTable, text } from 'drizzle-orm/sqlite-core';\nimport { defineTable } from '@quickback/compiler';\n\n" +
		"export const otherThings = sqliteTable('" + sqlName + "', {\n  id: text('id').primaryKey(),\n  organizationId: text('organization_id').notNull(),\n});\n\n" +
		"export default defineTable(otherThings, {\n  firewall: { organization: {} },\n  crud: { list: { access: { roles: ['member'] } } },\n});\n"
}
