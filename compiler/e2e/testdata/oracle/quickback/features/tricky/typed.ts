import { integer, numeric, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

export const typed = sqliteTable('typed', {
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

// Comparisons of every type: numbers kept as text, moments, truth.
export default defineTable(typed, {
  firewall: { organization: {} },
  guards: { createable: ['kind', 'score'], updatable: ['note'] },
  crud: {
    list: { access: { or: [{ roles: ['viewer'], record: { due: { lessThan: '2026-06-01T00:00:00Z' } } }, { roles: ['editor'], record: { amount: { notEquals: '10' } } }, { roles: ['owner'], record: { open: { equals: false } } }] } },
    get: { access: { or: [{ roles: ['viewer'], record: { amount: { equals: '10' } } }, { roles: ['editor'], record: { amount: { notEquals: '10' } } }, { roles: ['owner'], record: { due: { greaterThanOrEqual: '2026-06-01' } } }] } },
    update: { access: { or: [{ roles: ['viewer'], record: { amount: { in: ['10', '7.5'] } } }, { roles: ['owner'], record: { due: { notIn: ['2026-06-01T00:00:00.000Z'] }, open: true } }] } },
    delete: { access: { roles: ['owner', 'viewer'], record: { score: { equals: null } } } },
  },
});
