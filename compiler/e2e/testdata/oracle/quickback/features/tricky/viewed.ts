import { integer, numeric, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

export const viewed = sqliteTable('viewed', {
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

// Views and nothing else to read; batches with rules of their own.
export default defineTable(viewed, {
  firewall: { organization: {} },
  guards: { createable: ['kind', 'score'], updatable: ['note'] },
  masking: { email: { type: 'email', show: { roles: ['owner'] } } },
  crud: {
    create: { access: { roles: ['viewer', 'owner'] } },
    batchCreate: { access: { roles: ['owner'] } },
    update: { access: { roles: ['viewer', 'owner'] } },
    batchUpdate: { access: { roles: ['viewer', 'editor'], record: { kind: 'a' } } },
    delete: { access: { roles: ['owner'] } },
    batchDelete: { access: { or: [{ roles: ['editor'], record: { score: { lessThan: 3 } } }, { roles: ['viewer'] }] } },
  },
  views: {
    some: { fields: ['id', 'kind', 'email'], access: { roles: ['viewer', 'editor'], record: { kind: { notIn: ['b'] } } } },
    all: { fields: ['id', 'score', 'organizationId'], access: { roles: ['owner'] } },
  },
});
