import { defineTable } from '@quickback/compiler';
import { sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** What everybody can read once it is published. */
export const posts = sqliteTable('posts', {
  id: text('id').primaryKey(),
  title: text('title').notNull(),
  body: text('body').notNull(),
  state: text('state', { enum: ['draft', 'published'] }).notNull().default('draft'),
  contact: text('contact'),
});

export default defineTable(posts, {
  firewall: { exception: true },
  guards: { createable: ['title', 'body', 'contact'], updatable: ['title', 'body'], protected: { state: ['publish'] } },
  crud: {
    list: { access: { or: [{ roles: ['PUBLIC'], record: { state: { equals: 'published' } } }, { record: { createdBy: { equals: '$ctx.userId' } } }] } },
    get: { access: { or: [{ roles: ['PUBLIC'], record: { state: { equals: 'published' } } }, { record: { createdBy: { equals: '$ctx.userId' } } }] } },
    create: { access: { roles: ['AUTHENTICATED'] } },
    update: { access: { record: { createdBy: { equals: '$ctx.userId' } } } },
    delete: { access: { record: { createdBy: { equals: '$ctx.userId' } } } },
  },
  masking: { contact: { type: 'email', show: { or: 'owner' } } },
  views: { headlines: { fields: ['id', 'title', 'state'], access: { roles: ['PUBLIC'], record: { state: { equals: 'published' } } } } },
});
