import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { steps } from './steps';

/** Without routes: written by actions, and gone with their step. */
export const photos = sqliteTable('photos', {
  id: text('id').primaryKey(),
  stepId: text('step_id').notNull().references(() => steps.id),
  caption: text('caption').notNull(),
});
