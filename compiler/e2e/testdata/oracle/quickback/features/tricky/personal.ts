import { integer, numeric, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

export const personal = sqliteTable('personal', {
  id: text('id').primaryKey(),
  author: text('author').notNull(),
  kind: text('kind', { enum: ['a', 'b', 'viewer', 'editor'] }),
  score: integer('score'),
  open: integer('open', { mode: 'boolean' }).notNull().default(true),
  due: integer('due', { mode: 'timestamp' }),
  amount: numeric('amount'),
  email: text('email'),
  note: text('note'),
});

// Rows of a person wherever they work.
export default defineTable(personal, {
  firewall: { owner: { column: 'author' } },
  guards: { createable: ['kind', 'score'], updatable: ['score', 'note'], immutable: ['kind'] },
  masking: { email: { type: 'email', show: { or: 'owner' } } },
  crud: {
    list: { access: { roles: ['AUTHENTICATED'] } },
    get: { access: { roles: ['viewer', 'owner'], record: { open: { notEquals: false } } } },
    create: { access: { roles: ['AUTHENTICATED'] } },
    update: { access: { roles: ['AUTHENTICATED'], record: { score: { isNull: true } } } },
    delete: { access: { roles: ['viewer'] } },
  },
});
