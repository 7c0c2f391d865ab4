// What answers must not tell beside the answer: labels, errors, orders.
import { expect, test } from 'bun:test';
import { real, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { resource } from '../lib/resource.ts';
import { action } from '../lib/action.ts';
import { batchCreate } from '../lib/batch.ts';
import { batchPut } from '../lib/put.ts';
import { get, list } from '../lib/read.ts';
import type { Runtime } from '../lib/routes.ts';
import { routes } from './routes.ts';
import { create } from '../lib/write.ts';
import { backend, nobody, user } from './harness.ts';

const anyone = { roles: ['PUBLIC'] } as const, members = { roles: ['member'] } as const;
const member = user(['member']), other = user(['member'], { activeOrgId: 'org-b', userId: 'user-b' });
const scoped = () => ({ id: text('id').primaryKey(), organizationId: text('organization_id').notNull(), name: text('name').notNull(), secret: text('secret'), rate: real('rate') });
const rows = { organizationId: { equals: '$ctx.activeOrgId' } } as const;

test('a label is a column that reading the target would show', async () => {
  const target = (fields: readonly ('id' | 'name')[] | undefined) => resource(sqliteTable('people', scoped()))({
    name: 'people', rows, access: { list: anyone }, label: 'name', ...(fields ? { list: { fields: fields as ['id'] } } : {}),
  });
  const columns = sqliteTable('notes', { id: text('id').primaryKey(), organizationId: text('organization_id').notNull(), personId: text('person_id') });
  const notes = resource(columns)({ name: 'notes', rows, access: { list: anyone }, references: { personId: 'people' } });
  for (const [fields, shown] of [[undefined, 'Ada'], [['id', 'name'], 'Ada'], [['id'], undefined]] as const) {
    const b = await backend([target(fields), notes], { notes: (rt: Runtime) => routes(notes, rt).get('/', list) });
    await b.rows(`insert into people (id, organization_id, name) values ('p', 'org-a', 'Ada')`);
    await b.rows(`insert into notes values ('n', 'org-a', 'p')`);
    for (const ctx of [member, nobody]) expect((await b.as(ctx)('GET', '/notes?organizationId=org-a'.slice(0, ctx === nobody ? undefined : 6))).body.data[0].person_label).toBe(shown as string);
  }
});

test('an atomic batch tells of a row out of reach what any batch tells', async () => {
  const r = resource(sqliteTable('people', scoped()))({ name: 'people', rows, id: { generate: false }, write: 'open', access: { put: members, get: members }, batch: { put: { max: 3 } } });
  const b = await backend([r], { people: (rt: Runtime) => routes(r, rt).put('/batch', batchPut).get('/:id', get) });
  await b.as(member)('PUT', '/people/batch', { records: [{ id: 'mine', name: 'A' }] });
  const reply = await b.as(other)('PUT', '/people/batch', { records: [{ id: 'new', name: 'N' }, { id: 'mine', name: 'stolen' }], options: { atomic: true } });
  expect([reply.status, reply.body.details]).toEqual([400, { failedAt: 1, reason: { error: 'Not found', layer: 'firewall', code: 'NOT_FOUND', details: { id: 'mine' } } }]);
  expect(await b.rows('select id, name, organization_id as org from people')).toEqual([{ id: 'mine', name: 'A', org: 'org-a' }]);
});

test('a number is one that JSON can say again', async () => {
  const r = resource(sqliteTable('people', scoped()))({ name: 'people', rows, id: { generate: 'uuid' }, write: 'open', access: { create: members } });
  const b = await backend([r], { people: (rt: Runtime) => routes(r, rt).post('/', create) });
  for (const rate of ['1e400', '-1e400']) expect((await b.as(member)('POST', '/people', `{ "name": "A", "rate": ${rate} }`)).body.details.fields).toEqual({ rate: 'must be a number' });
  expect((await b.as(member)('POST', '/people', '{ "name": "A", "rate": 1e300 }')).body.data.rate).toBe(1e300);
});

test('a sort key has one direction', async () => {
  const r = resource(sqliteTable('people', scoped()))({ name: 'people', rows, access: { list: members } });
  const b = await backend([r], { people: (rt: Runtime) => routes(r, rt).get('/', list) });
  expect((await b.as(member)('GET', '/people?sort=name:desc')).status).toBe(200);
  for (const sort of ['name:desc:asc', 'name:', 'name::', 'name:up']) expect((await b.as(member)('GET', `/people?sort=${sort}`)).body).toMatchObject({ code: 'QUERY_INVALID', details: { parameter: 'sort' } });
});

test('why an action is refused names no value that answers leave out', async () => {
  const policy = { name: 'people', rows, access: { get: members }, actions: { go: { access: { all: [members, { where: { secret: { equals: 'open' } } }] } } } } as const;
  for (const fields of [['id', 'secret'], ['id']] as const) {
    const r = resource(sqliteTable('people', scoped()))({ ...policy, get: { fields: fields as unknown as ['id'] } });
    const b = await backend([r], { people: (rt: Runtime) => routes(r, rt).post('/:id/go', action('go', { run: { execute: () => 1 } })) });
    await b.rows(`insert into people (id, organization_id, name, secret) values ('p', 'org-a', 'Ada', 'hush')`);
    const { body } = await b.as(member)('POST', '/people/p/go', {});
    expect([body.code, body.details]).toEqual(['ACCESS_ACTION_NOT_ALLOWED_FOR_STATE', { action: 'go', field: 'secret', ...(fields.length > 1 ? { current: 'hush' } : {}) }]);
  }
});

test('a pattern counts characters, and may be written as older ones are', async () => {
  const values = { name: { pattern: '^[\\w\\-]\\-.$' } } as const;
  const r = resource(sqliteTable('people', scoped()))({ name: 'people', rows, id: { generate: 'uuid' }, write: 'open', access: { create: members }, values: { ...values, secret: { pattern: '^.$' } } });
  const b = await backend([r], { people: (rt: Runtime) => routes(r, rt).post('/', create) });
  expect((await b.as(member)('POST', '/people', { name: '--x', secret: '😀' })).status).toBe(201);
  expect((await b.as(member)('POST', '/people', { name: 'x', secret: 'ab' })).body.details.fields).toEqual({ name: expect.any(String), secret: expect.any(String) });
});

test('JSON that could not be answered again is not stored', async () => {
  const columns = sqliteTable('things', { id: text('id').primaryKey(), data: text('data', { mode: 'json' }) });
  const r = resource(columns)({ name: 'things', rows: 'unscoped', id: { generate: 'uuid' }, write: 'open', access: { create: members, list: members }, batch: { create: { max: 3 } } });
  const b = await backend([r], { things: (rt: Runtime) => routes(r, rt).post('/', create).post('/batch', batchCreate).get('/', list) });
  const post = async (data: string) => b.as(member)('POST', '/things', `{ "data": ${data} }`);
  const nested = (levels: number, [left, right]: readonly [string, string]) => left.repeat(levels) + '1' + right.repeat(levels);
  for (const pair of [['[', ']'], ['{"a":', '}']] as const) {
    expect((await post(nested(199, pair))).status).toBe(201);
    for (const levels of [201, 40_000]) expect((await post(nested(levels, pair))).body).toMatchObject({ code: 'INVALID_JSON', error: 'The body is nested too deeply' });
    expect((await b.as(member)('POST', '/things/batch', `{ "records": [{ "data": ${nested(40_000, pair)} }] }`)).body.code).toBe('INVALID_JSON');
  }
  expect((await post('[1, { "a": 1e400 }]')).body.code).toBe('VALIDATION_FAILED');
  expect((await b.as(member)('GET', '/things')).body.data).toHaveLength(2);
});
