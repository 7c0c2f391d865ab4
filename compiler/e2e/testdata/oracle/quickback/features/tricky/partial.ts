import { integer, numeric, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

export const partial = sqliteTable('partial', {
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

// Operations that are switched off, and one that lets nobody in but a platform admin.
export default defineTable(partial, {
  firewall: { organization: {} },
  guards: { createable: ['kind'], updatable: ['note', 'score'] },
  crud: {
    list: { access: { or: [{ userRole: ['admin'] }, { and: [{ roles: ['editor'] }, { roles: ['viewer'] }] }] } },
    get: { access: { userRole: ['admin'] } },
    create: false,
    batchCreate: { access: { roles: ['editor'] } },
    update: { access: { roles: ['editor', 'viewer'] } },
    batchUpdate: false,
    delete: { access: { roles: ['editor'], userRole: ['admin'] } },
    batchDelete: { access: { roles: ['editor'] } },
  },
});
