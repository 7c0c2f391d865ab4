package query_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/qbls/qbls/analysis"
	"github.com/qbls/qbls/analysis/query"
	"github.com/qbls/qbls/analysis/source"
	"github.com/qbls/qbls/diagnostics/text"
)

const config = `import { defineAuth, defineConfig, defineDatabase, defineRuntime } from '@quickback/compiler';
export default defineConfig({
  name: 'agency',
  features: { organizations: true },
  auth: { roleHierarchy: ['interviewer', 'recruiter', 'owner'] },
  providers: { runtime: defineRuntime('bun'), database: defineDatabase('better-sqlite3'), auth: defineAuth('better-auth', { plugins: ['organization'] }) },
});
`

const table = `import { sqliteTable, text, integer } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

export const jobs = sqliteTable('jobs', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  title: text('title').notNull(),
  state: text('state', { enum: ['draft', 'open', 'closed'] }).notNull().default('draft'),
  contactEmail: text('contact_email'),
  remote: integer('remote', { mode: 'boolean' }),
});

`

const actions = `import { defineActions } from '@quickback/compiler';
import { z } from 'zod';
import { jobs } from './jobs';

export default defineActions(jobs, {
  publish: {
    description: 'Show a job to candidates',
    input: z.object({ note: z.string().optional(), until: z.string() }),
    access: { roles: ['recruiter'] },
    execute: async () => ({}),
  },
});
`

const (
	jobsFile    = "quickback/features/jobs/jobs.ts"
	actionsFile = "quickback/features/jobs/actions.ts"
	configFile  = "quickback/quickback.config.ts"
	featureFile = "quickback/features/parts/parts.ts"
)

// project returns a snapshot of the small project above with some files replaced and opened.
func project(t *testing.T, files map[string]string) *analysis.Snapshot {
	t.Helper()
	all := map[string]string{configFile: config, jobsFile: table + "export default defineTable(jobs, { crud: {} });\n", actionsFile: actions,
		"quickback/features/jobs/handlers/report.ts": "export const execute = async () => ({});\n"}
	disk := fstest.MapFS{}
	for name, content := range all {
		disk[name] = &fstest.MapFile{Data: []byte(content)}
	}
	set, problems := source.Load(disk)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	w := analysis.NewWorkspace(set)
	for name, content := range files {
		w.Apply(source.Change{Path: text.Path(name), File: text.NewFile(text.Path(name), content), Open: true})
	}
	return w.Current()
}

// cut removes the cursor, drawn as ¦, from a text.
func cut(t *testing.T, s string) (string, int) {
	t.Helper()
	before, after, ok := strings.Cut(s, "¦")
	if !ok {
		t.Fatalf("no cursor in %s", s)
	}
	return before + after, len(before)
}

func labels(items []query.Item) []string {
	var out []string
	for _, it := range items {
		out = append(out, it.Label)
	}
	return out
}

func contains(list []string, want []string) bool {
	return !slices.ContainsFunc(want, func(w string) bool { return !slices.Contains(list, w) })
}
