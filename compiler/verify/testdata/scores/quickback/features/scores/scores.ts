import { defineTable } from '@quickback/compiler';
import { blob, integer, numeric, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Masks of the project's own, of which some keep some values; and times in every form that an integer has. */
export const scores = sqliteTable('scores', {
  id: text('id').primaryKey(),
  points: integer('points'),
  exact: real('exact'),
  rough: integer('rough'),
  phone: text('phone'),
  serial: blob('serial', { mode: 'bigint' }),
  digits: numeric('digits', { mode: 'bigint' }),
  seenAt: integer('seen_at', { mode: 'timestamp' }),
  leftAt: integer('left_at', { mode: 'timestamp_ms' }),
  startedAt: integer('started_at'),
  createdAt: integer('created_at'),
  modifiedAt: integer('modified_at'),
});

export default defineTable(scores, {
  firewall: { exception: true },
  guards: { createable: ['points', 'exact', 'rough', 'seenAt', 'leftAt', 'startedAt', 'phone', 'serial', 'digits'], updatable: ['points', 'exact', 'rough', 'seenAt', 'startedAt'] },
  masking: {
    points: { type: 'custom', mask: (v: number) => Math.round(v), show: { roles: ['admin'] } }, // every value of the column is whole
    exact: { type: 'custom', mask: (v: number) => Math.round(v), show: { roles: ['admin'] } },
    rough: { type: 'custom', mask: (v: number) => Math.round(v / 10) * 10, show: { or: 'owner' } },
    phone: { type: 'phone' },
    seenAt: { type: 'custom', mask: (v: Date) => v.getFullYear(), show: { or: 'owner' } },
    leftAt: { type: 'redact', show: { or: 'owner' } },
    startedAt: { type: 'redact', show: { or: 'owner' } },
  },
  crud: {
    list: { access: { roles: ['AUTHENTICATED'] } },
    get: { access: { roles: ['PUBLIC'] } },
    create: { access: { roles: ['AUTHENTICATED'] } },
    update: { access: { roles: ['AUTHENTICATED'] } },
    delete: { access: { roles: ['AUTHENTICATED'] } },
  },
});
