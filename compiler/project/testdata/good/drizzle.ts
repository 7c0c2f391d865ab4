import { bigint, jsonb, pgTable, timestamp, uuid, varchar } from 'drizzle-orm/pg-core';
import { int, mysqlTable, varchar as mysqlVarchar } from 'drizzle-orm/mysql-core';
import { blob, integer, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineActions, defineResource, defineTable, type Row } from '@quickback/compiler';
import { eq } from 'drizzle-orm';
import { z } from 'zod';

const staff = ['clerk', 'owner'] as const;
const loose = ['clerk', 'owner'];

export const parcels = sqliteTable('parcels', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  ownerId: text('owner_id').notNull(),
  code: text('code').notNull(),
  state: text('state', { enum: ['packed', 'sent', 'lost'] }).notNull().default('packed'),
  size: text('size', { enum: ['small', 'large'] }),
  weight: real('weight'),
  count: integer('count').notNull().default(1),
  fragile: integer('fragile', { mode: 'boolean' }).notNull().default(false),
  sentAt: integer('sent_at', { mode: 'timestamp' }),
  track: text('track', { mode: 'json' }).$type<{ at: string }[]>(),
  serial: blob('serial', { mode: 'bigint' }),
  email: text('email'),
});

export default defineTable(parcels, {
  firewall: { organization: {}, owner: { mode: 'optional', roles: staff, column: 'owner_id' }, softDelete: {}, errorMode: 'hide' },
  guards: {
    createable: ['code', 'size', 'weight', 'fragile', 'email'],
    updatable: ['weight'],
    immutable: ['code'],
    protected: { state: ['send', 'lose'], sentAt: ['send'] },
  },
  masking: {
    email: { type: 'email', show: { roles: ['everyone'], or: 'owner' }, query: { roles: ['clerk'] } },
    code: { type: 'custom', mask: (value) => value.slice(0, 2) + '…' },
    size: { mask: 'redact' },
  },
  crud: {
    list: { access: { roles: loose, record: { state: 'sent', fragile: true, weight: { lessThan: 3.5 }, sentAt: { greaterThan: '2026-01-01T00:00:00.000Z' } } }, pageSize: 20, maxPageSize: 40, fields: ['id', 'createdAt'] },
    get: { access: (ctx, record) => ctx.roles.includes('clerk') || record.ownerId === ctx.userId },
    create: { access: { or: [{ roles: ['clerk+'] }, { and: [{ userRole: ['admin'] }, { record: { ownerId: '$ctx.userId' } }] }] }, defaults: { size: 'small', fragile: true } },
    update: { access: { roles: staff, record: { state: { in: ['packed', 'sent'], not: 'lost' }, size: { isNull: false }, count: { greaterThanOrEqual: 1 } } } },
    delete: { access: { roles: ['owner'] }, mode: 'hard' },
    batchCreate: { maxBatchSize: 10, allowAtomic: true },
    batchDelete: false,
  },
  views: { board: { fields: ['id', 'state', 'modifiedBy'], access: { roles: ['PUBLIC'] }, query: { filterable: ['state'], searchable: ['code'], sortable: ['createdAt'], defaultSort: '-createdAt' } } },
  validation: { code: { minLength: 2, maxLength: 20, pattern: /^[A-Z]+$/ }, email: { email: true }, count: { min: 1, max: 9 }, size: { enum: ['small'] } },
  unique: [{ columns: ['organizationId', 'code'] }],
  references: { ownerId: 'users' },
  displayColumn: 'code',
  defaultSort: { field: 'createdAt', order: 'desc' },
  inputHints: { state: 'radio', fragile: 'checkbox' },
  layouts: { main: { sections: [{ label: 'Parcel', fields: ['code', 'size'], columns: 2, collapsed: false }] } },
  realtime: { enabled: true, onDelete: false, requiredRoles: ['clerk'], fields: ['id', 'state'] },
  embeddings: { fields: ['code'], onUpdate: ['code'], metadata: ['state'] },
});

