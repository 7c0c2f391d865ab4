import { integer, numeric, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

export const byRole = sqliteTable('byRole', {
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

// Rows that name a role of the caller; what is deleted is gone.
export default defineTable(byRole, {
  firewall: { organization: {}, errorMode: 'hide' },
  guards: { createable: ['kind'], updatable: ['note'] },
  crud: {
    list: { access: { roles: ['AUTHENTICATED'], record: { kind: { in: '$ctx.roles' } } } },
    get: { access: { roles: ['AUTHENTICATED'], record: { kind: { notIn: '$ctx.roles' } } } },
    update: { access: { roles: ['AUTHENTICATED'], record: { email: { equals: '$ctx.user.email' } } } },
    delete: { access: { roles: ['AUTHENTICATED'], record: { email: { notEquals: '$ctx.user.email' } } }, mode: 'hard' },
  },
});
