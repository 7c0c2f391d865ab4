// Forms of policy that the golden app does not use, and policies that must not load.
import { describe, expect, test } from 'bun:test';
import { sql } from 'drizzle-orm';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type { AnyContext, CodeContext } from '../lib/context.ts';
import { newId } from '../lib/ids.ts';
import type { Policy } from '../lib/policy.ts';
import { resource, type Resource } from '../lib/resource.ts';
import { batchCreate, batchDelete } from '../lib/batch.ts';
import { batchPut, put } from '../lib/put.ts';
import { get, list, view } from '../lib/read.ts';
import { routes, type Routes } from './routes.ts';
import { registryOf, type Runtime } from '../lib/routes.ts';
import { views } from '../lib/views.ts';
import { create, remove, update } from '../lib/write.ts';
import { backend, nobody, user, without } from './harness.ts';

const audit = () => ({
  createdAt: text('created_at').notNull(), createdBy: text('created_by'), modifiedAt: text('modified_at').notNull(), modifiedBy: text('modified_by'),
});
const table = () => sqliteTable('items', {
  id: text('id').primaryKey(), organizationId: text('organization_id').notNull(), name: text('name').notNull(), kind: text('kind'), parentId: text('parent_id'), rank: integer('rank').default(7),
  slug: text('slug').$defaultFn(() => 'made'), seen: text('seen').$onUpdateFn(() => 'touched'), at: text('at'), ...audit(), deletedAt: text('deleted_at'), deletedBy: text('deleted_by'),
});
interface ItemsRow {
  id: string; organizationId: string; name: string; kind: string | null; parentId: string | null; rank: number | null; slug: string | null; seen: string | null; at: string | null;
  createdAt: string; createdBy: string | null; modifiedAt: string; modifiedBy: string | null; deletedAt: string | null; deletedBy: string | null;
}
const rows = { organizationId: { equals: '$ctx.activeOrgId' }, deletedAt: { isNull: true } } as const;
const member = user(['member']), other = user(['member'], { activeOrgId: 'org-b', userId: 'user-b' });
async function running(r: Resource, mount: (r: Routes) => Routes) {
  return backend([r], { items: (rt: Runtime) => mount(routes(r, rt)) });
}
const open = { roles: ['member'] } as const;

describe('put', () => {
  const r = resource(table())({
    name: 'items', rows, id: { generate: false }, delete: 'soft', write: 'open',
    access: { get: open, put: open, create: open, update: open, delete: open }, batch: { put: { max: 3 } },
  });
  const make = () => running(r, (x) => x.get('/:id', get).put('/:id', put).post('/', create).patch('/:id', update).delete('/:id', remove).put('/batch', batchPut));

  test('creates with the id of the path, then replaces: what is absent goes to its default or null', async () => {
    const b = await make();
    const first = await b.as(member)('PUT', '/items/ext-1', { name: 'A', kind: 'k', rank: 1 });
    expect([first.status, first.body.data]).toMatchObject([201, { id: 'ext-1', organizationId: 'org-a', name: 'A', kind: 'k', rank: 1, slug: 'made', createdBy: 'user-member', seen: 'touched' }]);
    const second = await b.as(user(['member'], { userId: 'u2' }))('PUT', '/items/ext-1', { id: 'ext-1', name: 'B' });
    expect([second.status, second.body.data]).toMatchObject([200, { name: 'B', kind: null, rank: 7, createdBy: 'user-member', modifiedBy: 'u2', seen: 'touched' }]);
    expect(second.body.data.createdAt).toBe(first.body.data.createdAt);
  });

  test('the id of another tenant, and a deleted one, answer as rows out of reach', async () => {
    const b = await make();
    await b.as(member)('PUT', '/items/ext-1', { name: 'A' });
    expect((await b.as(other)('PUT', '/items/ext-1', { name: 'stolen' })).body.code).toBe('FIREWALL_NOT_FOUND');
    expect((await b.as(other)('PUT', '/items/batch', { records: [{ id: 'ext-1', name: 'stolen' }] })).body.errors[0].error.code).toBe('NOT_FOUND');
    expect(await b.rows('select name, organization_id from items')).toEqual([{ name: 'A', organization_id: 'org-a' }]);
    await b.as(member)('DELETE', '/items/ext-1');
    expect((await b.as(member)('PUT', '/items/ext-1', { name: 'again' })).body.code).toBe('FIREWALL_NOT_FOUND');
  });

  test('system fields stay closed, the id stays what the path says, and required fields are required', async () => {
    const b = await make();
    expect((await b.as(member)('PUT', '/items/x', { name: 'A', createdBy: 'me' })).body.code).toBe('GUARD_SYSTEM_MANAGED');
    expect((await b.as(member)('PUT', '/items/x', { name: 'A', organizationId: 'org-b' })).body.code).toBe('GUARD_SYSTEM_MANAGED');
    expect((await b.as(member)('PUT', '/items/x', { name: 'A', id: 'y' })).body).toMatchObject({ code: 'GUARD_FIELD_IMMUTABLE', details: { fields: ['id'] } });
    expect((await b.as(member)('PUT', '/items/x', { kind: 'A' })).body.details.fields).toEqual({ name: 'is required' });
    expect((await b.as(member)('PUT', '/items/x', { name: 'A', nope: 1 })).body).toMatchObject({ code: 'GUARD_FIELD_NOT_CREATEABLE', details: { fields: ['nope'] } });
  });

  test('a client names the id on create and never changes it', async () => {
    const b = await make();
    expect((await b.as(member)('POST', '/items', { name: 'A' })).body.details.fields).toEqual({ id: 'is required' });
    expect((await b.as(member)('POST', '/items', { id: 'mine', name: 'A' })).body.data.id).toBe('mine');
    expect((await b.as(member)('POST', '/items', { id: 'mine', name: 'A' })).body).toMatchObject({ code: 'UNIQUE_VIOLATION', details: { fields: ['id'] } });
    expect((await b.as(member)('PATCH', '/items/mine', { id: 'other' })).body.code).toBe('GUARD_FIELD_IMMUTABLE');
  });

  test('in batches', async () => {
    const b = await make();
    await b.as(member)('PUT', '/items/a', { name: 'A', kind: 'k' });
    const reply = await b.as(member)('PUT', '/items/batch', { records: [{ id: 'a', name: 'A2' }, { id: 'b', name: 'B' }, { id: 'c' }] });
    expect([reply.status, reply.body.meta.succeeded]).toEqual([207, 2]);
    expect(await b.rows('select id, name, kind from items order by id')).toEqual([{ id: 'a', name: 'A2', kind: null }, { id: 'b', name: 'B', kind: null }]);
    expect((await b.as(member)('PUT', '/items/batch', { records: [{ name: 'B' }] })).body.code).toBe('BATCH_MISSING_IDS');
  });
});

