// The process as `bun src/index.ts` runs it: environment, migrations, loopback development, strict production, an orderly end.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as schema from '../app/db.schema.ts';
import { ddl, SECRET } from './backend.ts';

const root = mkdtempSync(join(tmpdir(), 'backend-'));
const source = pathToFileURL(join(import.meta.dir, '..')).href;

beforeAll(() => {
  mkdirSync(join(root, 'drizzle/meta'), { recursive: true });
  writeFileSync(join(root, 'drizzle/0000_initial.sql'), ddl(schema).join(';\n--> statement-breakpoint\n'));
  writeFileSync(join(root, 'drizzle/meta/_journal.json'), JSON.stringify({ version: '7', dialect: 'sqlite', entries: [{ idx: 0, version: '6', when: 1, tag: '0000_initial', breakpoints: true }] }));
  writeFileSync(join(root, 'openapi.json'), '{"openapi":"3.1.0","info":{}}');
  writeFileSync(join(root, 'index.ts'), `
    import { app } from '${source}/app/app.ts';
    import { open } from '${source}/app/db.ts';
    import { http } from '${source}/lib/bun.ts';
    import { serve } from '${source}/lib/server.ts';
    await serve({ app, open, http, migrations: new URL('./drizzle', import.meta.url), openapi: new URL('./openapi.json', import.meta.url) });`);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function spawn(env: Record<string, string>) {
  return Bun.spawn([process.execPath, join(root, 'index.ts')], {
    cwd: root, stdout: 'pipe', stderr: 'pipe',
    env: { PATH: process.env['PATH'] ?? '', PORT: '0', DATABASE_PATH: join(root, 'data/app.db'), ...env },
  });
}
async function start(env: Record<string, string> = {}) {
  const child = spawn({ BETTER_AUTH_SECRET: SECRET, ...env });
  const reader = child.stdout.getReader();
  let said = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) throw new Error(`did not start: ${said} ${await new Response(child.stderr).text()}`);
    said += new TextDecoder().decode(value);
    const url = /listens on (\S+)\n/.exec(said)?.[1];
    if (url) return { url, stop: async () => { child.kill('SIGTERM'); return child.exited; } };
  }
}
const post = (url: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) });
const account = (name: string) => ({ name, email: `${name}@example.com`, password: 'correct horse' });

test('without its secret it names the variable and ends with 1', async () => {
  const child = spawn({});
  expect(await child.exited).toBe(1);
  expect((await new Response(child.stderr).text()).trim()).toBe('MISSING_ENV: BETTER_AUTH_SECRET must be set');
});

test('it migrates once, serves, and keeps its data over a restart', async () => {
  let server = await start();
  const token = (await post(`${server.url}/api/auth/sign-up/email`, account('ada'))).headers.get('set-auth-token');
  const authorization = `Bearer ${token}`;
  expect((await post(`${server.url}/api/v1/candidates`, { name: 'Grace', email: 'g@example.com' }, { authorization })).status).toBe(201);
  expect(await server.stop()).toBe(0);
  server = await start();
  const list = (await (await fetch(`${server.url}/api/v1/candidates`, { headers: { authorization } })).json()) as { data: unknown[] };
  expect(list.data).toHaveLength(1);
  expect(await (await fetch(`${server.url}/openapi.json`)).json()).toEqual({ openapi: '3.1.0', info: {} });
  // HEAD answers with the length that GET has, or with none (RFC 9110, 8.6).
  for (const path of ['/openapi.json', '/health', '/api/v1/candidates', '/api/v1/nothing']) {
    const [get, head] = await Promise.all(['GET', 'HEAD'].map((method) => fetch(server.url + path, { method, headers: { authorization } })));
    expect([path, head?.status, head?.headers.get('content-length'), head?.headers.get('etag')]).toEqual([path, get?.status, get?.headers.get('content-length'), get?.headers.get('etag')]);
    expect(await head?.text()).toBe('');
  }
  expect(await server.stop()).toBe(0);
});

describe('in development on loopback', () => {
  test('a command line works with its cookie and without Origin; a foreign page does not', async () => {
    const server = await start(), auth = `${server.url}/api/auth`;
    const signUp = await post(`${auth}/sign-up/email`, account('bob'));
    expect(signUp.status).toBe(200);
    const [set = ''] = signUp.headers.getSetCookie();
    expect(set).toStartWith('better-auth.session_token=');
    expect(set).not.toContain('Secure');
    expect(set).toContain('HttpOnly');
    expect(set).toContain('SameSite=Lax');
    const cookie = set.split(';')[0] ?? '';
    expect((await fetch(`${server.url}/api/v1/candidates`, { headers: { cookie } })).status).toBe(200);
    expect((await post(`${server.url}/auth/v1/organization/create`, { name: 'Second', slug: 'second' }, { cookie })).status).toBe(200);
    expect((await post(`${auth}/organization/create`, { name: 'Third', slug: 'third' }, { cookie, origin: 'https://evil.example' })).status).toBe(403);
    expect((await post(`${auth}/organization/create`, { name: 'Third', slug: 'third' }, { cookie, origin: 'null' })).status).toBe(403);
    expect((await post(`${auth}/sign-out`, {}, { cookie })).status).toBe(200);
    expect((await fetch(`${server.url}/api/v1/candidates`, { headers: { cookie } })).status).toBe(401);
    await server.stop();
  });
});

describe('in production', () => {
  const env = { NODE_ENV: 'production', HOST: '127.0.0.1', BETTER_AUTH_URL: 'https://api.example.com' };
  test('cookies are Secure, an Origin is required with them, and guessing is slowed by address', async () => {
    const server = await start(env), auth = `${server.url}/api/auth`, origin = 'https://api.example.com';
    const signUp = await post(`${auth}/sign-up/email`, account('eve'), { origin });
    const [set = ''] = signUp.headers.getSetCookie();
    expect(set).toStartWith('__Secure-better-auth.session_token=');
    expect(set).toContain('Secure');
    const cookie = set.split(';')[0] ?? '';
    expect((await fetch(`${server.url}/api/v1/candidates`, { headers: { cookie } })).status).toBe(200);
    expect((await fetch(`${server.url}/api/v1/candidates`, { headers: { cookie: cookie.replace('__Secure-', '') } })).status).toBe(401);
    expect((await post(`${auth}/organization/create`, { name: 'Third', slug: 'third' }, { cookie })).status).toBe(403);
    const statuses: number[] = [];
    for (let i = 0; i < 5; i++) {
      // A client does not choose its own address.
      const answer = await post(`${auth}/sign-in/email`, { email: 'eve@example.com', password: 'wrong horse' }, { origin, 'x-forwarded-for': `10.0.0.${i}`, 'x-connection-address': `10.0.0.${i}` });
      statuses.push(answer.status);
      if (answer.status === 429) {
        expect(await answer.json()).toMatchObject({ layer: 'authentication', code: 'AUTH_RATE_LIMITED' });
        expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      }
    }
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
    await server.stop();
  });
});
