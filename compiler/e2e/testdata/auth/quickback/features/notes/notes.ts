import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

export const notes = sqliteTable('notes', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  title: text('title').notNull(),
});

export default defineTable(notes, {
  firewall: { organization: {} },
  guards: { createable: ['title'], updatable: ['title'] },
  crud: {
    list: { access: { or: [{ roles: ['owner', 'clerk'] }, { userRole: ['admin'] }] } },
    get: { access: { or: [{ roles: ['owner', 'clerk'] }, { userRole: ['admin'] }] } },
    create: { access: { roles: ['owner', 'clerk'] } },
    update: { access: { roles: ['owner'] } },
    delete: { access: { roles: ['owner'] } },
  },
});
