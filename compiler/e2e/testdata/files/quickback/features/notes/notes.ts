import { defineTable } from '@quickback/compiler';
import { sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const notes = sqliteTable('notes', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  line: text('line').notNull(),
  draft: text('draft'),
});

const access = { roles: ['member+'] };

export default defineTable(notes, {
  firewall: { organization: {} },
  guards: { createable: ['line', 'draft'], updatable: ['line'] },
  crud: { list: { access, fields: ['id', 'line'] }, get: { access, fields: ['id', 'line', 'createdAt'] }, create: { access }, update: { access } },
});