describe('access by code', () => {
  const seen: unknown[] = [];
  const orgs = new Set<unknown>();
  const check = (ctx: CodeContext, record: ItemsRow | undefined) => { seen.push(record?.name); orgs.add(ctx.orgId === ctx.activeOrgId && ctx.orgId); return record === undefined ? ctx.userId !== 'user-b' : Promise.resolve(record.name === 'yes'); };
  const r = resource(table())({
    name: 'items', rows: { deletedAt: { isNull: true } }, id: { generate: 'uuid' }, delete: 'soft', write: 'open',
    access: { list: { check }, get: { any: [{ roles: ['owner'] }, { check }] }, create: { check }, update: { all: [{ roles: ['member'] }, { check }] } },
  });

  test('runs with the row where there is one, and its answer is taken literally', async () => {
    const b = await running(r, (x) => x.get('/', list).get('/:id', get).post('/', create).patch('/:id', update));
    const post = await b.as(member)('POST', '/items', { organizationId: 'any', name: 'yes' });
    expect(post.status).toBe(201);
    const no = (await b.as(member)('POST', '/items', { organizationId: 'any', name: 'no' })).body.data.id;
    expect((await b.as(other)('POST', '/items', { organizationId: 'any', name: 'no' })).body.code).toBe('ACCESS_CONDITION_FAILED');
    expect(seen).toEqual([undefined, undefined, undefined]);
    expect([...orgs]).toEqual([member.activeOrgId, other.activeOrgId]);
    expect((await b.as(member)('GET', `/items/${post.body.data.id}`)).status).toBe(200);
    expect((await b.as(member)('GET', `/items/${no}`)).body.code).toBe('ACCESS_CONDITION_FAILED');
    expect((await b.as(user(['owner']))('GET', `/items/${no}`)).status).toBe(200);
    expect((await b.as(member)('GET', '/items')).body.data).toHaveLength(2);
    expect((await b.as(other)('GET', '/items')).body.data).toEqual([]);
    expect((await b.as(member)('PATCH', `/items/${no}`, { kind: 'x' })).body.code).toBe('ACCESS_CONDITION_FAILED');
    expect((await b.as(nobody)('GET', '/items')).status).toBe(401);
  });

  test('a truthy answer that is not true admits nobody', async () => {
    const truthy = (() => 'yes') as unknown as () => boolean;
    const loose = resource(table())({ name: 'items', rows: 'unscoped', access: { list: { check: truthy }, get: { check: truthy } } });
    const b = await running(loose, (x) => x.get('/', list).get('/:id', get));
    await b.rows(`insert into items (id, organization_id, name, created_at, modified_at) values ('1', 'o', 'n', '', '')`);
    expect((await b.as(member)('GET', '/items')).body.data).toEqual([]);
    expect((await b.as(member)('GET', '/items/1')).body.code).toBe('ACCESS_CONDITION_FAILED');
  });
});

