import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { applications } from './applications';

/**
 * The history of an application, written by its actions.
 *
 * There is no defineTable here, so the table has no routes: nobody can rewrite
 * history through the API. Who did it and when are in createdBy and createdAt.
 */
export const applicationEvents = sqliteTable('application_events', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  applicationId: text('application_id')
    .notNull()
    .references(() => applications.id),
  step: integer('step').notNull(), // 1 is the first
  fromStage: text('from_stage').notNull(),
  toStage: text('to_stage').notNull(),
  note: text('note'),
});

export type ApplicationEvent = typeof applicationEvents.$inferSelect;
