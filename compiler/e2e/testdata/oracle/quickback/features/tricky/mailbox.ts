import { integer, numeric, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

export const mailbox = sqliteTable('mailbox', {
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

// A scope by something else than an id, beside the tenant.
export default defineTable(mailbox, {
  firewall: [
    { field: 'organizationId', equals: 'ctx.activeOrgId' },
    { field: 'email', equals: 'ctx.user.email' },
  ],
  guards: { createable: ['kind'], updatable: ['note'] },
  masking: { email: { type: 'email', show: { roles: ['owner'] } } },
  crud: {
    list: { access: { roles: ['viewer+', 'member'] } },
    get: { access: { roles: ['viewer+', 'member'] } },
    create: { access: { roles: ['viewer'] } },
    update: { access: { roles: ['member', 'editor'] } },
  },
  views: { brief: { fields: ['id', 'kind'], access: { roles: ['member', 'owner'] } } },
});