describe('roles', () => {
  test('platform roles, AUTHENTICATED and several roles in one string', async () => {
    const r = resource(table())({ name: 'items', rows: 'unscoped', access: { list: { userRole: ['admin'] }, get: { roles: ['AUTHENTICATED'] } } });
    const b = await running(r, (x) => x.get('/', list).get('/:id', get));
    expect((await b.as(member)('GET', '/items')).body).toMatchObject({ layer: 'access', code: 'ACCESS_ADMIN_REQUIRED' });
    expect((await b.as(user([], { userRole: 'support, admin' }))('GET', '/items')).status).toBe(200);
    expect((await b.as(user(['admin']))('GET', '/items')).status).toBe(403); // a role in an organisation is no platform role
    expect((await b.as(user([]))('GET', '/items')).body.code).toBe('ACCESS_ADMIN_REQUIRED'); // the same roles as the admin before
    expect((await b.as({ ...nobody, userRole: 'admin' })('GET', '/items')).status).toBe(401);
    expect((await b.as(user([]))('GET', '/items/none')).body.code).toBe('FIREWALL_NOT_FOUND');
    expect((await b.as(nobody)('GET', '/items/none')).status).toBe(401);
  });

  test('a platform admin passes no rule that does not name them', async () => {
    const r = resource(table())({ name: 'items', rows, access: { list: { roles: ['owner'] } } });
    const b = await running(r, (x) => x.get('/', list));
    expect((await b.as(user(['member'], { userRole: 'admin' }))('GET', '/items')).body.code).toBe('ACCESS_ROLE_REQUIRED');
  });
});

describe('strangers', () => {
  const where = { where: { kind: { equals: 'tool' } } } as const, everybody = { roles: ['PUBLIC'] } as const, also = { where: { name: { equals: 'A' } } } as const;
  const reads = async (access: Policy<ItemsRow>['access'] & { list: object }, ctx: AnyContext = nobody) => {
    const r = resource(table())({ name: 'items', rows, id: { generate: 'uuid' }, delete: 'soft', access: access as { list: typeof open } });
    const b = await running(r, (x) => x.get('/', list));
    for (const [id, name, kind] of [['1', 'A', 'tool'], ['2', 'B', 'tool'], ['3', 'A', null]]) {
      await b.rows(`insert into items (id, organization_id, name, kind, created_at, modified_at) values (?, 'org-a', ?, ?, '', '')`, id, name, kind);
    }
    const reply = await b.as(ctx)('GET', '/items?organizationId=org-a&sort=name');
    return reply.body.code ?? reply.body.data.map((row: ItemsRow) => row.id).sort().join();
  };

  test('meet conditions only beside PUBLIC, however deep', async () => {
    expect(await reads({ list: { all: [everybody, where] } })).toBe('1,2');
    expect(await reads({ list: { all: [{ any: [open, everybody] }, where] } })).toBe('1,2');
    expect(await reads({ list: { all: [{ all: [everybody, also] }, where] } })).toBe('1');
    expect(await reads({ list: { any: [{ all: [everybody, also] }, where] } })).toBe('1,3');
    expect(await reads({ list: { all: [{ any: [{ all: [everybody, also] }, where] }, where] } })).toBe('AUTH_MISSING');
    for (const list of [where, { any: [open, where] }, { all: [open, where] }, { all: [where, also] }] as const) expect(await reads({ list })).toBe('AUTH_MISSING');
  });

  test('and members of nothing are strangers where the request names an organisation', async () => {
    const homeless = without(user([]), 'activeOrgId');
    expect(await reads({ list: { all: [everybody, where] } }, homeless)).toBe('1,2');
    for (const list of [open, { roles: ['AUTHENTICATED'] }, { any: [open, where] }] as const) expect(await reads({ list }, homeless)).toBe('ACCESS_NO_ORG');
    const r = resource(table())({ name: 'items', rows, id: { generate: 'uuid' }, access: { list: everybody, create: everybody }, write: { create: ['name'] } });
    const b = await running(r, (x) => x.get('/', list).post('/', create));
    expect((await b.as(homeless)('GET', '/items')).body.code).toBe('ACCESS_NO_ORG');
    expect((await b.as(homeless)('POST', '/items?organizationId=org-a', { name: 'A' })).status).toBe(201);
    expect(await b.rows('select organization_id, created_by from items')).toEqual([{ organization_id: 'org-a', created_by: null }]);
    expect(Object.keys((await b.as(homeless)('GET', '/items?organizationId=org-a')).body.data[0])).not.toContain('createdBy');
    expect((await b.as(member)('GET', '/items?organizationId=org-b')).body.data).toEqual([]);
  });
});

