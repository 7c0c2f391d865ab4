import { defineTable } from '@quickback/compiler';
import { sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const rooms = sqliteTable('rooms', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  state: text('state', { enum: ['free', 'booked', 'cleaned'] }).notNull().default('free'),
  guest: text('guest'),
});

const access = { roles: ['member+'] };
const free = { roles: ['member+'], record: { state: { equals: 'free' } } };

// A free room can be changed, also into one that is not free: whoever comes second finds it taken.
export default defineTable(rooms, {
  firewall: { organization: {} },
  guards: { createable: ['guest'], updatable: ['state', 'guest'] },
  crud: { list: { access }, get: { access }, create: { access }, update: { access: free }, batchCreate: { access }, batchUpdate: { access: free } },
});
