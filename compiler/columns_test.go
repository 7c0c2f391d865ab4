package compiler

import (
	"strings"
	"testing"

	"github.com/qbls/qbls/compiler/migrate"
)

// parcels is a table with a column of every kind of q.
const parcels = `import { defineTable, q } from '@quickback/compiler';
import { others } from '../b/others';

export const parcelPosts = q.table('parcelPosts', {
  id: q.id(),
  tenantId: q.scope('organization'),
  title: q.text({ minLength: 2, maxLength: 40, pattern: '^[A-Z]' }).required().filterable('eq', 'like').searchable().sortable(),
  weight: q.int({ min: 1, max: 900 }).default(1).filterable().sortable(),
  ratio: q.real().optional(),
  open: q.bool().default(true).filterable('eq'),
  state: q.enum(['new', "o'clock", 'done']).default('new').protected().index(),
  extra: q.json().default({ tags: ["it's"], deep: { n: 1.5, ok: true, none: null } }),
  sentAt: q.datetime().defaultNow(),
  seenAt: q.timestamp().optional(),
  day: q.date().optional().sortable(),
  homePage: q.url({ maxLength: 200 }).optional(),
  contact: q.email().optional().masked('email'),
  trace: q.uuid().optional().immutable(),
  otherId: q.text().optional().references(() => others.id, { onDelete: 'cascade' }),
  code: q.text().required().unique(),
});

export default defineTable(parcelPosts, {
  guards: { createable: ['title', 'code', 'weight'], updatable: ['title', 'homePage', 'sentAt'] },
  crud: { list: { access: { roles: ['member'] } }, create: { access: { roles: ['member'] } }, update: { access: { roles: ['member'] } } },
  views: { brief: { fields: ['id', 'title', 'state', 'day'], access: { roles: ['member'] } } },
});
`

// parcelActions write the table of q, typed as the emitted one.
const parcelActions = `import { defineActions } from '@quickback/compiler';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { parcelPosts } from './parcels';

export default defineActions(parcelPosts, {
  finish: {
    description: 'Finish it', input: z.object({ title: z.string() }), access: { roles: ['member'] },
    execute: async ({ db, record, input }) => {
      const state: 'new' | "o'clock" | 'done' = record.state;
      await db.update(parcelPosts).set({ state: 'done', title: input.title, weight: record.weight + 1 }).where(eq(parcelPosts.id, record.id));
      return { state, by: record.createdBy };
    },
  },
});
`

// parts is an internal table with what Drizzle's third argument and types add.
const parts = `import { sqliteTable, text, integer, check, foreignKey, unique } from 'drizzle-orm/sqlite-core';
import { relations, sql, type SQL } from 'drizzle-orm';
import { others } from '../b/others';

export const parts = sqliteTable('parts', {
  id: text('id').primaryKey(),
  size: integer('part_size').notNull(),
  tags: text('tags', { mode: 'json' }).$type<string[]>().notNull().default(['a', 'b']),
  kind: text('kind').$type<'x' | 'y'>(),
  otherId: text('other_id'),
  area: integer('area_of').generatedAlwaysAs((): SQL => sql` + "`${parts.size} * ${parts.size}`" + `),
  label: text('label', { length: 90 }).notNull().generatedAlwaysAs(sql` + "`coalesce(kind, '?') || ':' || part_size`" + `, { mode: 'stored' }),
}, (t) => [
  check('size_is_small', sql` + "`${t.size} < 100 and part_size > 0`" + `),
  foreignKey({ columns: [t.otherId], foreignColumns: [others.id] }).onDelete('set null'),
  unique().on(t.size, t.kind),
]);

export const partsRelations = relations(parts, ({ one }) => ({ other: one(others, { fields: [parts.otherId], references: [others.id] }) }));
`

