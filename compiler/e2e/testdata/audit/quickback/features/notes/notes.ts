import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

export const notes = sqliteTable('notes', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  title: text('title').notNull(),
  phone: text('phone'),
});

export default defineTable(notes, {
  firewall: { organization: {} },
  guards: { createable: ['title', 'phone'], updatable: ['title'] },
  masking: { phone: { type: 'phone', show: { roles: ['auditor'] } } },
  crud: {
    list: { access: { roles: ['owner'] } },
    get: { access: { roles: ['owner'] } },
    create: { access: { roles: ['PUBLIC'] } },
    update: { access: { roles: ['owner'] } },
  },
});
