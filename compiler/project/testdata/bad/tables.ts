// Every marked line is a mistake that TypeScript must see by the types alone.
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { int, mysqlTable, varchar } from 'drizzle-orm/mysql-core';
import { pgTable, uuid } from 'drizzle-orm/pg-core';
import { defineTable } from '@quickback/compiler';

const parcels = sqliteTable('parcels', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  code: text('code').notNull(),
  state: text('state', { enum: ['packed', 'sent'] }).notNull(),
  count: integer('count').notNull(),
  fragile: integer('fragile', { mode: 'boolean' }),
});
const access = { roles: ['clerk'] };

export const guards = defineTable(parcels, {
  guards: {
    // @ts-expect-error no such column
    createable: ['code', 'cod'],
    // @ts-expect-error no such column
    updatable: ['states'],
    // @ts-expect-error no such column
    immutable: ['codes'],
    // @ts-expect-error no such column
    protected: { staet: ['send'] },
  },
});
export const injected = defineTable(parcels, {
  guards: {
    // @ts-expect-error the system writes it
    createable: ['createdAt'],
    // @ts-expect-error no such column in a list
    protected: ['nothing'],
  },
});
export const keys = defineTable(parcels, {
  // @ts-expect-error misspelt key of guards
  guards: { creatable: ['code'] },
  // @ts-expect-error not a way to answer
  firewallErrorMode: 'silent',
  // @ts-expect-error no such operation
  crud: { patch: { access } },
  // @ts-expect-error no key of an operation
  list: { acess: access },
  // @ts-expect-error no key of an access rule
  get: { access: { role: ['clerk'] } },
  // @ts-expect-error a list of roles
  update: { access: { roles: 'clerk' } },
  // @ts-expect-error no way to delete
  delete: { access, mode: 'soft-ish' },
  // @ts-expect-error only false switches off
  batchDelete: true,
  // @ts-expect-error a number
  batchCreate: { maxBatchSize: '10' },
  // @ts-expect-error no such column
  defaultSort: { field: 'codes' },
  // @ts-expect-error no such column
  displayColumn: 'title',
  // @ts-expect-error no such column
  unique: [{ columns: ['organisationId'] }],
  // @ts-expect-error no such column
  references: { ownerId: 'users' },
  // @ts-expect-error no such hint
  inputHints: { code: 'textara' },
});
export const orders = defineTable(parcels, {
  // @ts-expect-error not an order
  defaultSort: { field: 'code', order: 'descending' },
  // @ts-expect-error no such column
  layouts: { main: { sections: [{ label: 'A', fields: ['title'] }] } },
  // @ts-expect-error no such column
  realtime: { fields: ['title'] },
  // @ts-expect-error no such column
  embeddings: { fields: ['title'] },
  // @ts-expect-error no such column
  create: { access, defaults: { title: 'x' } },
  // @ts-expect-error no such column
  read: { access, fields: ['title'] },
});
export const rows = defineTable(parcels, {
  // @ts-expect-error no such scope
  firewall: { organisation: {} },
  crud: {
    // @ts-expect-error no such column
    list: { access: { record: { status: 'sent' } } },
    // @ts-expect-error no such operator
    get: { access: { record: { state: { equal: 'sent' } } } },
    // @ts-expect-error not a value of the column
    update: { access: { record: { state: { equals: 'lost' } } } },
    // @ts-expect-error not a value of the column, in a list
    delete: { access: { record: { state: { in: ['packed', 'lost'] } } } },
    // @ts-expect-error a number is no text
    create: { access: { record: { code: 7 } } },
    // @ts-expect-error nested in or and and
    put: { access: { or: [{ and: [{ record: { count: { lessThan: 'seven' } } }] }] } },
    // @ts-expect-error a boolean
    batchUpdate: { access: { record: { fragile: 'yes' } } },
    // @ts-expect-error no such value of the caller
    batchCreate: { access: { record: { state: '$ctx.userID' } } },
    // @ts-expect-error isNull takes a boolean
    batchUpsert: { access: { record: { code: { isNull: 'no' } } } },
  },
});
// @ts-expect-error no such column in a predicate
export const predicate = defineTable(parcels, { firewall: [{ field: 'orgId', equals: 'ctx.activeOrgId' }] });
// @ts-expect-error not a value of the column in a predicate
export const predicateValue = defineTable(parcels, { firewall: [{ field: 'state', equals: 'lost' }] });
// @ts-expect-error no such mode
export const ownerMode = defineTable(parcels, { firewall: { owner: { mode: 'maybe' } } });
// @ts-expect-error the row has no such column
export const functionAccess = defineTable(parcels, { get: { access: (ctx, record) => record.owner === ctx.userId } });
// @ts-expect-error true or false
export const functionResult = defineTable(parcels, { get: { access: (ctx) => ctx.roles.length } });

export const masks = defineTable(parcels, {
  masking: {
    // @ts-expect-error no such mask
    code: { type: 'emial' },
    // @ts-expect-error a custom mask needs a function
    state: { type: 'custom' },
    // @ts-expect-error only the owner
    id: { type: 'redact', show: { or: 'creator' } },
    // @ts-expect-error a number has no slice
    count: { type: 'custom', mask: (value) => value.slice(1) },
  },
});
export const views = defineTable(parcels, {
  views: {
    // @ts-expect-error no such column
    a: { fields: ['id', 'title'], access },
    // @ts-expect-error a view needs access
    b: { fields: ['id'] },
    // @ts-expect-error no such column
    c: { fields: ['id'], access, query: { sortable: ['title'] } },
    // @ts-expect-error no such column
    d: { fields: ['id'], access, query: { defaultSort: '-title' } },
  },
});
export const validation = defineTable(parcels, {
  validation: {
    // @ts-expect-error no such rule
    code: { minlength: 1 },
    // @ts-expect-error a number has no length
    count: { maxLength: 1 },
    // @ts-expect-error not a value of the column
    state: { enum: ['lost'] },
  },
});

// Of several mistakes in one object, TypeScript tells keys too many last: these stand alone.
// @ts-expect-error misspelt
export const alone1 = defineTable(parcels, { gaurds: {} });
// @ts-expect-error no such column
export const alone2 = defineTable(parcels, { masking: { email: { type: 'email' } } });
// @ts-expect-error no such column
export const alone3 = defineTable(parcels, { validation: { title: { minLength: 1 } } });

const crates = pgTable('crates', { id: uuid('id').primaryKey() });
// @ts-expect-error no such column of a PostgreSQL table
export const pg = defineTable(crates, { guards: { createable: ['label'] } });
const shelves = mysqlTable('shelves', { id: varchar('id', { length: 9 }).primaryKey(), level: int('level') });
// @ts-expect-error no such column of a MySQL table
export const mysql = defineTable(shelves, { guards: { createable: ['lvl'] } });
// @ts-expect-error a table, not its name
export const named = defineTable('shelves', {});
