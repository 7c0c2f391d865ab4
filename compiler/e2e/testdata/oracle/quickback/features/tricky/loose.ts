import { integer, numeric, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

export const loose = sqliteTable('loose', {
  id: text('id').primaryKey(),
  kind: text('kind', { enum: ['a', 'b', 'viewer', 'editor'] }),
  score: integer('score'),
  open: integer('open', { mode: 'boolean' }).notNull().default(true),
  due: integer('due', { mode: 'timestamp' }),
  amount: numeric('amount'),
  email: text('email'),
  note: text('note'),
});

// No wall at all and a hard delete: nothing but access decides.
export default defineTable(loose, {
  firewall: { exception: true },
  guards: { createable: ['kind'], updatable: ['note'] },
  masking: { email: { type: 'email', show: { roles: ['AUTHENTICATED'] } }, note: { type: 'redact', show: { or: 'owner', roles: ['admin'] } } },
  crud: {
    list: { access: { roles: ['AUTHENTICATED', 'PUBLIC'] }, fields: ['id', 'email', 'note', 'createdAt', 'createdBy'] },
    create: { access: { roles: ['AUTHENTICATED'] } },
    update: { access: { roles: ['AUTHENTICATED'], record: { createdBy: { notEquals: '$ctx.userId' } } } },
    delete: { access: { or: [{ roles: ['PUBLIC'], record: { kind: 'a' } }, { roles: ['AUTHENTICATED'], record: { kind: 'b' } }] }, mode: 'hard' },
  },
  views: { mine: { fields: ['id', 'note'], access: { record: { createdBy: { equals: '$ctx.userId' } } } } },
});
