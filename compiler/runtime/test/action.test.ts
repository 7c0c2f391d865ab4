// Actions over the emitted routes, with the gated database, on a real backend.
import { beforeEach, describe, expect, test } from 'bun:test';
import { eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { applicationsResource } from '../app/applications.resource.ts';
import { auth } from '../app/auth.ts';
import * as schema from '../app/db.schema.ts';
import { jobsResource } from '../app/jobs.resource.ts';
import { candidates, jobs } from '../app/schema.ts';
import { scoresResource } from '../app/scores.resource.ts';
import { action } from '../lib/action.ts';
import { tableless } from '../lib/tableless.ts';
import { ActionError, defineActions } from '../lib/definition.ts';
import { resource } from '../lib/resource.ts';
import { routes } from './routes.ts';
import { backendOf, type TestBackend } from './backend.ts';

const { policy: base } = (await import('../app/candidates.resource.ts')).candidatesResource;
const staff = { roles: ['owner', 'recruiter', 'interviewer'] } as const;
const candidatesResource = resource(candidates)({
  ...(base as object), name: 'candidates', rows: { organizationId: { equals: '$ctx.activeOrgId' }, deletedAt: { isNull: true } }, access: {},
  write: { protected: { stage: ['advance', 'move'] } },
  masks: { email: { type: 'email', show: { roles: ['recruiter'], owner: 'createdBy' } } },
  actions: {
    advance: { access: { all: [{ roles: ['owner', 'recruiter'] }, { where: { stage: { in: ['applied', 'interview'] } } }] } },
    move: { access: staff, result: 'patch', transition: { field: 'stage', fromTo: { applied: ['interview'], interview: ['offer'] }, via: 'to' } },
    read: { access: staff, method: 'GET' }, sneak: { access: staff }, fail: { access: staff }, patch: { access: staff, result: 'patch' },
    rows: { access: staff, standalone: true, path: '/candidates/rows', method: 'GET' }, raw: { access: staff, standalone: true, path: '/candidates/raw', rawSql: true },
    masks: { access: staff, standalone: true, path: '/candidates/masks' }, pass: { access: staff, standalone: true, path: '/candidates/pass' },
    open: { access: { roles: ['PUBLIC'] }, standalone: true, path: '/candidates/open', method: 'GET' },
  },
});
const reports = tableless('reports', { ping: { access: { roles: ['AUTHENTICATED'] }, standalone: true, path: '/reports/ping', method: 'GET' } });

const { actions } = defineActions(candidates, {
  advance: {
    input: z.object({ stage: z.enum(['interview', 'offer']), note: z.string().max(5).optional() }),
    execute: async ({ db, record, input, ctx }) => {
      const [row] = await db.update(candidates).set({ stage: input.stage }).where(eq(candidates.id, record.id)).returning();
      return { ...row, by: ctx.userId, org: ctx.orgId };
    },
  },
  move: {
    input: z.object({ to: z.string(), meanwhile: z.string().optional() }),
    execute: async ({ input }) => {
      if (input.meanwhile) backend.database.native.exec(input.meanwhile);
      return { stage: input.to };
    },
  },
  patch: { input: z.record(z.string(), z.unknown()), execute: async ({ input }) => input },
  read: { input: z.object({ n: z.number().int(), all: z.boolean().default(false), tags: z.array(z.string()).optional() }), execute: async ({ input, record, auditFields }) => ({ input, name: record.name, at: auditFields.createdAt.length }) },
  sneak: { execute: async ({ db, record }) => db.update(candidates).set({ stage: 'offer' }).where(eq(candidates.id, record.id)) },
  fail: {
    input: z.object({ how: z.string() }),
    execute: async ({ db, input, c }) => {
      if (input.how === 'action') throw new ActionError('Not now', 'NOT_NOW', 422, { why: 'x' });
      if (input.how === 'telling') throw new ActionError('Taken', 'TAKEN', 409, { by: (await db.select({ who: candidates.email, name: candidates.name }).from(candidates))[0], email: 'john@yourdomain.com' });
      if (input.how === 'response') return c.json({ error: 'mine', code: 'MINE' }, 400);
      if (input.how === 'fk') await db.insert(candidates).values({ name: 'x', email: 'y', jobId: 'none' });
      if (input.how === 'unique') await db.insert(candidates).values([{ name: 'x', email: 'same' }, { name: 'y', email: 'same' }]);
      throw new Error('the secret of the database');
    },
  },
  rows: { execute: async ({ db }) => db.select({ id: candidates.id, name: candidates.name }).from(candidates).orderBy(candidates.name) },
  raw: { execute: async ({ db }) => db.execute(sql`select count(*) from candidates`) },
  masks: {
    execute: async ({ db }) => {
      const [row] = await db.select().from(candidates).limit(1);
      const inner = db.select().from(candidates).as('inner'), cte = db.$with('w').as(db.select().from(candidates));
      return {
        row, copy: { ...row, more: 1 }, hand: { email: row?.email }, list: [[row]],
        renamed: await db.select({ mail: candidates.email, owner: candidates.createdBy }).from(candidates).limit(1),
        computed: await db.select({ up: sql<string>`upper(${candidates.email})`, n: sql<number>`length(${candidates.email})` }).from(candidates).limit(1),
        joined: await db.select().from(candidates).leftJoin(jobs, eq(jobs.id, candidates.jobId)).limit(1),
        subquery: await db.select({ mail: inner.email }).from(inner).limit(1),
        cte: await db.with(cte).select({ mail: cte.email }).from(cte).limit(1),
        scalar: await db.select({ mail: sql`${db.select({ e: candidates.email }).from(candidates).limit(1)}` }).from(candidates).limit(1),
        related: await db.query.candidates.findMany({ columns: { email: true } }),
        values: await db.select({ e: candidates.email }).from(candidates).limit(1).values(),
        returned: await db.update(candidates).set({ score: 1 }).returning({ mail: candidates.email }),
        count: await db.$count(candidates, eq(candidates.email, row?.email ?? '')),
      };
    },
  },
  pass: {
    input: z.object({ how: z.string() }),
    execute: async ({ input, db }) => {
      if (input.how === 'file') return { file: 'a,b\n', filename: 'rêport "1".csv', contentType: 'text/csv' };
      if (input.how === 'nothing') return undefined;
      return new ReadableStream({ async pull(controller) { controller.enqueue(`data: ${await db.$count(candidates)}\n\n`); controller.close(); } });
    },
  },
  open: { execute: async ({ db, ctx }) => ({ rows: await db.select().from(candidates), session: ctx.authenticated }) },
});

const names = ['advance', 'move', 'patch', 'sneak', 'fail'] as const;
const candidatesRoutes = (() => {
  const made = routes(candidatesResource).get('/:id/read', action('read', { run: actions.read })).get('/rows', action('rows', { run: actions.rows })).get('/open', action('open', { run: actions.open }))
    .post('/raw', action('raw', { run: actions.raw })).post('/masks', action('masks', { run: actions.masks })).post('/pass', action('pass', { run: actions.pass }));
  for (const name of names) made.post(`/:id/${name}`, action(name, { run: actions[name] }));
  return made.list;
})();
const reportsRoutes = routes(reports).get('/ping', action('ping', { handler: { execute: ({ ctx }: { ctx: { userId?: string } }) => ({ pong: typeof ctx.userId }) } })).list;

let backend: TestBackend, ada: string, id: string, org: string;
beforeEach(async () => {
  backend = backendOf({ name: 'test', auth, schema, resources: [candidatesResource, jobsResource, applicationsResource, scoresResource], routes: new Map([['candidates', candidatesRoutes], ['reports', reportsRoutes]]) });
  ada = await backend.signUp('ada');
  org = String(backend.database.native.all('select id from organization', [])[0]?.['id']);
  id = seed('c1', org);
});
function seed(key: string, organization: string, createdBy = 'somebody'): string {
  backend.database.native.all(`insert into candidates (id, organization_id, name, email, created_at, created_by, modified_at) values (?, ?, ?, 'john@yourdomain.com', 'x', ?, 'x')`, [key, organization, `n-${key}`, createdBy]);
  return key;
}
const send = async (path: string, body?: unknown, token: string | undefined = ada): Promise<{ status: number; body: any }> => {
  const answer = await backend.call(body === undefined ? 'GET' : 'POST', `/api/v1${path}`, { ...(body === undefined ? {} : { body }), ...(token === '' ? {} : { token }) });
  return { status: answer.status, body: await answer.json() };
};
const become = (role: string): void => {
  backend.database.native.all('update member set role = ?', [role]);
  backend.clock.ms += 6000;
};

describe('a record action', () => {
  test('changes its protected column and answers the masked record', async () => {
    expect(await send(`/candidates/${id}/advance`, { stage: 'interview' })).toMatchObject({ status: 200, body: { success: true, data: { id, stage: 'interview', email: 'j***@y*********.com', org } } });
    become('recruiter');
    expect((await send(`/candidates/${id}/advance`, { stage: 'offer' })).body.data.email).toBe('john@yourdomain.com');
  });
  test('asks in the order of the layers', async () => {
    seed('c2', 'another');
    expect((await send(`/candidates/${id}/advance`, {}, '')).body.code).toBe('AUTH_MISSING');
    become('interviewer');
    expect((await send('/candidates/nobody/advance', '{')).body.code).toBe('ACCESS_ROLE_REQUIRED');
    become('owner');
    expect((await send('/candidates/c2/advance', '{')).body.code).toBe('FIREWALL_NOT_FOUND');
    backend.database.native.exec("update candidates set stage = 'offer' where id = 'c1'");
    expect(await send(`/candidates/${id}/advance`, '{')).toMatchObject({ status: 409, body: { code: 'ACCESS_ACTION_NOT_ALLOWED_FOR_STATE', layer: 'access', details: { field: 'stage', current: 'offer' } } });
    backend.database.native.exec("update candidates set stage = 'applied' where id = 'c1'");
    expect((await send(`/candidates/${id}/advance`, '{')).body.code).toBe('INVALID_JSON');
    expect(await send(`/candidates/${id}/advance`, { stage: 'hired', note: 'too long' })).toMatchObject({ status: 400, body: { code: 'VALIDATION_FAILED', details: { fields: { stage: expect.any(String), note: expect.any(String) } } } });
  });
  test('may not write what another action protects; the caller learns nothing, the log says which', async () => {
    const answer = await send(`/candidates/${id}/sneak`, {});
    expect(answer.status).toBe(500);
    expect(Object.keys(answer.body.details)).toEqual(['requestId']);
    expect(JSON.stringify(answer.body)).not.toContain('stage');
    expect(String((backend.log[0]?.error as Error).message)).toMatch(/GUARD_FIELD_PROTECTED.*sneak/);
    expect(backend.database.native.all('select stage from candidates', [])).toEqual([{ stage: 'applied' }]);
  });
  test('reads a query string by the types of its schema', async () => {
    expect((await send(`/candidates/${id}/read?n=3&all=true&tags=a&tags=b`)).body.data).toEqual({ input: { n: 3, all: true, tags: ['a', 'b'] }, name: 'n-c1', at: 24 });
    expect((await send(`/candidates/${id}/read?n=three`)).body.details.fields).toHaveProperty('n');
    expect((await send(`/candidates/${id}/read`)).body.code).toBe('VALIDATION_FAILED');
  });
});

describe('a transition', () => {
  test('goes only where the machine allows', async () => {
    expect(await send(`/candidates/${id}/move`, { to: 'offer' })).toMatchObject({ status: 409, body: { details: { field: 'stage', current: 'applied', target: 'offer', allowedTargets: ['interview'] } } });
    expect(await send(`/candidates/${id}/move`, { to: 'interview' })).toMatchObject({ status: 200, body: { data: { id, stage: 'interview', email: 'j***@y*********.com' } } });
  });
  test('is lost when the record left its state, or went away, while the code ran', async () => {
    for (const meanwhile of ["update candidates set stage = 'offer'", "update candidates set stage = 'applied', deleted_at = 'x'"]) {
      expect(await send(`/candidates/${id}/move`, { to: 'interview', meanwhile })).toMatchObject({ status: 409, body: { code: 'ACCESS_TRANSITION_LOST', layer: 'access' } });
      expect(backend.database.native.all("select 1 from candidates where stage = 'interview' or modified_at <> 'x'", [])).toEqual([]);
      backend.database.native.exec("update candidates set stage = 'applied'");
    }
  });
});

describe('a patch', () => {
  test('writes columns, stamps them, and an empty one writes nothing', async () => {
    expect((await send(`/candidates/${id}/patch`, {})).body.data.modifiedAt).toBe('x');
    const { body } = await send(`/candidates/${id}/patch`, { name: 'new', score: 3 });
    expect(body.data).toMatchObject({ name: 'new', score: 3 });
    expect(body.data.modifiedAt).not.toBe('x');
  });
  test('of a column that is none, is protected or is the system\'s is a mistake of the project', async () => {
    for (const patch of [{ nope: 1 }, { stage: 'offer' }, { organizationId: 'o' }, { id: 'x' }]) expect((await send(`/candidates/${id}/patch`, patch)).status).toBe(500);
    expect(backend.database.native.all('select id, stage, organization_id as o from candidates', [])).toEqual([{ id, stage: 'applied', o: org }]);
  });
  test('may refer only to visible rows', async () => {
    expect((await send(`/candidates/${id}/patch`, { jobId: 'none' })).body).toMatchObject({ code: 'FK_NOT_FOUND', details: { fields: ['jobId'] } });
  });
});

describe('errors of a handler', () => {
  const how = (kind: string) => send(`/candidates/${id}/fail`, { how: kind });
  test('ActionError keeps its code, a Response its body', async () => {
    expect(await how('action')).toEqual({ status: 422, body: { error: 'Not now', layer: 'action', code: 'NOT_NOW', details: { why: 'x' } } });
    expect((await how('telling')).body.details).toEqual({ by: { who: 'j***@y*********.com', name: 'n-c1' }, email: 'j***@y*********.com' });
    expect(await how('response')).toEqual({ status: 400, body: { error: 'mine', code: 'MINE' } });
  });
  test('constraints have the names of the definition', async () => {
    expect(await how('fk')).toMatchObject({ status: 400, body: { code: 'FK_NOT_FOUND', details: { fields: ['jobId'] } } });
    expect(await how('unique')).toMatchObject({ status: 409, body: { code: 'UNIQUE_VIOLATION', details: { fields: ['organizationId', 'email'] } } });
  });
  test('everything else is for the log', async () => {
    const { status, body } = await how('other');
    expect([status, body.code]).toEqual([500, 'INTERNAL_ERROR']);
    expect(JSON.stringify(body)).not.toContain('secret');
    expect(backend.log.at(-1)).toMatchObject({ requestId: body.details.requestId, error: expect.objectContaining({ message: 'the secret of the database' }) });
  });
});

describe('a standalone action', () => {
  test("sees its caller's rows only", async () => {
    seed('c2', 'another');
    expect((await send('/candidates/rows')).body.data).toEqual([{ id: 'c1', name: 'n-c1' }]);
  });
  test('needs an organisation where its table does', async () => {
    backend.database.native.exec('update session set active_organization_id = null');
    backend.clock.ms += 6000;
    expect(await send('/candidates/rows')).toMatchObject({ status: 403, body: { code: 'ACCESS_NO_ORG' } });
  });
  test('may have no table at all', async () => {
    expect((await send('/reports/ping')).body).toEqual({ success: true, data: { pong: 'string' } });
    expect((await send('/reports/ping', undefined, '')).body.code).toBe('AUTH_MISSING');
  });
  test('with allowRawSql may send raw statements', async () => {
    expect((await send('/candidates/raw', {})).body.data).toEqual([[1]]);
  });
  test('passes files, streams and nothing', async () => {
    const pass = (how: string) => backend.call('POST', '/api/v1/candidates/pass', { token: ada, body: { how } });
    const file = await pass('file');
    expect([file.headers.get('content-type'), file.headers.get('content-disposition'), await file.text()]).toEqual(['text/csv', `attachment; filename="r_port _1_.csv"; filename*=UTF-8''r%C3%AAport%20%221%22.csv`, 'a,b\n']);
    const stream = await pass('stream');
    expect([stream.headers.get('content-type'), await stream.text()]).toEqual(['text/event-stream', 'data: 1\n\n']);
    expect(await (await pass('nothing')).json()).toEqual({ success: true, data: null });
  });
  test('open to the public: names its organisation, and answers without audit and scope columns', async () => {
    expect((await send('/candidates/open', undefined, '')).body.code).toBe('QUERY_INVALID');
    const { body } = await send(`/candidates/open?organizationId=${org}`, undefined, '');
    expect(body.data.session).toBe(false);
    expect(body.data.rows).toHaveLength(1);
    expect(body.data.rows[0]).toMatchObject({ id: 'c1', email: 'j***@y*********.com' });
    expect(Object.keys(body.data.rows[0]).filter((k) => /At$|By$|organization/.test(k))).toEqual(['appliedAt']);
  });
});

describe('answers are masked', () => {
  const masked = 'j***@y*********.com', plain = 'john@yourdomain.com';
  test('however the value was read and put together', async () => {
    const { data } = (await send('/candidates/masks', {})).body;
    expect(data.row.email).toBe(masked);
    expect(data.copy).toMatchObject({ email: masked, more: 1 });
    expect(data.hand.email).toBe(masked);
    expect(data.list[0][0].email).toBe(masked);
    expect(data.renamed[0].mail).toBe(masked);
    expect(data.computed[0]).toEqual({ up: 'J***@Y*********.COM', n: 19 });
    expect(data.joined[0].candidates.email).toBe(masked);
    for (const way of ['subquery', 'cte', 'scalar', 'returned'] as const) expect(data[way][0].mail).toBe(masked);
    expect(data.related[0].email).toBe(masked);
    expect(data.values).toEqual([[masked]]);
    expect(data.count).toBe(1);
    expect(JSON.stringify(data)).not.toContain(plain);
  });
  test('and shown to those who may see them: a role, an owner', async () => {
    become('recruiter');
    expect((await send('/candidates/masks', {})).body.data).toMatchObject({ row: { email: plain }, renamed: [{ mail: plain }], values: [[plain]] });
    become('interviewer');
    const me = backend.database.native.all('select id from user', [])[0]?.['id'];
    backend.database.native.all('update candidates set created_by = ?', [me]);
    const { data } = (await send('/candidates/masks', {})).body;
    expect([data.row.email, data.copy.email, data.renamed[0].mail]).toEqual([plain, plain, plain]);
    expect(data.cte[0].mail).toBe(masked); // without the owner's column nobody is known to own it
  });
});
