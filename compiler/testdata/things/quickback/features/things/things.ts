import { integer, real, sqliteTable, text, uniqueIndex, type AnySQLiteColumn } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

export const things = sqliteTable(
  'things',
  {
    id: text('id').primaryKey(),
    organizationId: text('organization_id').notNull(),
    name: text('name').notNull(),
    slug: text('slug').notNull().unique(),
    kind: text('kind', { enum: ["it's", 'plain'] }).notNull().default('plain'),
    weight: real('weight'),
    count: integer('count').notNull().default(0),
    hidden: integer('hidden', { mode: 'boolean' }).notNull().default(false),
    email: text('email'),
    parentId: text('parent_id').references((): AnySQLiteColumn => things.id, { onDelete: 'set null' }),
  },
  (t) => [uniqueIndex('things_name').on(t.organizationId, t.name)],
);

export default defineTable(things, {
  firewall: { organization: {}, errorMode: 'hide' },
  guards: {
    createable: ['name', 'slug', 'weight', 'email', 'parentId'],
    updatable: ['name', 'weight', 'hidden'],
    immutable: ['slug'],
    protected: { count: ['recount'], kind: ['recount'] },
  },
  masking: { email: { type: 'email', show: { roles: ['owner'], or: 'owner' } } },
  validation: { name: { minLength: 1, maxLength: 80 }, email: { email: true } },
  crud: {
    list: { access: { or: [{ roles: ['editor+'] }, { roles: ['member'], record: { hidden: false } }] }, pageSize: 25 },
    get: { access: { roles: ['member+'] } },
    create: { access: { roles: ['editor+'] } },
    update: { access: { roles: ['editor+'], record: { kind: { in: ["it's", 'plain'] }, createdBy: '$ctx.userId' } } },
    delete: { access: { roles: ['owner'] }, mode: 'soft' },
    batchDelete: false,
  },
  views: { short: { fields: ['id', 'name'], access: { roles: ['member+'] } } },
});
