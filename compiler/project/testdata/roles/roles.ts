import { defineTable, q } from '@quickback/types';

declare module '@quickback/compiler' {
  interface Register {
    roles: 'clerk' | 'owner';
    dialect: 'pg';
  }
}

const notes = q.table('notes', { id: q.id(), body: q.text() });
export const known = defineTable(notes, { list: { access: { roles: ['clerk', 'clerk+', 'PUBLIC'] } } });
// @ts-expect-error no such role
export const unknown = defineTable(notes, { list: { access: { roles: ['clark'] } } });
// @ts-expect-error no such role in a mask
export const masked = defineTable(notes, { masking: { body: { type: 'name', show: { roles: ['boss'] } } } });
// With the dialect, tables written with q are those of PostgreSQL.
export const dialect: 'pg' = notes._.config.dialect;
