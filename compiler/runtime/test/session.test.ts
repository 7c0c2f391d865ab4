import { expect, test } from 'bun:test';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { auth } from '../app/auth.ts';
import * as authSchema from '../app/auth.schema.ts';
import type { AppOptions } from '../lib/app.ts';
import type { Route } from '../lib/routes.ts';
import { fail } from '../lib/errors.ts';
import { backendOf, type TestBackend } from './backend.ts';

/** The columns of Better Auth's users, for a table with one more. */
const userColumns = {
  id: text('id').primaryKey(), name: text('name').notNull(), email: text('email').notNull().unique(), emailVerified: integer('email_verified', { mode: 'boolean' }).notNull().default(false), image: text('image'),
  createdAt: integer('created_at', { mode: 'timestamp_ms' }).notNull(), updatedAt: integer('updated_at', { mode: 'timestamp_ms' }).notNull(),
};
/** One route that says who is calling, and one that needs a session. */
const whoami: readonly Route[] = [
  { method: 'GET', path: '/', bind: () => (c) => c.json(c.get('ctx')) },
  { method: 'GET', path: '/private', bind: () => (c) => (c.get('ctx').authenticated ? c.json({ ok: true }) : fail('AUTH_MISSING')) },
];
const options = (change: Partial<AppOptions['auth']> = {}): AppOptions => ({
  name: 'test', auth: { ...auth, ...change }, schema: authSchema, resources: [], routes: new Map([['whoami', whoami]]),
});
const who = async (backend: TestBackend, token: string, path = '/api/v1/whoami') => (await backend.call('GET', path, { token })).json() as Promise<Record<string, any>>;
const cookieOf = (answer: Response): string => answer.headers.getSetCookie().map((c) => c.split(';')[0]).join('; ');

test('sign-up makes an organisation and its owner, and the bearer token carries both', async () => {
  const backend = backendOf(options());
  const ctx = await who(backend, await backend.signUp('ada'));
  expect(ctx).toMatchObject({ authenticated: true, roles: ['owner'], isAnonymous: false, user: { email: 'ada@example.com', name: 'ada' } });
  const [org] = backend.database.native.all('select id, name from organization', []);
  expect(ctx['activeOrgId']).toBe(org?.['id']);
  expect(org?.['name']).toBe("ada's organization");
});

test('the context of a caller does not show the environment', async () => {
  const backend = backendOf(options());
  expect(Object.keys(await who(backend, await backend.signUp('ada')))).not.toContain('env');
});

test('a cookie works like a bearer token, a forged one is nobody', async () => {
  const backend = backendOf(options());
  const signUp = await backend.call('POST', '/api/auth/sign-up/email', { body: { name: 'ada', email: 'ada@example.com', password: 'correct horse' } });
  const cookie = cookieOf(signUp);
  expect(cookie).toStartWith('better-auth.session_token=');
  expect(await (await backend.call('GET', '/api/v1/whoami', { headers: { cookie } })).json()).toMatchObject({ authenticated: true, roles: ['owner'] });

  const [name, value] = cookie.split('=', 2) as [string, string];
  const token = decodeURIComponent(value).split('.')[0] ?? '';
  for (const forged of [token, `${token}.`, `${token}.AAAA`, `${token}.${'A'.repeat(43)}%3D`]) {
    const answer = await backend.call('GET', '/api/v1/whoami/private', { headers: { cookie: `${name}=${forged}` } });
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ code: 'AUTH_INVALID_TOKEN' });
  }
  expect((await who(backend, `${token}.${'A'.repeat(43)}=`))['authenticated']).toBe(false);
});

test('no credential, an unknown one and an expired one are told apart', async () => {
  const backend = backendOf(options());
  const code = async (token?: string) => ((await (await backend.call('GET', '/api/v1/whoami/private', token ? { token } : {})).json()) as { code: string }).code;
  expect(await code()).toBe('AUTH_MISSING');
  expect(await code('nonsense')).toBe('AUTH_INVALID_TOKEN');
  const token = await backend.signUp('ada');
  backend.clock.ms += 8 * 86_400_000;
  expect(await code(token)).toBe('AUTH_EXPIRED');
});

test('several roles of one member are several roles', async () => {
  const backend = backendOf(options());
  const owner = await backend.signUp('ada'), guest = await backend.signUp('bob');
  const org = (await who(backend, owner))['activeOrgId'] as string;
  const invited = await backend.call('POST', '/api/auth/organization/invite-member', { token: owner, body: { email: 'bob@example.com', role: ['recruiter', 'interviewer'], organizationId: org } });
  expect(invited.status).toBe(200);
  const { id } = (await invited.json()) as { id: string };
  expect((await backend.call('POST', '/api/auth/organization/accept-invitation', { token: guest, body: { invitationId: id } })).status).toBe(200);
  expect(await who(backend, guest)).toMatchObject({ activeOrgId: org, roles: ['recruiter', 'interviewer'] });
});

test('a role that the project does not know cannot be given', async () => {
  const backend = backendOf(options());
  const token = await backend.signUp('ada');
  expect((await backend.call('POST', '/api/auth/organization/invite-member', { token, body: { email: 'x@example.com', role: 'ghost' } })).status).toBe(400);
});

