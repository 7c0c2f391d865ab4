import { defineTable } from '@quickback/compiler';
import { blob, integer, numeric, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** A column of every kind that JSON or a query string cannot say as it stands. */
export const parcels = sqliteTable('parcels', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  label: text('label'),
  tracking: blob('tracking', { mode: 'bigint' }),
  customs: numeric('customs', { mode: 'bigint' }),
  weight: numeric('weight'),
  stamp: blob('stamp', { mode: 'buffer' }),
  sentAt: integer('sent_at', { mode: 'timestamp' }),
});

const access = { roles: ['member+'] };

export default defineTable(parcels, {
  firewall: { organization: {} },
  guards: false,
  crud: { list: { access }, get: { access }, create: { access }, update: { access }, put: { access } },
});
