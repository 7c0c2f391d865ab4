import { integer, numeric, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

export const window = sqliteTable('window', {
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

// Strangers name the organisation, and see no columns of the system.
export default defineTable(window, {
  firewall: { organization: {} },
  guards: { createable: ['kind'], updatable: ['note', 'score'] },
  masking: { email: { type: 'email', show: { roles: ['owner'], or: 'owner' } } },
  crud: {
    list: { access: { roles: ['PUBLIC'], record: { open: true } }, fields: ['id', 'kind', 'email', 'createdAt', 'open'] },
    get: { access: { or: [{ roles: ['PUBLIC'], record: { kind: { in: ['a', 'b'] } } }, { roles: ['editor+'] }] } },
    create: { access: { roles: ['editor'] } },
    update: { access: { roles: ['editor'] } },
  },
  views: {
    wide: { fields: ['id', 'organizationId', 'email', 'score'], access: { or: [{ roles: ['viewer'] }, { roles: ['PUBLIC'], record: { score: { greaterThanOrEqual: 3 } } }] } },
  },
});
