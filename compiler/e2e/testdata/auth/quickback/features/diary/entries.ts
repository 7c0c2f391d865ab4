import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

// Everybody's own, whether they have an account or not yet.
export const entries = sqliteTable('entries', {
  id: text('id').primaryKey(),
  ownerId: text('owner_id').notNull(),
  line: text('line').notNull(),
});

export default defineTable(entries, {
  firewall: { owner: {} },
  guards: { createable: ['line'], updatable: ['line'] },
  crud: {
    list: { access: { roles: ['AUTHENTICATED'] } },
    get: { access: { roles: ['AUTHENTICATED'] } },
    create: { access: { roles: ['AUTHENTICATED'] } },
    update: { access: { roles: ['AUTHENTICATED'] } },
    delete: { access: { roles: ['AUTHENTICATED'] } },
  },
  unique: [{ columns: ['ownerId', 'line'] }],
});
