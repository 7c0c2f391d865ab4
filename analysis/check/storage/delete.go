package storage

import (
	"fmt"

	"github.com/qbls/qbls/analysis/check"
	"github.com/qbls/qbls/diagnostics"
)

func deletingSoftly(features string) string {
	return "-- features/things/things.ts --\n" +
		check.Example("", "crud: {\n  list: { access: { roles: ['member'] } },\n  create: { access: { roles: ['admin'] } },\n  update: { access: { roles: ['admin'] } },\n  delete: { access: { roles: ['admin'] }, mode: 'soft' },\n},") +
		"-- quickback.config.ts --\n" + `import { defineAuth, defineConfig, defineDatabase, defineRuntime } from '@quickback/compiler';

export default defineConfig({
  name: 'things',
  template: 'hono',
` + features + `  providers: {
    runtime: defineRuntime('bun'),
    database: defineDatabase('better-sqlite3'),
    auth: defineAuth('better-auth'),
  },
});
`
}

// SoftWithoutAudit: deletedAt is an audit column, so without audit fields there is no soft delete (language.md, Columns).
var SoftWithoutAudit = check.ResourceRule{
	Doc: &diagnostics.Rule{
		Code: "QB8106", Title: "Soft delete without audit fields", Since: "0.1.0", Locked: true,
		Why:     "A soft delete marks the row in deletedAt, which the configuration has switched off. The rows that were to be kept would be gone.",
		Fix:     "Switch compiler.features.auditFields on, or write mode: 'hard'.",
		Bad:     deletingSoftly("  compiler: { features: { auditFields: false } },\n"),
		Good:    deletingSoftly(""),
		Related: []diagnostics.Code{"QB3004", "QB6014"}, CWE: []int{223},
	},
	Run: func(p *check.ResourcePass, report check.Report) {
		d := p.Policy()
		if d == nil || p.Config == nil || p.Config.AuditFields {
			return
		}
		for _, op := range d.Operations {
			if op.Mode.V != "soft" {
				continue
			}
			report(diagnostics.Diagnostic{
				At: p.At(op.Mode.At), Message: fmt.Sprintf("%s deletes for good: without audit fields there is no deletedAt that could mark a row.", p.Table()),
				Help: "Remove auditFields: false from the configuration, or write mode: 'hard'.", Key: p.Subject("delete.mode"),
			})
		}
	},
}
