// What surrounds the routes: headers, origins, limits, documents, and paths that are not there.
import { describe, expect, test } from 'bun:test';
import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { app as options } from '../app/app.ts';
import { tableless } from '../lib/tableless.ts';
import { resource } from '../lib/resource.ts';
import { action } from '../lib/action.ts';
import { batchUpdate } from '../lib/batch.ts';
import { get } from '../lib/read.ts';
import { routes } from './routes.ts';
import { backendOf, SECRET } from './backend.ts';

const backend = backendOf(options);

describe('every answer', () => {
  test('has an id and the security headers', async () => {
    for (const path of ['/health', '/nowhere', '/api/v1/candidates', '/api/auth/get-session']) {
      const { headers } = await backend.call('GET', path);
      expect(headers.get('x-request-id')).toMatch(/^[\w-]{8,}$/);
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('cache-control')).toBeTruthy();
      expect(headers.has('access-control-allow-origin')).toBe(false);
    }
  });
  test("keeps a caller's request id when it is one, and makes a new one when it is not", async () => {
    const id = async (given: string) => (await backend.call('GET', '/health', { headers: { 'x-request-id': given } })).headers.get('x-request-id');
    expect(await id('trace-12345678')).toBe('trace-12345678');
    expect(await id('<script>alert(1)</script>')).not.toContain('script');
  });
  test('says so over TLS only', async () => {
    expect((await backend.call('GET', '/health')).headers.has('strict-transport-security')).toBe(false);
    const secure = backendOf(options, { NODE_ENV: 'production', BETTER_AUTH_URL: 'https://api.example.com' });
    expect((await secure.call('GET', '/health')).headers.get('strict-transport-security')).toContain('max-age');
  });
});

describe('browsers', () => {
  const strict = backendOf({ ...options, auth: { ...options.auth, trustedOrigins: ['https://app.example.com', 'https://*.preview.example.com'] } });
  const asked = (origin: string) => strict.call('OPTIONS', '/api/v1/candidates', { headers: { origin, 'access-control-request-method': 'POST' } });
  test('of trusted origins may call, with credentials', async () => {
    for (const origin of ['https://app.example.com', 'https://pr-7.preview.example.com']) {
      const answer = await asked(origin);
      expect(answer.status).toBe(204);
      expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
      expect(answer.headers.get('access-control-allow-credentials')).toBe('true');
      expect((await strict.call('GET', '/api/v1/candidates', { headers: { origin } })).headers.get('access-control-allow-origin')).toBe(origin);
    }
  });
  test('of others may not', async () => {
    for (const origin of ['https://evil.example', 'https://app.example.com.evil.example', 'https://evil.example/.preview.example.com', 'https://evil.com#x.preview.example.com', 'http://127.0.0.1:3000.evil.example', 'null']) {
      expect((await asked(origin)).headers.has('access-control-allow-origin')).toBe(false);
      expect((await strict.call('GET', '/api/v1/candidates', { headers: { origin } })).headers.has('access-control-allow-origin')).toBe(false);
    }
  });
});

