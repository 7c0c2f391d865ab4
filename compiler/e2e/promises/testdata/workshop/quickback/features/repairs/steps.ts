import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';
import repairs from './repairs';

export const steps = sqliteTable('steps', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  repairId: text('repair_id').notNull().references(() => repairs.id),
  title: text('title').notNull(),
  position: integer('position').notNull().default(0),
});

export default defineTable(steps, {
  firewall: { organization: {} },
  guards: { createable: ['repairId', 'title', 'position'], updatable: ['title'] },
  crud: {
    list: { access: { roles: ['member+'] } },
    create: { access: { roles: ['member+'] } },
    delete: { access: { roles: ['member+'] } },
  },
});