test('a role change counts at once, and a membership that ended scopes nothing', async () => {
  const backend = backendOf(options());
  const owner = await backend.signUp('ada'), guest = await backend.signUp('bob');
  const org = (await who(backend, owner))['activeOrgId'] as string;
  const bob = (await who(backend, guest))['userId'] as string;
  backend.database.native.all("insert into member (id, organization_id, user_id, role, created_at) values ('m', ?, ?, 'recruiter', 0)", [org, bob]);
  await backend.call('POST', '/api/auth/organization/set-active', { token: guest, body: { organizationId: org } });
  expect((await who(backend, guest))['roles']).toEqual(['recruiter']);
  expect((await backend.call('POST', '/api/auth/organization/update-member-role', { token: owner, body: { memberId: 'm', role: 'interviewer', organizationId: org } })).status).toBe(200);
  expect((await who(backend, guest))['roles']).toEqual(['interviewer']);
  expect((await backend.call('POST', '/api/auth/organization/remove-member', { token: owner, body: { memberIdOrEmail: 'm', organizationId: org } })).status).toBe(200);
  const after = await who(backend, guest);
  expect(after['roles']).toEqual([]);
  expect(after['activeOrgId']).toBeUndefined();
});

test('who leaves an organisation is out of it at once', async () => {
  const backend = backendOf(options());
  const owner = await backend.signUp('ada'), guest = await backend.signUp('bob');
  const org = (await who(backend, owner))['activeOrgId'] as string;
  const bob = (await who(backend, guest))['userId'] as string;
  backend.database.native.all("insert into member (id, organization_id, user_id, role, created_at) values ('m', ?, ?, 'recruiter', 0)", [org, bob]);
  await backend.call('POST', '/api/auth/organization/set-active', { token: guest, body: { organizationId: org } });
  expect((await who(backend, guest))['roles']).toEqual(['recruiter']);
  expect((await backend.call('POST', '/api/auth/organization/leave', { token: guest, body: { organizationId: org } })).status).toBe(200);
  expect((await who(backend, guest))['roles']).toEqual([]);
});

test('signing out ends the token at once', async () => {
  const backend = backendOf(options());
  const token = await backend.signUp('ada');
  expect((await who(backend, token))['authenticated']).toBe(true);
  expect((await backend.call('POST', '/api/auth/sign-out', { token, body: {} })).status).toBe(200);
  expect((await who(backend, token))['authenticated']).toBe(false);
});

test('a remembered caller is asked for again after five seconds', async () => {
  const backend = backendOf(options());
  const token = await backend.signUp('ada');
  expect((await who(backend, token))['roles']).toEqual(['owner']);
  backend.database.native.all("update member set role = 'member'", []);
  expect((await who(backend, token))['roles']).toEqual(['owner']);
  backend.clock.ms += 5001;
  expect((await who(backend, token))['roles']).toEqual(['member']);
});

test('a session slides its expiry once a day, not at each request', async () => {
  const backend = backendOf(options());
  const token = await backend.signUp('ada');
  const expiry = () => Number(backend.database.native.all('select expires_at as e from session', [])[0]?.['e']);
  const start = expiry();
  await who(backend, token);
  expect(expiry()).toBe(start);
  // Better Auth reads the system's clock, so the session is aged instead of the clock moved.
  backend.database.native.all('update session set expires_at = expires_at - 172800000', []);
  backend.clock.ms += 5001;
  const answer = await backend.call('GET', '/api/v1/whoami', { token });
  expect(answer.status).toBe(200);
  expect(expiry()).toBeGreaterThanOrEqual(start);
});

test('without organisations the roles are the user\'s own; with them a platform role is none of the organisation', async () => {
  const user = sqliteTable('user', { ...userColumns, role: text('role') }), { session, account, verification, organization, member, invitation } = authSchema;
  const of = async (organizations: boolean, schema: Record<string, unknown>) => {
    const backend = backendOf({ ...options({ organizations, schema }), schema });
    const token = await backend.signUp('ada');
    backend.database.native.all("update user set role = 'admin, editor'", []);
    return who(backend, token);
  };
  const alone = await of(false, { user, session, account, verification });
  expect(alone).toMatchObject({ roles: ['admin', 'editor'], userRole: 'admin, editor' });
  expect(alone['activeOrgId']).toBeUndefined();
  expect(await of(true, { user, session, account, verification, organization, member, invitation })).toMatchObject({ roles: ['owner'], userRole: 'admin, editor' });
});

test('thirty users signing up at once get one organisation each', async () => {
  const backend = backendOf(options());
  await Promise.all(Array.from({ length: 30 }, (_, i) => backend.signUp(`user${i}`)));
  expect(backend.database.native.all('select count(*) as n, count(distinct user_id) as u from member', [])).toEqual([{ n: 30, u: 30 }]);
});

test('a page of another site does not act in the name of a cookie, a page of our own does', async () => {
  const backend = backendOf(options({ trustedOrigins: ['https://app.example.com'] }));
  const signUp = await backend.call('POST', '/api/auth/sign-up/email', { body: { name: 'ada', email: 'ada@example.com', password: 'correct horse' } });
  const cookie = cookieOf(signUp);
  const from = async (origin: string) => (await (await backend.call('GET', '/api/v1/whoami', { headers: { cookie, origin } })).json()) as { authenticated: boolean };
  expect((await from('https://evil.example')).authenticated).toBe(false);
  expect((await from('https://app.example.com')).authenticated).toBe(true);
  expect((await from('http://localhost:3000')).authenticated).toBe(true);
});
