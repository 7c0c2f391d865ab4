import { sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

/** The departments that hire. Jobs hang below them. */
export const departments = sqliteTable(
  'departments',
  {
    id: text('id').primaryKey(),
    organizationId: text('organization_id').notNull(),
    name: text('name').notNull(),
    code: text('code').notNull(), // short, as on the organization chart: "ENG"
  },
  (table) => [
    // Two agencies may both have an "ENG".
    uniqueIndex('departments_org_code').on(table.organizationId, table.code),
  ],
);

// No firewall is written here: organizationId is the only isolation column, so it is derived.
export default defineTable(departments, {
  guards: {
    createable: ['name', 'code'],
    updatable: ['name'],
  },

  validation: {
    name: { minLength: 1, maxLength: 80 },
    code: { pattern: '^[A-Z]{2,6}$' },
  },

  crud: {
    list: { access: { roles: ['interviewer+'] } },
    get: { access: { roles: ['interviewer+'] } },
    create: { access: { roles: ['hiring-manager+'] } },
    update: { access: { roles: ['hiring-manager+'] } },
    // Takes the department's jobs along, so it is never done in bulk.
    delete: { access: { roles: ['owner'] } },
    batchDelete: false,
  },

  defaultSort: { field: 'name', order: 'asc' },
});

export type Department = typeof departments.$inferSelect;
