import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

export const boards = sqliteTable('boards', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  teamId: text('team_id').notNull(),
  title: text('title').notNull(),
});

export default defineTable(boards, {
  firewall: { organization: {}, team: {} },
  guards: { createable: ['title'], updatable: ['title'] },
  crud: {
    list: { access: { roles: ['member+'] } },
    get: { access: { roles: ['member+'] } },
    create: { access: { roles: ['member+'] } },
  },
});
