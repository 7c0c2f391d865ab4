package rules_test

import (
	"fmt"
	"slices"
	"testing"
)

// Lists of roles and of columns that live in a file of their own keep their places there, however they are exported: what is wrong in
// them is said once, where it is written, and names the place that uses it.
func TestSharedListsNameBothPlaces(t *testing.T) {
	project := map[string]string{
		"quickback.config.ts": config,
		"lib/lists.ts":        "export const readers = ['member', 'ownr'] as const;\nexport const fields = ['name', 'stag'];\nconst usual = ['admn'];\nexport default usual;\n",
		"lib/index.ts":        "export * from './lists';\nexport * as lists from './lists';\nexport { default as bosses } from './lists';\n",
		"features/jobs/jobs.ts": `import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';
import { bosses, fields, lists, readers } from '../../lib';

export const jobs = sqliteTable('jobs', { id: text('id').primaryKey(), organizationId: text('organization_id').notNull(), name: text('name'), stage: text('stage') });

export default defineTable(jobs, {
  firewall: { organization: {} },
  guards: { createable: fields, updatable: ['name', 'stage'] },
  crud: {
    list: { access: { roles: readers } },
    get: { access: { roles: [...lists.readers] } },
    create: { access: { roles: ['owner'] } },
    update: { access: { roles: ['owner', ...bosses] } },
    delete: { access: { roles: bosses } },
  },
});
`,
	}
	var got []string
	for _, d := range diagnose(t, project) {
		line := fmt.Sprintf("%s %s %s:", d.Rule.Code, d.At.Path, project[string(d.At.Path)][d.At.Span.Start:d.At.Span.End])
		for _, r := range d.Related {
			line += fmt.Sprintf(" %s in %s", project[string(r.At.Path)][r.At.Span.Start:r.At.Span.End], r.At.Path)
		}
		got = append(got, line)
	}
	slices.Sort(got)
	want := []string{
		"QB2012 lib/lists.ts admn: bosses in features/jobs/jobs.ts",
		"QB2012 lib/lists.ts ownr: readers in features/jobs/jobs.ts",
		"QB5001 lib/lists.ts stag: fields in features/jobs/jobs.ts",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}
