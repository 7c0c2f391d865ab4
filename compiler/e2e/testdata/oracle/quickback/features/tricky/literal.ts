import { integer, numeric, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

export const literal = sqliteTable('literal', {
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

// A firewall of literals: nothing, text, a number kept as text, an item of a list.
export default defineTable(literal, {
  firewall: [
    { field: 'organizationId', equals: 'ctx.activeOrgId' },
    { field: 'email', equals: null },
    { field: 'amount', equals: '10' },
    { field: 'kind', notEquals: 'b' },
  ],
  masking: { email: { type: 'email', show: { roles: ['everyone'] } } },
  guards: { createable: ['kind', 'amount'], updatable: ['note'] },
  crud: {
    list: { access: { roles: ['member', 'viewer'] } },
    get: { access: { roles: ['owner', 'viewer'], record: { due: { notEquals: '2026-06-01' } } } },
    create: { access: { roles: ['owner'] } },
    update: { access: { roles: ['viewer'] } },
    delete: { access: { roles: ['owner'] } },
  },
});