// TestColumnsAreEnforced: what a column says is in the schema, the database and the policy.
func TestColumnsAreEnforced(t *testing.T) {
	files := emitted(t, snapshot(t, wide(t)))
	for path, lines := range map[string][]string{
		"src/features/p/schema.ts": {
			"export const parcelPosts = sqliteTable('parcel_posts', {",
			"  tenantId: text('tenant_id').notNull(),",
			"  open: integer('open', { mode: 'boolean' }).notNull().default(true),",
			"  state: text('state', { enum: ['new', 'o\\'clock', 'done'] }).notNull().default('new'),",
			`  extra: text('extra', { mode: 'json' }).notNull().default({"tags":["it's"],"deep":{"n":1.5,"ok":true,"none":null}}),`,
			"  sentAt: text('sent_at').notNull().default(sql`(strftime('%Y-%m-%dT%H:%M:%fZ','now'))`),",
			"  otherId: text('other_id').references(() => others.id, { onDelete: 'cascade' }),",
			"  check('parcel_posts_state_check', sql`\"state\" in ('new', 'o''clock', 'done')`),",
			"  index('parcel_posts_state_idx').on(t.state),",
			"  index('parcel_posts_tenant_id_deleted_at_idx').on(t.tenantId, t.deletedAt),",
			"  uniqueIndex('parcel_posts_code_unique').on(t.code).where(sql`deleted_at IS NULL`),",
			"  tags: text('tags', { mode: 'json' }).notNull().$type<string[]>().default([\"a\",\"b\"]),",
			"  area: integer('area_of').generatedAlwaysAs(sql`\"part_size\" * \"part_size\"`),",
			"  label: text('label', { length: 90 }).notNull().generatedAlwaysAs(sql`coalesce(kind, '?') || ':' || part_size`, { mode: 'stored' }),",
			"  kind: text('kind').$type<'x' | 'y'>(),",
			"  check('size_is_small', sql`\"part_size\" < 100 and part_size > 0`),",
			"  otherId: text('other_id').references(() => others.id, { onDelete: 'set null' }),",
		},
		"src/db/definition.ts":                  {"  parcelPosts: schema.parcelPosts,"},
		"src/definitions/features/p/parcels.ts": {"import { defineTable, q } from '../../../db/definition.ts';"},
		"src/definitions/features/p/actions.ts": {"import { defineActions } from '../../../lib/definition.ts';"},
		"src/features/p/parcels.resource.ts": {
			"  rows: { tenantId: { equals: '$ctx.activeOrgId' }, deletedAt: { isNull: true } },",
			"    filterable: { title: ['eq', 'like'], weight: true, open: ['eq'] },", "    searchable: ['title'],", "    sortable: ['title', 'weight', 'day'],",
			"    protected: { state: 'any' },", "    immutable: ['trace'],", "contact: { type: 'email', show: { owner: 'createdBy' } }",
			"    title: { minLength: 2, maxLength: 40, pattern: '^[A-Z]' },", "    weight: { min: 1, max: 900 },",
			"    sentAt: { format: 'datetime' },", "    day: { format: 'date' },", "    homePage: { maxLength: 200, format: 'url' },", "    trace: { format: 'uuid' },",
		},
	} {
		content := ""
		for p, c := range files {
			if string(p) == path {
				content = c
			}
		}
		for _, line := range lines {
			if !strings.Contains(strings.Join(strings.Fields(content), " "), strings.TrimSuffix(strings.TrimSpace(line), ",")) {
				t.Errorf("%s does not say %s\n%s", path, line, content)
			}
		}
	}
	db := open(t)
	for _, statement := range strings.Split(files[migrate.Folder+"/0000_initial.sql"], migrate.Breakpoint) {
		if _, err := db.Exec(statement); err != nil {
			t.Fatalf("%v in\n%s", err, statement)
		}
	}
	insert := func(state string) error {
		_, err := db.Exec("insert into parcel_posts (id, tenant_id, title, code, state) values (?, 'o', 'T', ?, ?)", state, state, state)
		return err
	}
	if err := insert("o'clock"); err != nil {
		t.Errorf("a value of the enum: %v", err)
	}
	if err := insert("gone"); err == nil || !strings.Contains(err.Error(), "parcel_posts_state_check") {
		t.Errorf("a value outside the enum: %v", err)
	}
	if got := rows(t, db, "select extra || ' ' || weight || ' ' || (sent_at glob '????-??-??T??:??:??.???Z') from parcel_posts"); len(got) != 1 || got[0] != `{"tags":["it's"],"deep":{"n":1.5,"ok":true,"none":null}} 1 1` {
		t.Errorf("defaults: %q", got)
	}
	if _, err := db.Exec("insert into parts (id, organization_id, part_size, kind) values ('b', 'o', 7, 'x')"); err != nil {
		t.Error(err)
	}
	if got := rows(t, db, "select area_of || ' ' || label from parts"); len(got) != 1 || got[0] != "49 x:7" {
		t.Errorf("generated columns: %q", got)
	}
	if _, err := db.Exec("insert into parts (id, part_size) values ('a', 100)"); err == nil {
		t.Error("a row that the check forbids was stored")
	}
}
