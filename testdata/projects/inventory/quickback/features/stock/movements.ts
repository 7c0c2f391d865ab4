import { defineTable } from '@quickback/compiler';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { products } from '../catalogue/products';

export const movements = sqliteTable('movements', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  productId: text('product_id').notNull().references(() => products.id, { onDelete: 'cascade' }),
  quantity: integer('quantity').notNull(),
  reason: text('reason', { enum: ['sale', 'delivery', 'count'] }).notNull(),
  note: text('note'),
});

export default defineTable(movements, {
  firewall: { organization: {}, errorMode: 'hide' },
  guards: false,
  crud: {
    list: { access: { roles: ['viewer+'] } },
    get: { access: { roles: ['viewer+'] } },
    put: { access: { or: [{ roles: ['owner'] }, { roles: ['clerk'], record: { reason: { in: ['sale', 'delivery'] } } }] } },
    delete: { access: { roles: ['owner'] } },
  },
});