export const actions = defineActions(parcels, {
  send: {
    description: 'Send a parcel',
    input: z.object({ carrier: z.enum(['post', 'courier']), days: z.coerce.number().default(2) }),
    access: { roles: ['clerk'], record: { state: { equals: 'packed' } } },
    transition: { field: 'state', fromTo: { packed: ['sent'], sent: ['lost'] }, to: 'sent' },
    execute: async ({ db, record, input, ctx, c, whereTransition }) => {
      const carrier: 'post' | 'courier' = input.carrier;
      const days: number = input.days;
      const state: 'packed' | 'sent' | 'lost' = record.state;
      if (days > 30) return c.json({ error: `${carrier} ${state}` }, 400);
      await db.insert(parcels).values({ code: 'A', email: ctx.user.email });
      const rows = await db.update(parcels).set({ state: 'sent' }).where(whereTransition(parcels)).returning();
      const sent: string | undefined = rows[0]?.state;
      return { sent };
    },
  },
  lose: { description: 'Write a parcel off', access: { roles: ['owner'] }, handler: './handlers/lose' },
  census: {
    description: 'Count all parcels of all organizations',
    type: 'standalone',
    path: '/parcels/census',
    method: 'GET',
    access: { userRole: ['admin'] },
    unsafe: { reason: 'Support counts across organizations', crossTenant: true, targetScope: 'all' },
    cms: { label: 'Census', confirm: true, onSuccess: 'refresh' },
    execute: async ({ rawDb }) => ({ total: await rawDb.$count(parcels) }),
  },
});

export const crates = pgTable('crates', {
  id: uuid('id').primaryKey(),
  organizationId: varchar('organization_id').notNull(),
  label: varchar('label', { length: 20 }).notNull(),
  volume: bigint('volume', { mode: 'bigint' }),
  data: jsonb('data'),
  openedAt: timestamp('opened_at'),
});
export const crateResource = defineResource(crates, {
  firewall: [
    { field: 'organizationId', equals: 'ctx.activeOrgId' },
    { field: 'deletedAt', isNull: true },
    { field: 'label', in: ['a', 'b'] },
    { field: 'volume', greaterThan: 3 },
  ],
  firewallErrorMode: 'reveal',
  guards: false,
  read: { access: { roles: ['AUTHENTICATED'] }, views: { open: { fields: ['label', 'openedAt'], access: { roles: ['AUTHENTICATED'] } } }, defaultView: 'open', pageSize: 5 },
  put: { access: { roles: ['sync'] } },
  delete: { access: { roles: ['owner'] } },
});
export const crateActions = defineActions(crates, {
  open: {
    description: 'Open a crate',
    access: { roles: ['owner'] },
    execute: async ({ db, record }) => {
      const [opened] = await db.update(crates).set({ openedAt: new Date() }).where(eq(crates.id, record.id)).returning();
      return opened?.label satisfies string | undefined;
    },
  },
});

export const shelves = mysqlTable('shelves', { id: mysqlVarchar('id', { length: 40 }).primaryKey(), organizationId: mysqlVarchar('organization_id', { length: 40 }).notNull(), level: int('level').notNull() });
export const shelfResource = defineTable(shelves, { guards: { createable: ['level'] }, list: { access: { roles: ['clerk'], record: { level: { lessThan: 3 } } } } });

export const tableless = defineActions(null, {
  ping: { description: 'Answer', standalone: true, path: '/ping', access: { roles: ['PUBLIC'] }, execute: () => new Response('pong') },
});
export const byName = defineActions('parcels', { weigh: { description: 'Weigh', access: { roles: ['clerk'], record: { state: 'packed' } }, execute: async ({ record }) => record.weight } });

export const when: Row<typeof parcels>['createdAt'] = '2026-01-01T00:00:00.000Z';

// A table whose type is not known is checked by qbls alone.
declare const unknown: any;
export const untyped = defineTable(unknown, { guards: { createable: ['anything'] }, displayColumn: 'label', get: { access: { roles: ['clerk'], record: { state: 'x' } } } });
export const untypedActions = defineActions(unknown, { go: { description: 'Go', access: { roles: ['clerk'] }, execute: ({ record }) => record.anything } });
