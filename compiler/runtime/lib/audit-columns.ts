// Who made, changed and deleted a row, and when: columns that tables have in common, written by the library alone. Times are ISO 8601 in UTC.
import { sql } from 'drizzle-orm';
import { text } from 'drizzle-orm/sqlite-core';

export const audited = {
  createdAt: text('created_at').notNull().default(sql`(strftime('%Y-%m-%dT%H:%M:%fZ','now'))`),
  createdBy: text('created_by'),
  modifiedAt: text('modified_at').notNull().default(sql`(strftime('%Y-%m-%dT%H:%M:%fZ','now'))`),
  modifiedBy: text('modified_by'),
};
/** Where a delete keeps the row. */
export const softDeleted = { deletedAt: text('deleted_at'), deletedBy: text('deleted_by') };
