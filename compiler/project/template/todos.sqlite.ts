import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

export const todos = sqliteTable('todos', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  title: text('title').notNull(),
  details: text('details'),
  contactEmail: text('contact_email'),
  priority: text('priority', { enum: ['low', 'normal', 'high'] }).notNull().default('normal'),
  state: text('state', { enum: ['open', 'done'] }).notNull().default('open'),
  completedAt: text('completed_at'),
  // createdAt, createdBy, modifiedAt, modifiedBy, deletedAt and deletedBy are added to every table.
});
