import { defineTable } from '@quickback/compiler';
import { sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const notes = sqliteTable('notes', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  line: text('line').notNull(),
});

const access = { roles: ['member+'] };

export default defineTable(notes, {
  firewall: { organization: {} },
  guards: { createable: ['line'], updatable: ['line'] },
  crud: { list: { access }, get: { access }, create: { access } },
});