describe('what the context has not', () => {
  test('a scope without its value refuses reading and writing', async () => {
    const r = resource(table())({ name: 'items', rows: { parentId: { equals: '$ctx.activeTeamId' } }, id: { generate: 'uuid' }, write: { create: ['name', 'organizationId'] }, access: { list: open, create: open, get: open } });
    const b = await running(r, (x) => x.get('/', list).get('/:id', get).post('/', create));
    for (const [method, path, body] of [['GET', '/items', undefined], ['GET', '/items/x', undefined], ['POST', '/items', { name: 'A', organizationId: 'o' }]] as const) {
      const reply = await b.as(member)(method, path, body);
      expect([path, reply.status, reply.body.code, reply.body.details]).toEqual([path, 403, 'ACCESS_NO_ORG', { missing: 'activeTeamId' }]);
    }
    expect((await b.as(user(['member'], { activeTeamId: 't1' }))('POST', '/items', { name: 'A', organizationId: 'o' })).body.data.parentId).toBe('t1');
  });
});

describe('lists', () => {
  const base = { name: 'items', rows, id: { generate: 'nanoid' }, write: 'open' } as const;
  test('fields narrow every answer and what can be asked; opt-ins are allow-lists with their operators', async () => {
    const r = resource(table())({
      ...base, access: { list: open, get: open, create: open },
      list: { fields: ['id', 'name'], filterable: { name: ['eq', 'like'], kind: true }, searchable: ['kind'], sortable: ['name'] }, get: { fields: ['id', 'name', 'kind'] },
    });
    const b = await running(r, (x) => x.get('/', list).get('/:id', get).post('/', create));
    const made = await b.as(member)('POST', '/items', { name: 'A', kind: 'tool' });
    expect(Object.keys(made.body.data)).toEqual(['id', 'name', 'kind']);
    expect(Object.keys((await b.as(member)('GET', `/items/${made.body.data.id}?fields=rank,kind`)).body)).toEqual(['kind']);
    const ask = async (query: string) => { const reply = await b.as(member)('GET', `/items?${query}`); return reply.status === 200 ? reply.body.data.length : reply.body.code; };
    expect(Object.keys((await b.as(member)('GET', '/items?fields=kind,name')).body.data[0])).toEqual(['name']);
    expect([await ask('name=A'), await ask('name.like=a'), await ask('kind.in=tool'), await ask('search=too'), await ask('sort=-name'), await ask('sort=createdAt'), await ask('createdAt.gt=2020-01-01')]).toEqual([1, 1, 1, 1, 1, 1, 1]);
    for (const query of ['name.gt=A', 'rank=7', 'rank.isNull=true', 'sort=kind', 'createdBy=x']) expect([query, await ask(query)]).toEqual([query, 'QUERY_INVALID']);
    expect(await ask('search=A')).toBe(0);
  });

  test('without opt-ins a narrowed list can not be asked about the rest', async () => {
    const r = resource(table())({ ...base, access: { list: open }, list: { fields: ['id', 'name'] } });
    const b = await running(r, (x) => x.get('/', list));
    expect((await b.as(member)('GET', '/items?kind=x')).body.code).toBe('QUERY_INVALID');
    expect((await b.as(member)('GET', '/items?sort=kind')).body.code).toBe('QUERY_INVALID');
    expect((await b.as(member)('GET', '/items?sort=-modifiedAt')).status).toBe(200);
  });

  test('neither a view nor a caller without a session reaches beyond by an opt-in', async () => {
    const r = resource(table())({
      ...base, access: { list: { roles: ['PUBLIC'] } }, list: { filterable: ['createdBy', 'name'], sortable: ['organizationId'] },
      views: { board: { fields: ['id', 'name'], access: open, query: { filterable: ['name', 'kind'], sortable: ['kind'], searchable: ['kind'] } } },
    });
    const b = await running(r, (x) => x.get('/', list));
    await b.rows(`insert into items (id, organization_id, name, kind, created_by, created_at, modified_at) values ('1', 'org-a', 'n', 'secret', 'u', '', '')`);
    const code = async (ctx: Parameters<typeof b.as>[0], query: string) => (await b.as(ctx)('GET', `/items?${query}`)).body.code;
    expect([await code(member, 'view=board&kind=secret'), await code(member, 'view=board&sort=kind'), await code(member, 'view=board&name=n')]).toEqual(['QUERY_INVALID', 'QUERY_INVALID', undefined]);
    expect((await b.as(member)('GET', '/items?view=board&search=secret')).body.data).toEqual([]);
    expect([await code(member, 'createdBy=u'), await code(nobody, 'organizationId=org-a&createdBy=u'), await code(nobody, 'organizationId=org-a&sort=organizationId')]).toEqual([undefined, 'QUERY_INVALID', 'QUERY_INVALID']);
  });

  test('the declared order does not tell the order of masked values', async () => {
    const r = resource(table())({ ...base, access: { list: { any: [open, { roles: ['admin'] }] } }, list: { sort: 'kind' }, masks: { kind: { type: 'redact', show: { roles: ['admin'] } } } });
    const b = await running(r, (x) => x.get('/', list));
    for (const [id, kind, at] of [['1', 'b', '2026-01-01'], ['2', 'c', '2026-01-02'], ['3', 'a', '2026-01-03']]) await b.rows(`insert into items (id, organization_id, name, kind, created_at, modified_at) values (?, 'org-a', 'n', ?, ?, '')`, id, kind, at);
    const ids = async (ctx: Parameters<typeof b.as>[0]) => (await b.as(ctx)('GET', '/items')).body.data.map((i: ItemsRow) => i.id);
    expect([await ids(member), await ids(user(['admin']))]).toEqual([['3', '2', '1'], ['3', '1', '2']]);
  });

  test('a resource with views alone, and a default view', async () => {
    const r = resource(table())({ ...base, access: { create: open }, views: { board: { fields: ['id', 'name'], access: open }, full: { fields: ['name', 'kind'], access: { roles: ['owner'] } } } });
    const b = await running(r, (x) => x.get('/', views('board', 'full')).get('/views/board', view('board')).get('/views/full', view('full')).post('/', create));
    await b.as(member)('POST', '/items', { name: 'A', kind: 'x' });
    expect((await b.as(member)('GET', '/items?view=board')).body.data).toEqual([{ id: expect.any(String), name: 'A' }]);
    expect((await b.as(member)('GET', '/items?view=full')).body.code).toBe('ACCESS_ROLE_REQUIRED');
    expect((await b.as(member)('GET', '/items')).body.code).toBe('QUERY_INVALID');
    expect((await b.as(nobody)('GET', '/items')).status).toBe(401);
    const d = resource(table())({ ...base, access: { list: { roles: ['owner'] } }, list: { defaultView: 'board' }, views: { board: { fields: ['name'], access: open } } });
    const c = await running(d, (x) => x.get('/', list));
    expect((await c.as(member)('GET', '/items')).body).toMatchObject({ view: 'board', fields: ['name'] });
  });

  test('a table without audit columns is ordered by its key', async () => {
    const bare = sqliteTable('bare', { id: integer('id').primaryKey({ autoIncrement: true }), name: text('name').notNull() });
    const r = resource(bare)({ name: 'bare', rows: 'unscoped', id: { generate: 'serial' }, access: { list: open, get: open, create: open, delete: open }, write: { create: ['name'] }, delete: 'hard' });
    const b = await backend([r], { bare: (rt: Runtime) => routes(r, rt).get('/', list).get('/:id', get).post('/', create).delete('/:id', remove) });
    for (const name of ['b', 'a']) await b.as(member)('POST', '/bare', { name });
    expect((await b.as(member)('GET', '/bare')).body.data).toEqual([{ id: 1, name: 'b' }, { id: 2, name: 'a' }]);
    expect((await b.as(member)('POST', '/bare', { id: 9, name: 'x' })).body.code).toBe('GUARD_SYSTEM_MANAGED');
    expect((await b.as(member)('GET', '/bare/x')).body.code).toBe('FIREWALL_NOT_FOUND');
    expect((await b.as(member)('DELETE', '/bare/1')).body).toEqual({ data: { id: 1, deleted: true } });
    expect(await b.rows('select id from bare')).toEqual([{ id: 2 }]);
  });
});

