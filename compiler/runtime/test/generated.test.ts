// Columns that the database computes: answered like others, written by nobody.
import { expect, test } from 'bun:test';
import { sql } from 'drizzle-orm';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { app as options } from '../app/app.ts';
import { ActionError } from '../lib/definition.ts';
import { resource } from '../lib/resource.ts';
import { action } from '../lib/action.ts';
import { put } from '../lib/put.ts';
import { get, list } from '../lib/read.ts';
import { routes } from './routes.ts';
import { create, update } from '../lib/write.ts';
import { backendOf } from './backend.ts';

const boxes = sqliteTable('boxes', {
  id: text('id').primaryKey(), side: integer('side').notNull(), name: text('name'),
  area: integer('area').notNull().generatedAlwaysAs(sql`side * side`), label: text('label').generatedAlwaysAs(sql`name || ':' || side`, { mode: 'stored' }),
});
const anybody = { roles: ['PUBLIC'] } as const;
const policy = resource(boxes)({
  name: 'boxes', rows: 'unscoped', audit: false, id: { generate: false }, write: 'open', delete: 'hard', list: { filterable: ['area'], sortable: ['area'] },
  access: { list: anybody, get: anybody, create: anybody, update: anybody, put: anybody }, actions: { forge: { access: anybody, method: 'POST' } },
});

test('a generated column is computed, shown, filtered by, and refused in every body', async () => {
  const forge = { execute: async ({ db }: { db: any }) => { // any: the type of the table refuses it already
    await db.update(boxes).set({ area: 1 }).where(sql`1=1`);
    throw new ActionError('not refused', 'NOT_REFUSED', 418);
  } };
  const backend = backendOf({ ...options, schema: { ...options.schema, boxes }, resources: [...options.resources, policy], routes: new Map([['boxes',
    routes(policy).get('/', list).post('/', create).get('/:id', get).patch('/:id', update).put('/:id', put).post('/:id/forge', action('forge', { run: forge })).list,
  ]]) });
  const call = async (method: string, path: string, body?: unknown) => {
    const answer = await backend.call(method, `/api/v1/boxes${path}`, body === undefined ? {} : { body });
    return [answer.status, await answer.json()] as const;
  };
  const box = { id: 'a', side: 3, name: 'A', area: 9, label: 'A:3' };
  expect(await call('POST', '', { id: 'a', side: 3, name: 'A' })).toEqual([201, { data: box }]);
  expect(await call('PATCH', '/a', { side: 4 })).toEqual([200, { data: { ...box, side: 4, area: 16, label: 'A:4' } }]);
  expect(await call('PUT', '/a', { side: 5 })).toEqual([200, { data: { ...box, side: 5, name: null, area: 25, label: null } }]);
  expect(await call('PUT', '/b', { side: 1, name: 'B' })).toEqual([201, { data: { id: 'b', side: 1, name: 'B', area: 1, label: 'B:1' } }]);
  for (const [method, path, body] of [['POST', '', { id: 'c', side: 1 }], ['PATCH', '/a', {}], ['PUT', '/a', { side: 1 }]] as const) {
    const [status, answer] = await call(method, path, { ...body, area: 1 });
    expect([status, answer.code, answer.details.fields]).toEqual([400, 'GUARD_SYSTEM_MANAGED', ['area']]);
  }
  expect((await call('GET', '?area=25'))[1].data.map((row: { id: string }) => row.id)).toEqual(['a']);
  expect((await call('POST', '/a/forge', {}))[0]).toBe(500);
  expect(String(backend.log.at(-1)?.error)).toContain('column area of boxes is computed by the database');
});
