package lsp_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/qbls/qbls/lsp/lsptest"
)

// BenchmarkKeystroke is the way of one keystroke: edit, diagnose the project of 500 tables, publish, and an answer.
func BenchmarkKeystroke(b *testing.B) {
	files := map[string]string{"quickback/quickback.config.ts": `import { defineAuth, defineConfig, defineDatabase, defineRuntime } from '@quickback/compiler';
export default defineConfig({ name: 'big', features: { organizations: true }, providers: { runtime: defineRuntime('bun'), database: defineDatabase('better-sqlite3'), auth: defineAuth('better-auth', { plugins: ['organization'] }) } });
`}
	for i := range 500 {
		files[fmt.Sprintf("quickback/features/f%d/t%d.ts", i, i)] = strings.ReplaceAll(`import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

export const tN = sqliteTable('t_N', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  title: text('title').notNull(),
  state: text('state', { enum: ['open', 'done'] }).notNull().default('open'),
});

export default defineTable(tN, {
  firewall: { organization: {} },
  guards: { createable: ['title', 'state'], updatable: ['title', 'state'] },
  crud: { list: { access: { roles: ['member'] } }, create: { access: { roles: ['member'] } }, update: { access: { roles: ['admin'] } } },
});
`, "N", fmt.Sprint(i))
	}
	name := "quickback/features/f250/t250.ts"
	e := lsptest.Start(b, root, lsptest.NewDisk(root, files), lsptest.Options{})
	e.Open(name)
	e.Settle()
	at := strings.Index(e.Text(name), "title'")
	for i := 0; b.Loop(); i++ {
		if i%2 == 0 {
			e.Replace(name, at, at, "x")
		} else {
			e.Replace(name, at, at+1, "")
		}
		e.Await(name)
	}
	b.StopTimer()
	if err := e.Quit(); err != nil {
		b.Fatal(err)
	}
}