describe('conditions of writes', () => {
  const r = resource(table())({
    name: 'items', rows, id: { generate: false }, delete: 'soft', write: 'open',
    access: { put: { where: { kind: { notEquals: 'locked' } } }, delete: { where: { kind: { notEquals: 'locked' } } }, create: open },
    batch: { delete: { max: 10 }, put: { max: 10 }, create: { max: 10, access: { roles: ['admin'] }, atomic: false } },
  });
  test('hold for replacing and for each row of a batch, and a batch may be stricter than its operation', async () => {
    const b = await running(r, (x) => x.put('/:id', put).post('/', create).delete('/batch', batchDelete).put('/batch', batchPut).post('/batch', batchCreate));
    for (const [id, kind] of [['a', 'locked'], ['b', 'free']]) await b.as(member)('POST', '/items', { id, name: 'n', kind });
    expect((await b.as(member)('PUT', '/items/a', { name: 'x' })).body.code).toBe('ACCESS_CONDITION_FAILED');
    expect((await b.as(member)('PUT', '/items/batch', { records: [{ id: 'a', name: 'x' }] })).body.errors[0].error.code).toBe('ACCESS_CONDITION_FAILED');
    const gone = await b.as(member)('DELETE', '/items/batch', { ids: ['a', 'b'] });
    expect([gone.status, gone.body.errors[0].error.code, gone.body.meta.succeeded]).toEqual([207, 'ACCESS_CONDITION_FAILED', 1]);
    expect(await b.rows('select id, name from items where deleted_at is null')).toEqual([{ id: 'a', name: 'n' }]);
    expect((await b.as(member)('POST', '/items/batch', { records: [] })).body.code).toBe('ACCESS_ROLE_REQUIRED');
    expect((await b.as(user(['admin']))('POST', '/items/batch', { records: [], options: { atomic: true } })).body.code).toBe('VALIDATION_FAILED');
    expect((await b.as(user(['admin']))('POST', '/items/batch', { records: [] })).status).toBe(201);
  });
});