describe('bodies', () => {
  const large = 'x'.repeat(1_048_577);
  test('beyond a mebibyte are refused, announced or not', async () => {
    const announced = await backend.call('POST', '/api/v1/candidates', { body: large, headers: { 'content-length': String(large.length) } });
    expect([announced.status, ((await announced.json()) as { code: string }).code]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
    const streamed = await backend.fetch(new Request('http://localhost:3000/api/auth/sign-in/email', { method: 'POST', body: new Blob([large]).stream(), duplex: 'half' } as RequestInit));
    expect(streamed.status).toBe(413);
  });
});

describe('paths', () => {
  test('that nobody has are 404 in JSON', async () => {
    for (const path of ['/', '/api', '/api/v1', '/api/v1/', '/api/v1/nothing', '/api/v1/candidates/a/b/c', '/api/v1/constructor', '/api/v1/__proto__']) {
      const answer = await backend.call('GET', path);
      expect([path, answer.status, await answer.json()]).toEqual([path, 404, { error: 'Not found', layer: 'routing', code: 'NOT_FOUND' }]);
    }
  });
  test('that another method has are 405 and name it', async () => {
    const answer = await backend.call('PATCH', '/api/v1/candidates');
    expect([answer.status, ((await answer.json()) as { code: string }).code, answer.headers.get('allow')]).toEqual([405, 'METHOD_NOT_ALLOWED', 'GET, POST']);
    expect((await backend.call('POST', '/health')).status).toBe(405);
  });
  test('of documents answer', async () => {
    expect(await (await backend.call('GET', '/health')).json()).toEqual({ status: 'ok' });
    expect(await (await backend.call('GET', '/openapi.json')).json()).toEqual({ openapi: '3.1.0' });
  });
});

test('an action that lives below the segment of another resource comes before the ids of that one', async () => {
  const items = resource(sqliteTable('items', { id: text('id').primaryKey(), name: text('name').notNull() }))({
    name: 'items', rows: 'unscoped', id: { generate: 'uuid' }, access: { get: { roles: ['PUBLIC'] } }, batch: { update: { max: 1, access: { roles: ['PUBLIC'] } } },
  });
  const elsewhere = tableless('other', {
    sum: { access: { roles: ['PUBLIC'] }, standalone: true, path: '/items/sum', method: 'GET' }, batch: { access: { roles: ['PUBLIC'] }, standalone: true, path: '/items/batch', method: 'GET' },
  });
  const answer = { execute: () => 'done' };
  const both = backendOf({ ...options, schema: { ...options.schema, items: items.table }, resources: [items], routes: new Map([['items', [
    ...routes(items).get('/:id', get).patch('/batch', batchUpdate).list, ...routes(elsewhere).get('/sum', action('sum', { run: answer })).get('/batch', action('batch', { run: answer })).list,
  ]]]) });
  expect(await (await both.call('GET', '/api/v1/items/sum')).json()).toEqual({ success: true, data: 'done' });
  expect((await both.call('GET', '/api/v1/items/batch')).status).toBe(200);
  expect((await both.call('PATCH', '/api/v1/items/batch', { body: { records: [] } })).status).toBe(200);
  expect((await both.call('POST', '/api/v1/items/batch', { body: {} })).headers.get('allow')).toBe('PATCH, GET');
  expect((await both.call('GET', '/api/v1/items/other')).status).toBe(403);
});

test('a router is built for its first request and kept', async () => {
  let built = 0;
  const lazy = backendOf({ ...options, routes: new Map([['once', [{ method: 'GET', path: '/', bind: () => { built++; return (c) => c.json({ env: (c.env as Record<string, string>)['GREETING'] }); } }]]]) }, { GREETING: 'hello' });
  expect(built).toBe(0);
  for (let i = 0; i < 3; i++) expect(await (await lazy.call('GET', '/api/v1/once')).json()).toEqual({ env: 'hello' });
  expect(built).toBe(1);
});

test('what a route throws is answered without a word of it, and logged under the id', async () => {
  const broken = backendOf({ ...options, routes: new Map([
    ['broken', [{ method: 'GET', path: '/', bind: () => () => { throw new Error('password of the database'); } }]], ['unbuilt', [{ method: 'GET', path: '/', bind: () => { throw new Error('cannot be built'); } }]],
  ]) });
  for (const path of ['/api/v1/broken', '/api/v1/unbuilt']) {
    const answer = await broken.call('GET', path), body = (await answer.json()) as { code: string; details: { requestId: string } };
    expect([answer.status, body.code]).toEqual([500, 'INTERNAL_ERROR']);
    expect(answer.headers.get('x-request-id')).toBe(body.details.requestId);
    expect(broken.log.at(-1)).toMatchObject({ level: 'error', requestId: body.details.requestId });
  }
});

test('the emitted backend works: sign up, create, list', async () => {
  const token = await backend.signUp('ada');
  const made = await backend.call('POST', '/api/v1/candidates', { token, body: { name: 'Grace Hopper', email: 'grace@example.com' } });
  expect(made.status).toBe(201);
  const list = (await (await backend.call('GET', '/api/v1/candidates', { token })).json()) as { data: { name: string }[] };
  expect(list.data.map((c) => c.name)).toEqual(['Grace Hopper']);
  const stranger = await backend.signUp('bob');
  expect(((await (await backend.call('GET', '/api/v1/candidates', { token: stranger })).json()) as { data: unknown[] }).data).toEqual([]);
});

test('a secret is required, and a long one', () => {
  expect(() => backendOf(options, { BETTER_AUTH_SECRET: '' })).toThrow('MISSING_ENV: BETTER_AUTH_SECRET must be set');
  expect(() => backendOf(options, { BETTER_AUTH_SECRET: 'short' })).toThrow('at least 32 characters');
  expect(SECRET.length).toBeGreaterThanOrEqual(32);
});
