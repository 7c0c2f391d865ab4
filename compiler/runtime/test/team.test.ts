import { expect, test } from 'bun:test';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { auth } from '../app/auth.ts';
import * as authSchema from '../app/auth.schema.ts';
import type { Route } from '../lib/routes.ts';
import { backendOf } from './backend.ts';

const at = (name: string) => integer(name, { mode: 'timestamp_ms' });
/** Better Auth's tables as they are with teams. */
const schema = {
  ...authSchema,
  session: sqliteTable('session', {
    id: text('id').primaryKey(), expiresAt: at('expires_at').notNull(), token: text('token').notNull().unique(), createdAt: at('created_at').notNull(), updatedAt: at('updated_at').notNull(),
    ipAddress: text('ip_address'), userAgent: text('user_agent'), userId: text('user_id').notNull(), activeOrganizationId: text('active_organization_id'), activeTeamId: text('active_team_id'),
  }),
  invitation: sqliteTable('invitation', {
    id: text('id').primaryKey(), organizationId: text('organization_id').notNull(), email: text('email').notNull(), role: text('role'), teamId: text('team_id'), status: text('status').notNull(),
    expiresAt: at('expires_at').notNull(), createdAt: at('created_at').notNull(), inviterId: text('inviter_id').notNull(),
  }),
  team: sqliteTable('team', { id: text('id').primaryKey(), name: text('name').notNull(), memberCount: integer('member_count'), organizationId: text('organization_id').notNull(), createdAt: at('created_at').notNull(), updatedAt: at('updated_at') }),
  teamMember: sqliteTable('team_member', { id: text('id').primaryKey(), teamId: text('team_id').notNull(), userId: text('user_id').notNull(), createdAt: at('created_at'), membershipKey: text('membership_key') }),
};
const whoami: readonly Route[] = [{ method: 'GET', path: '/', bind: () => (c) => c.json(c.get('ctx')) }];

test('the active team counts while the caller is in it, and in its own organisation alone', async () => {
  const backend = backendOf({ name: 'test', auth: { ...auth, schema, teams: true }, schema, resources: [], routes: new Map([['whoami', whoami]]) });
  const boss = await backend.signUp('ada'), token = await backend.signUp('bob');
  const sql = (statement: string, ...params: unknown[]) => backend.database.native.all(statement, params);
  const team = async (): Promise<unknown> => ((await (await backend.call('GET', '/api/v1/whoami', { token })).json()) as { activeTeamId?: string }).activeTeamId;
  const post = async (by: string, path: string, body: object) => (await backend.call('POST', `/api/auth/organization/${path}`, { token: by, body })).status;
  const [org] = sql('select organization_id as id from member join "user" u on u.id = user_id where u.name = ?', 'ada'), [own] = sql('select organization_id as id from member join "user" u on u.id = user_id where u.name = ?', 'bob');
  const [bob] = sql('select id from "user" where name = ?', 'bob');
  sql("insert into member (id, organization_id, user_id, role, created_at) values ('m', ?, ?, 'member', 0)", org?.['id'], bob?.['id']);
  sql("insert into team (id, name, organization_id, created_at) values ('red', 'Red', ?, 0), ('blue', 'Blue', ?, 0)", org?.['id'], org?.['id']);
  sql("insert into team_member (id, team_id, user_id) values ('tm', 'red', ?)", bob?.['id']);

  expect(await post(token, 'set-active', { organizationId: org?.['id'] })).toBe(200);
  expect(await team()).toBeUndefined();
  expect(await post(token, 'set-active-team', { teamId: 'blue' })).not.toBe(200);
  expect(await post(token, 'set-active-team', { teamId: 'red' })).toBe(200);
  expect(await team()).toBe('red');

  expect(await post(token, 'set-active', { organizationId: own?.['id'] })).toBe(200);
  expect(await team()).toBeUndefined();
  expect(await post(token, 'set-active', { organizationId: org?.['id'] })).toBe(200);
  expect(await post(token, 'set-active-team', { teamId: 'red' })).toBe(200);
  expect(await team()).toBe('red');
  expect(await post(boss, 'remove-team-member', { teamId: 'red', userId: bob?.['id'], organizationId: org?.['id'] })).toBe(200);
  expect(sql('select active_team_id as id from session where user_id = ? and active_team_id is not null', bob?.['id'])).not.toEqual([]); // what the session still says
  expect(await team()).toBeUndefined();
});
