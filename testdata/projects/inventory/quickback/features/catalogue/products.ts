import { defineTable } from '@quickback/compiler';
import { sql } from 'drizzle-orm';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';

export const products = sqliteTable('products', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  sku: text('sku').notNull(),
  title: text('title').notNull(),
  state: text('state', { enum: ['draft', 'listed', 'retired'] }).notNull().default('draft'),
  costCents: integer('cost_cents'),
  label: text('label').generatedAlwaysAs(sql`sku || ': ' || title`),
});

export default defineTable(products, {
  firewall: { organization: {} },
  guards: false,
  crud: {
    list: { access: { roles: ['viewer+'] } },
    get: { access: { roles: ['viewer+'] } },
    create: { access: { roles: ['clerk+'] } },
    update: { access: { roles: ['clerk+'], record: { state: { notEquals: 'retired' } } } },
    put: { access: { roles: ['clerk+'] } },
    batchUpsert: { access: { roles: ['owner'] } },
    delete: { access: { roles: ['owner'] }, mode: 'hard' },
  },
  masking: { costCents: { type: 'redact', show: { roles: ['clerk+'] } } },
  unique: [{ columns: ['organizationId', 'sku'] }],
  displayColumn: 'title',
});
