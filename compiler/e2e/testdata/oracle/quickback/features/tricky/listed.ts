import { integer, numeric, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

export const listed = sqliteTable('listed', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  kind: text('kind', { enum: ['a', 'b', 'viewer', 'editor'] }),
  score: integer('score'),
  open: integer('open', { mode: 'boolean' }).notNull().default(true),
  due: integer('due', { mode: 'timestamp' }),
  amount: numeric('amount'),
  email: text('email'),
  note: text('note'),
});

// A firewall of predicates, literals among them, and conditions on nothing.
export default defineTable(listed, {
  firewall: [
    { field: 'organizationId', equals: 'ctx.activeOrgId' },
    { field: 'kind', in: ['a', 'b'] },
    { field: 'score', isNull: false },
  ],
  guards: { createable: ['kind', 'score'], updatable: ['note'] },
  crud: {
    list: { access: { roles: ['AUTHENTICATED'], record: { email: { isNull: true } } } },
    get: { access: { and: [{ roles: ['viewer', 'owner'] }, { record: { email: { isNull: false } } }, { record: { score: { notIn: [3] } } }] } },
    create: { access: { roles: ['owner'] } },
    update: { access: { roles: ['viewer+'], record: { score: { lessThanOrEqual: 3, greaterThan: 1 } } } },
    delete: { access: { roles: ['owner'], record: { open: { equals: true } } } },
  },
});
