import { defineTable } from '@quickback/compiler';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const buyers = sqliteTable('buyers', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  title: text('title').notNull(),
  note: text('note'),
  email: text('email'),
  phone: text('phone'),
  amount: integer('amount').notNull().default(0),
  open: integer('open', { mode: 'boolean' }).notNull().default(false),
});

export default defineTable(buyers, {
  firewall: { organization: {} },
  guards: { createable: ['title', 'note', 'email', 'phone', 'amount', 'open'], updatable: ['title', 'note', 'email', 'phone', 'amount', 'open'] },
  crud: {
    list: { access: { roles: ['member', 'admin', 'owner'] } },
    get: { access: { roles: ['member', 'admin', 'owner'] } },
    create: { access: { roles: ['admin', 'owner'] } },
    update: { access: { roles: ['admin', 'owner'] } },
  },
  masking: { email: { type: 'email', show: { roles: ['owner'] } }, phone: { type: 'phone', show: { roles: ['owner'] } } },
});
