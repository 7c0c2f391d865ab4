package analysis_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/diagnostics/text"
)

// many is a project of n tables, five a feature, each referring to the one before it.
func many(n int) fstest.MapFS {
	files := fstest.MapFS{"quickback/quickback.config.ts": {Data: []byte(`import { defineConfig } from '@quickback/compiler';
export default defineConfig({ name: 'many', template: 'hono', features: { organizations: true }, auth: { roleHierarchy: ['member', 'recruiter', 'owner'] },
  providers: { runtime: defineRuntime('bun'), database: defineDatabase('better-sqlite3'), auth: defineAuth('better-auth') } });
`)}}
	for i := range n {
		imports, parent := "", "parentId: text('parent_id')"
		if i > 0 {
			imports = fmt.Sprintf("import { t%d } from '../f%d/t%d';\n", i-1, (i-1)/5, i-1)
			parent = fmt.Sprintf("parentId: text('parent_id').references(() => t%d.id, { onDelete: 'cascade' })", i-1)
		}
		files[fmt.Sprintf("quickback/features/f%d/t%d.ts", i/5, i)] = &fstest.MapFile{Data: fmt.Appendf(nil, `import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';
%[2]s
export const t%[1]d = sqliteTable('table_number_%[1]d', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  %[3]s,
  name: text('name').notNull(),
  email: text('email').notNull(),
  status: text('status', { enum: ['open', 'closed'] }).notNull().default('open'),
  score: integer('score').default(0),
}, (t) => [index('t%[1]d_score').on(t.score)]);

export default defineTable(t%[1]d, {
  firewall: { organization: {} },
  crud: {
    list: { access: { or: [{ roles: ['owner', 'recruiter'] }, { roles: ['member'], record: { status: { equals: 'open' } } }] } },
    get: { access: { roles: ['owner', 'recruiter'] } },
    create: { access: { roles: ['owner', 'recruiter'] } },
    update: { access: { roles: ['owner'] } },
    delete: { access: { roles: ['owner'] } },
  },
  guards: { createable: ['parentId', 'name', 'email', 'status', 'score'], updatable: ['name', 'status', 'score'] },
  masking: { email: { type: 'email', show: { roles: ['owner'] } } },
  views: { short: { fields: ['id', 'name', 'status'], access: { roles: ['member'] } } },
});
`, i, imports, parent)}
	}
	return files
}

// BenchmarkKeystroke measures an edit in one file of n tables up to the diagnostics of the project: one that keeps the meaning
// (a comment), and one that changes it (a column in a list). The cold start beside it is the yardstick.
func BenchmarkKeystroke(b *testing.B) {
	for _, n := range []int{10, 1000} {
		set, problems := source.Load(many(n))
		if len(problems) > 0 {
			b.Fatal(problems)
		}
		path := text.Path(fmt.Sprintf("quickback/features/f%d/t%d.ts", n/2/5, n/2))
		before := set.File(path).Text
		edits := map[string]string{
			"comment": strings.Replace(before, "firewall:", "/* x */ firewall:", 1),
			"meaning": strings.Replace(before, "updatable: ['name',", "updatable: ['name', 'email',", 1),
		}
		for _, name := range []string{"comment", "meaning"} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				w := analysis.NewWorkspace(set)
				diagnose(b, w.Current())
				b.ResetTimer()
				for i := range b.N {
					source := []string{edits[name], before}[i%2]
					diagnose(b, w.Apply(change(path, source)))
				}
			})
		}
		b.Run(fmt.Sprintf("cold/%d", n), func(b *testing.B) {
			for range b.N {
				diagnose(b, analysis.NewWorkspace(set).Current())
			}
		})
	}
}

func change(p text.Path, s string) source.Change {
	return source.Change{Path: p, File: text.NewFile(p, s), Open: true}
}

func diagnose(tb testing.TB, s *analysis.Snapshot) map[text.Path]int {
	tb.Helper()
	found, err := s.Diagnose(context.Background(), ".")
	if err != nil {
		tb.Fatal(err)
	}
	out := map[text.Path]int{}
	for p, list := range found {
		out[p] = len(list)
	}
	return out
}