describe('writes', () => {
  test('a row can be neither created nor moved outside a literal firewall, and creation meets the conditions of its access', async () => {
    const r = resource(table())({
      name: 'items', rows: { ...rows, kind: { in: ['tool', 'toy'] } }, id: { generate: 'cuid' }, write: 'open',
      access: { create: { where: { rank: { lessThan: 10 } } }, update: open },
    });
    const b = await running(r, (x) => x.post('/', create).patch('/:id', update));
    expect((await b.as(member)('POST', '/items', { name: 'A', kind: 'bomb' })).body.code).toBe('ACCESS_CONDITION_FAILED');
    expect((await b.as(member)('POST', '/items', { name: 'A', kind: 'toy', rank: 10 })).body.code).toBe('ACCESS_CONDITION_FAILED');
    const { id } = (await b.as(member)('POST', '/items', { name: 'A', kind: 'toy' })).body.data;
    expect((await b.as(member)('PATCH', `/items/${id}`, { kind: 'bomb' })).body.code).toBe('ACCESS_CONDITION_FAILED');
    expect((await b.as(member)('PATCH', `/items/${id}`, { kind: 'tool' })).status).toBe(200);
  });

  test('dates kept as text are stored in one form', async () => {
    const r = resource(table())({ name: 'items', rows, id: { generate: 'uuid' }, write: 'open', access: { create: open, list: open }, values: { at: { format: 'datetime' } } });
    const b = await running(r, (x) => x.post('/', create).get('/', list));
    for (const [at, stored] of [['2026-03-01', '2026-03-01T00:00:00.000Z'], ['2026-03-01T10:00:00+02:00', '2026-03-01T08:00:00.000Z'], ['2026-03-01T10:00', '2026-03-01T10:00:00.000Z']]) {
      expect((await b.as(member)('POST', '/items', { name: 'A', at })).body.data.at).toBe(stored as string);
    }
    for (const at of ['2026-02-30', 'tomorrow', '2026-3-1', '', '2026-03-01T25:00:00Z']) expect((await b.as(member)('POST', '/items', { name: 'A', at })).body.code).toBe('VALIDATION_FAILED');
    expect((await b.as(member)('GET', '/items?at.gte=2026-03-01T09:00:00Z')).body.data).toHaveLength(1);
  });

  test('a tree in one table is deleted whole, and a cycle ends', async () => {
    const r = resource(table())({ name: 'items', rows, id: { generate: false }, write: 'open', delete: 'soft', access: { create: open, delete: open }, references: { parentId: 'items' }, cascades: { items: ['parentId'] } });
    const b = await running(r, (x) => x.post('/', create).delete('/:id', remove));
    for (const [id, parentId] of [['a', null], ['b', 'a'], ['c', 'b'], ['d', 'c'], ['x', null]]) expect((await b.as(member)('POST', '/items', { id, name: 'n', parentId })).status).toBe(201);
    await b.rows(`update items set parent_id = 'd' where id = 'b'`);
    expect((await b.as(member)('DELETE', '/items/c')).status).toBe(200);
    expect((await b.rows('select id from items where deleted_at is null order by id')).map((i) => i['id'])).toEqual(['a', 'x']);
  });

  test('a delete goes along every foreign key to the row, also within one table', async () => {
    const policy = { id: { generate: false }, write: 'open', delete: 'soft', access: { create: open, delete: open } } as const;
    const parents = resource(table())({ ...policy, name: 'items', rows, cascades: { items: ['parentId', 'kind'], links: ['from', 'to'] } });
    const columns = sqliteTable('links', {
      id: text('id').primaryKey(), organizationId: text('organization_id').notNull(), from: text('from'), to: text('to'), deletedAt: text('deleted_at'),
    });
    const links = resource(columns)({ ...policy, name: 'links', rows });
    const b = await backend([parents, links], {
      items: (rt: Runtime) => routes(parents, rt).post('/', create).delete('/:id', remove), links: (rt: Runtime) => routes(links, rt).post('/', create),
    });
    for (const [id, parentId, kind] of [['a', null, null], ['b', 'a', null], ['c', null, 'b'], ['x', null, null]]) await b.as(member)('POST', '/items', { id, name: 'n', parentId, kind });
    for (const [id, from, to] of [['1', 'a', 'x'], ['2', 'x', 'c'], ['3', 'x', 'x'], ['4', null, null]]) expect((await b.as(member)('POST', '/links', { id, from, to })).status).toBe(201);
    expect((await b.as(member)('DELETE', '/items/a')).status).toBe(200);
    expect((await b.rows('select id from items where deleted_at is null')).map((i) => i['id'])).toEqual(['x']);
    expect((await b.rows('select id from links where deleted_at is null order by id')).map((i) => i['id'])).toEqual(['3', '4']);
  });

  test('without a session a PUBLIC write is stamped with nobody and leaves an audit row', async () => {
    const r = resource(table())({ name: 'items', rows, id: { generate: 'uuid' }, write: { create: ['name'] }, access: { create: { roles: ['PUBLIC'] }, list: open } });
    const b = await running(r, (x) => x.post('/', create).get('/', list));
    expect((await b.as(nobody)('POST', '/items', { name: 'A' })).body.code).toBe('QUERY_INVALID');
    const made = await b.as({ ...nobody, userId: 'forged' })('POST', '/items?organizationId=org-a', { name: 'A' });
    expect([made.status, made.body.data]).toEqual([201, { id: expect.any(String), name: 'A', kind: null, parentId: null, rank: 7, slug: 'made', seen: 'touched', at: null }]);
    await b.as(nobody)('POST', '/items?organizationId=org-a', { nope: 1 });
    expect(b.audits).toMatchObject([{ event: 'public.create', resource: 'items', outcome: 'success', requestId: 'req-1' }, { event: 'public.create', outcome: 'denied' }]);
    expect(await b.rows('select organization_id, created_by from items')).toEqual([{ organization_id: 'org-a', created_by: null }]);
    await b.as(member)('POST', '/items', { name: 'B' }); // whoever calls what is open to everybody
    expect(b.audits).toHaveLength(3);
  });
});

