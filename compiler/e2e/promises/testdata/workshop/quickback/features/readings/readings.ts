import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';
import { machines } from '../machines/machines';

/** Wide: a hundred rows of it are far more values than one statement may bind. */
export const readings = sqliteTable('readings', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  machineId: text('machine_id').notNull().references(() => machines.id),
  sensor: text('sensor').notNull(),
  a: integer('a').notNull(),
  b: integer('b').notNull().default(0),
  c: integer('c'),
  d: integer('d'),
  e: integer('e'),
  f: integer('f'),
  g: integer('g'),
  h: integer('h'),
  i: integer('i'),
  j: integer('j'),
});

export default defineTable(readings, {
  firewall: { organization: {} },
  guards: { createable: ['machineId', 'sensor', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'], updatable: ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'] },
  crud: {
    list: { access: { roles: ['member+'] }, maxPageSize: 100 },
    get: { access: { roles: ['member+'] } },
    create: { access: { roles: ['member+'] } },
    update: { access: { roles: ['member+'], record: { b: { lessThanOrEqual: 5 } } } },
    delete: { access: { roles: ['member+'] } },
  },
  defaultSort: { field: 'a', order: 'asc' },
});
