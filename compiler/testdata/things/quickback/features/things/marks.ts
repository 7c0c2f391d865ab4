import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { things } from './things';

/** Written by nobody yet. */
export const marks = sqliteTable(
  'marks',
  { thingId: text('thing_id').notNull().references(() => things.id), label: text('label').notNull(), at: integer('at', { mode: 'timestamp_ms' }) },
  (t) => [primaryKey({ columns: [t.thingId, t.label] })],
);