test('ids by rule', () => {
  expect(newId({ generate: 'uuid' })).toMatch(/^[0-9a-f-]{36}$/);
  expect(newId({ generate: 'cuid' })).toMatch(/^c[0-9a-z]{23}$/);
  expect(newId({ generate: 'nanoid' })).toMatch(/^[\w-]{21}$/);
  expect(newId({ generate: 'prefixed', prefix: 'cnd' })).toMatch(/^cnd_[0-9a-f]{32}$/);
  expect([newId({ generate: 'serial' }), newId({ generate: false })]).toEqual([undefined, undefined]);
  expect(new Set(Array.from({ length: 2000 }, () => newId({ generate: 'nanoid' }))).size).toBe(2000);
});

test('policies that must not load', () => {
  const load = (policy: object) => () => resource(table())({ name: 'items', rows, access: {}, ...policy } as unknown as Policy<ItemsRow, never, never, never, never>);
  expect(load({})).not.toThrow();
  for (const policy of [
    { rows: {} }, { rows: { nope: { isNull: true } } }, { rows: { organizationId: {} } }, { rows: { organizationId: { eq: 'x' } } }, { rows: { organizationId: undefined } },
    { access: { list: {} } }, { access: { list: { roles: [] } } }, { access: { list: { any: [] } } }, { access: { list: { all: [{ roles: ['owner'] }, {}] } } },
    { access: { list: { roles: ['owner'], where: { name: { equals: 'x' } } } } }, { access: { list: { where: {} } } }, { access: { list: { where: { nope: { equals: 1 } } } } }, { access: { list: { check: 'yes' } } },
    { access: { list: { rolez: ['owner'] } } }, { views: { v: { fields: ['nope'], access: { roles: ['owner'] } } } }, { masks: { nope: { type: 'email', show: {} } } }, { masks: { name: { type: 'email', show: { owner: 'nope' } } } },
    { write: { create: ['nope'] } }, { write: { protected: { nope: [] } } }, { list: { sort: '-nope' } }, { list: { filterable: { nope: true } } }, { references: { nope: 'x' } }, { label: 'nope' },
    { rows: 'unscoped', delete: 'soft' }, { masks: { name: { type: 'mail', show: {} } } }, { masks: { name: { type: 'custom', show: {} } } }, { values: { nope: {} } }, { values: { name: { pattern: '(' } } },
  ]) expect([policy, catches(load(policy))]).toEqual([policy, true]);
});
function catches(run: () => unknown): boolean {
  try {
    run();
    return false;
  } catch {
    return true;
  }
}

