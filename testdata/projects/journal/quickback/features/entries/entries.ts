import { defineTable } from '@quickback/compiler';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** What its author alone can see. */
export const entries = sqliteTable('entries', {
  id: text('id').primaryKey(),
  userId: text('user_id').notNull(),
  title: text('title').notNull(),
  body: text('body'),
  mood: integer('mood'),
});

export default defineTable(entries, {
  firewall: { owner: {} },
  guards: { createable: ['title', 'body', 'mood'], updatable: ['title', 'body', 'mood'] },
  crud: {
    list: { access: { roles: ['AUTHENTICATED'] } },
    get: { access: { roles: ['AUTHENTICATED'] } },
    create: { access: { roles: ['AUTHENTICATED'] } },
    update: { access: { roles: ['AUTHENTICATED'], record: { mood: { greaterThanOrEqual: 0 } } } },
    delete: { access: { roles: ['AUTHENTICATED'] } },
  },
  validation: { title: { minLength: 1, maxLength: 80 }, mood: { min: -5, max: 5 } },
});
