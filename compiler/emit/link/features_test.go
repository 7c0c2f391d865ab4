package link

import (
	"testing"

	"github.com/qbls/qbls/analysis/syntax"
	"github.com/qbls/qbls/compiler/runtime"
	"github.com/qbls/qbls/diagnostics/text"
)

func TestFeaturesAreFoundInCode(t *testing.T) {
	for source, want := range map[string]runtime.Features{
		"db.select().from(jobs); tx\n  .select()":                            0,
		"db.insert(jobs).select(db.select().from(jobs))":                     runtime.InsertSelect,
		"const rows = qb.select()":                                           runtime.InsertSelect,
		"export default defineTable(jobs, { crud: { delete: {}, batch: 1 }":  0,
		"// The skills go with it.\n delete: {}":                             0,
		"await db.delete(jobs)":                                              runtime.Delete | runtime.Units,
		"await db?.delete(jobs)":                                             runtime.Delete | runtime.Units,
		"await db['delete'](jobs)":                                           runtime.Delete | runtime.Units,
		"await db\n  .batch([])":                                             runtime.Units,
		"db.transaction(async (tx) => {})":                                   runtime.Transaction | runtime.Units,
		"const query = input; return query.jobId":                            0,
		"const { query } = db; query.jobs.findFirst()":                       runtime.Relational,
		"db.$with('w')":                                                      runtime.With | runtime.Delete | runtime.Units,
		"db.$count(jobs)":                                                    runtime.Count,
		"return new Response('')":                                            runtime.Passed,
		"({ c }) => c.text('')":                                              runtime.Passed,
		"insert.onConflictDoUpdate({})":                                      runtime.Upsert,
		"text('id').$defaultFn(make)":                                        runtime.Filled,
		"import { z } from 'zod';\nimport { eq } from 'drizzle-orm'":         0,
		"import { anything } from 'somewhere'":                               ofHandlers,
		"export * from 'somewhere'":                                          ofHandlers,
		"const { anything } = await import('somewhere')":                     ofHandlers,
		"const anything = require ('somewhere')":                             ofHandlers,
		"import { anything } from '../here'; const importance = (1 + 1) * 2": 0,
	} {
		if got := featuresIn(syntax.Parse(text.NewFile("a.ts", source))); got != want {
			t.Errorf("%s\ngot  %b\nwant %b", source, got, want)
		}
	}
}