test('a check constraint and a database default are respected', async () => {
  const made = sqliteTable('items', { id: text('id').primaryKey(), name: text('name').notNull(), stamp: text('stamp').notNull().default(sql`(upper('x'))`) });
  const r = resource(made)({ name: 'items', rows: 'unscoped', id: { generate: 'uuid' }, write: { create: ['name'] }, access: { create: open } });
  const b = await backend([r], { items: (rt: Runtime) => routes(r, rt).post('/', create) });
  expect((await b.as(member)('POST', '/items', { name: 'A' })).body.data).toMatchObject({ name: 'A', stamp: 'X' });
});

test('tables that do not fit together do not start', () => {
  const r = (policy: object) => resource(table())({ name: 'items', rows, access: {}, ...policy });
  const keyless = resource(sqliteTable('keyless', { a: text('a') }))({ name: 'keyless', rows: 'unscoped', access: {} });
  expect(() => registryOf([r({ references: { parentId: 'items' }, cascades: { items: ['parentId'] } })])).not.toThrow();
  expect(() => registryOf([r({ references: { parentId: 'nobody' } })])).toThrow('nobody');
  expect(() => registryOf([r({ references: { parentId: 'keyless' } }), keyless])).toThrow('primary key');
  expect(() => registryOf([r({ cascades: { items: ['nope'] } })])).toThrow('nope');
  expect(() => registryOf([r({ cascades: { items: 'parentId' } })])).toThrow('list');
  expect(() => registryOf([r({}), r({})])).toThrow('same name');
});

test('a scope column of any name is stamped, system-managed and isolates', async () => {
  const r = resource(table())({ name: 'items', rows: { kind: { equals: '$ctx.userId' }, deletedAt: { isNull: true } }, id: { generate: 'uuid' }, write: 'open', access: { create: open, list: open } });
  const b = await running(r, (x) => x.post('/', create).get('/', list));
  expect((await b.as(member)('POST', '/items', { name: 'A', organizationId: 'free' })).body.data).toMatchObject({ kind: 'user-member', organizationId: 'free' });
  expect((await b.as(member)('POST', '/items', { name: 'A', organizationId: 'free', kind: 'user-b' })).body.code).toBe('GUARD_SYSTEM_MANAGED');
  expect((await b.as(other)('GET', '/items')).body.data).toEqual([]);
  expect((await b.as(member)('GET', '/items')).body.data).toHaveLength(1);
});

test('two requests of different callers never share an answer, whatever was prepared', async () => {
  const r = resource(table())({ name: 'items', rows: { organizationId: { equals: '$ctx.activeOrgId' }, createdBy: { equals: '$ctx.userId', unless: ['admin'] } }, id: { generate: 'uuid' }, write: { create: ['name'] }, access: { create: open, list: { any: [open, { roles: ['admin'] }] } } });
  const b = await running(r, (x) => x.post('/', create).get('/', list));
  const people = ['u1', 'u2', 'u3'].flatMap((userId) => ['org-a', 'org-b'].map((activeOrgId) => user(['member'], { userId, activeOrgId })));
  for (const who of people) await b.as(who)('POST', '/items', { name: `${who.userId} ${who.activeOrgId}` });
  for (const who of [...people, ...people]) {
    expect((await b.as(who)('GET', '/items')).body.data.map((i: ItemsRow) => i.name)).toEqual([`${who.userId} ${who.activeOrgId}`]);
    expect((await b.as({ ...who, roles: ['admin'] })('GET', '/items')).body.data).toHaveLength(3);
  }
});
