import { integer, numeric, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

export const openly = sqliteTable('openly', {
  id: text('id').primaryKey(),
  kind: text('kind', { enum: ['a', 'b', 'viewer', 'editor'] }),
  score: integer('score'),
  open: integer('open', { mode: 'boolean' }).notNull().default(true),
  due: integer('due', { mode: 'timestamp' }),
  amount: numeric('amount'),
  email: text('email'),
  note: text('note'),
});

// No tenant at all, but deleted rows stay hidden; strangers see some of it, masked.
export default defineTable(openly, {
  firewall: { exception: true, softDelete: {} },
  guards: { createable: ['kind', 'email', 'note'], updatable: ['note'] },
  masking: {
    email: { type: 'email', show: { roles: ['viewer'] } },
    amount: { type: 'redact', show: { roles: ['everyone'] } },
    note: { type: 'redact', show: { or: 'owner' } },
  },
  crud: {
    list: { access: { or: [{ roles: ['PUBLIC'], record: { kind: 'a' } }, { roles: ['AUTHENTICATED'], record: { kind: { notEquals: 'b' } } }, { roles: ['owner'] }] } },
    get: { access: { roles: ['PUBLIC'] } },
    create: { access: { roles: ['PUBLIC'] } },
    update: { access: { roles: ['AUTHENTICATED'], record: { createdBy: { equals: '$ctx.userId' } } } },
    delete: { access: { roles: ['owner'] } },
  },
});
