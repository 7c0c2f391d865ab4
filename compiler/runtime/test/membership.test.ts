import { expect, test } from 'bun:test';
import { auth } from '../app/auth.ts';
import * as authSchema from '../app/auth.schema.ts';
import { backendOf, type TestBackend } from './backend.ts';

const open = (roleHierarchy?: readonly string[]): TestBackend =>
  backendOf({ name: 'test', auth: { ...auth, ...(roleHierarchy ? { roleHierarchy } : {}) }, schema: authSchema, resources: [], routes: new Map() });

/** An organisation with one member of each role, and how to call it as one of them. */
async function organization(backend: TestBackend, ...roles: readonly string[]) {
  const tokens: Record<string, string> = { owner: await backend.signUp('ada') };
  const [org] = backend.database.native.all('select id from organization', []);
  for (const [i, role] of roles.entries()) {
    const token = (tokens[role] = await backend.signUp(`m${i}`));
    const [user] = backend.database.native.all('select id from "user" where email = ?', [`m${i}@example.com`]);
    backend.database.native.all('insert into member (id, organization_id, user_id, role, created_at) values (?, ?, ?, ?, 0)', [`member-${role}`, org?.['id'], user?.['id'], role]);
    await backend.call('POST', '/api/auth/organization/set-active', { token, body: { organizationId: org?.['id'] } });
  }
  const post = (role: string, what: string, body: object) => backend.call('POST', `/api/auth/organization/${what}`, { token: tokens[role] ?? '', body: { organizationId: org?.['id'], ...body } });
  return {
    tokens, id: org?.['id'] as string,
    invite: (as: string, role: unknown, email = 'x@example.com', more: object = {}) => post(as, 'invite-member', { email, role, ...more }),
    assign: (as: string, member: string, role: unknown) => post(as, 'update-member-role', { memberId: `member-${member}`, role }),
    remove: (as: string, memberIdOrEmail: string) => post(as, 'remove-member', { memberIdOrEmail }),
    roleOf: (member: string) => backend.database.native.all('select role from member where id = ?', [`member-${member}`])[0]?.['role'],
    get: async (as: string, path: string) => {
      const answer = await backend.call('GET', `/api/auth/organization/${path}`, { token: tokens[as] ?? '' });
      return { status: answer.status, body: (await answer.json()) as any };
    },
  };
}
const RANKED = ['interviewer', 'member', 'admin', 'recruiter', 'owner'];

test('nobody invites to a role above their own, however it is spelled', async () => {
  const org = await organization(open(RANKED), 'admin');
  for (const role of ['recruiter', 'owner', ' owner', 'member, owner', 'member ,recruiter', ['member', 'owner'], ['member', ' owner'], ['member,owner'], ['member, recruiter']]) {
    expect({ role, status: (await org.invite('admin', role)).status }).toEqual({ role, status: 403 });
  }
  for (const [i, role] of ['interviewer', 'admin', ['member', 'interviewer'], 'member, interviewer'].entries()) {
    expect((await org.invite('admin', role, `ok${i}@example.com`)).status).toBe(200);
  }
  expect((await org.invite('owner', 'recruiter, owner', 'co@example.com')).status).toBe(200);
});

test('an invitation keeps its roles in the form that is checked', async () => {
  const backend = open(RANKED), org = await organization(backend);
  await org.invite('owner', ['member', ' recruiter , interviewer']);
  expect(backend.database.native.all('select role from invitation', [])).toEqual([{ role: 'member,recruiter,interviewer' }]);
});

test('nobody assigns a role above their own, to themselves or to others, nor touches who has one', async () => {
  const org = await organization(open(RANKED), 'admin', 'member', 'recruiter');
  expect((await org.assign('admin', 'admin', 'recruiter')).status).toBe(403);
  expect((await org.assign('admin', 'admin', ['admin', 'recruiter'])).status).toBe(403);
  expect((await org.assign('admin', 'member', 'recruiter')).status).toBe(403);
  expect((await org.assign('admin', 'recruiter', 'member')).status).toBe(403);
  expect((await org.remove('admin', 'member-recruiter')).status).toBe(403);
  expect((await org.remove('admin', 'M2@example.com')).status).toBe(403);
  expect(['admin', 'member', 'recruiter'].map((m) => org.roleOf(m))).toEqual(['admin', 'member', 'recruiter']);
  expect((await org.assign('admin', 'member', 'interviewer')).status).toBe(200);
  expect((await org.assign('owner', 'recruiter', 'admin')).status).toBe(200);
  expect((await org.remove('admin', 'member-member')).status).toBe(200);
});

test('an owner who was given the role with a space is still an owner to others', async () => {
  const backend = open(RANKED), org = await organization(backend, 'admin', 'member, owner');
  expect((await org.assign('admin', 'member, owner', 'member')).status).toBe(403);
  expect((await org.remove('admin', 'member-member, owner')).status).toBe(403);
});

test('who manages members without a rank gives roles without a rank', async () => {
  const org = await organization(open(['interviewer', 'recruiter', 'owner']), 'admin');
  expect((await org.assign('admin', 'admin', 'admin,interviewer')).status).toBe(403);
  expect((await org.invite('admin', 'member')).status).toBe(200);
});

test('without a hierarchy of its own a project has member, admin, owner', async () => {
  const org = await organization(open(), 'admin');
  expect((await org.invite('admin', 'recruiter')).status).toBe(200);
  expect((await org.invite('admin', 'member, owner', 'y@example.com')).status).toBe(403);
});

test('the id of an invitation, which is all it takes to accept it, is shown to nobody who could not have made it', async () => {
  const backend = open(RANKED), org = await organization(backend, 'admin', 'member', 'recruiter');
  await org.invite('owner', 'owner', 'co@example.com');
  await org.invite('owner', 'member', 'plain@example.com');
  const seen = async (as: string) => {
    const list = await org.get(as, `list-invitations?organizationId=${org.id}`), full = await org.get(as, `get-full-organization?organizationId=${org.id}`);
    const emails = (list_: { email: string }[]) => list_.map((i) => i.email).sort();
    expect(full.body.members.length).toBe(4);
    return [list.status === 200 ? emails(list.body) : list.status, emails(full.body.invitations)];
  };
  expect(await seen('owner')).toEqual([['co@example.com', 'plain@example.com'], ['co@example.com', 'plain@example.com']]);
  expect(await seen('admin')).toEqual([['plain@example.com'], ['plain@example.com']]);
  expect(await seen('member')).toEqual([[], []]);
  expect(await seen('recruiter')).toEqual([[], []]);
});

test('sending an invitation again does not hand out the id of one to a higher role', async () => {
  const org = await organization(open(RANKED), 'admin');
  await org.invite('owner', 'owner', 'co@example.com');
  expect((await org.invite('admin', 'member', 'CO@example.com', { resend: true })).status).toBe(403);
  expect((await org.invite('owner', 'owner', 'co@example.com', { resend: true })).status).toBe(200);
});

test('who has no session, or no part in the organisation, is answered as before', async () => {
  const backend = open(RANKED), org = await organization(backend);
  const stranger = await backend.signUp('eve');
  const invite = (token?: string) => backend.call('POST', '/api/auth/organization/invite-member', { ...(token ? { token } : {}), body: { email: 'x@example.com', role: 'owner', organizationId: org.id } });
  expect((await invite()).status).toBe(401);
  expect([400, 403]).toContain((await invite(stranger)).status);
  expect(backend.database.native.all('select id from invitation', [])).toEqual([]);
});
