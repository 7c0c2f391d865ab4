// Who is calling: a signed cookie or a bearer token becomes a Context by one statement over session, user and member, with a short cache in
// front. Better Auth's own getSession costs ten times as much and runs only when the session's expiry is due to slide.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { getTableColumns, getTableName, is, Table } from 'drizzle-orm';
import type { Auth, AuthOptions, Environment, PartGiven } from './auth.ts';
import { cookieName, DAY, WEEK } from './auth.ts';
import type { Context } from './context.ts';
import type { Rows } from './driver.ts';

/** Why a request that carried a credential is not signed in. A key that is used too often is refused at once; the others are nobody. */
export type CredentialFault = 'AUTH_INVALID_TOKEN' | 'AUTH_EXPIRED' | 'AUTH_RATE_LIMITED';

/** A resolved caller. `renew` is true when the session's expiry should slide now. */
export interface Caller {
  readonly ctx: Context;
  readonly fault?: CredentialFault;
  /** Of AUTH_RATE_LIMITED: seconds. */
  readonly retryAfter?: number;
  readonly renew?: boolean;
}

/** Resolves callers and remembers them for a few seconds. */
export interface Sessions {
  /** The caller of a request with these headers. With `foreign`, cookies are not looked at: another site's page must not act in their name. */
  resolve(headers: Headers, foreign?: boolean): Caller | Promise<Caller>;
  /** Lets Better Auth slide the expiry; answers the cookies to set. */
  renew(headers: Headers): Promise<readonly string[]>;
  /** Forgets everything remembered: after a sign-out, a role change, a switch of the organisation. */
  clear(): void;
}

const TTL = 5000;
const REMEMBERED = 5000;
export const NOBODY: Caller = { ctx: { authenticated: false, isAnonymous: false, roles: [] } };

interface Remembered {
  readonly caller: Caller;
  readonly until: number;
}

/** Makes the resolver. */
export function createSessions({ database, options, settings, env, now }: PartGiven, auth: Pick<Auth, 'api' | 'keys'>): Sessions {
  const { driver } = database, statement = sessionStatement(options);
  const cookie = cookieName(settings);
  const read = callerReader(options, now, env);
  const known = new Map<string, Remembered>();

  let age = 0; // of the cache: what was looked up before it was cleared is not kept after
  const keep = (credential: string, caller: Caller, expiresAt: number, began: number): Caller => {
    if (!caller.ctx.authenticated || began !== age) return caller;
    known.delete(credential);
    known.set(credential, { caller: { ctx: caller.ctx }, until: Math.min(now() + TTL, expiresAt) });
    const oldest = known.size > REMEMBERED ? known.keys().next().value : undefined;
    if (oldest !== undefined) known.delete(oldest);
    return caller;
  };

  return {
    resolve(headers, foreign) {
      const key = auth.keys && headers.get('x-api-key');
      // A key decides alone: with a wrong one nobody calls, whatever session comes along.
      if (auth.keys && typeof key === 'string') return auth.keys(key);
      const credential = bearerOf(headers) ?? (foreign ? undefined : cookieOf(headers, cookie));
      if (credential === undefined) return NOBODY;
      // The key is the whole signed value, so a forged signature never finds another's entry.
      const hit = known.get(credential);
      if (hit && hit.until > now()) return hit.caller;
      const token = verified(credential, settings.secret);
      if (token === undefined) return { ...NOBODY, fault: 'AUTH_INVALID_TOKEN' };
      const began = age;
      const answer = (rows: Rows): Caller => keep(credential, read(rows), Number(rows[0]?.['expiresAt'] ?? 0), began);
      const rows = driver.all(statement, [token]);
      return rows instanceof Promise ? rows.then(answer) : answer(rows);
    },
    async renew(headers) {
      const { headers: answer } = await auth.api.getSession({ headers, returnHeaders: true });
      return answer.getSetCookie();
    },
    clear() {
      age++;
      known.clear();
    },
  };
}

/** What is read of a user. */
const OF_USER = { email: 'email', name: 'name', role: 'userRole', banned: 'banned', banExpires: 'banExpires', isAnonymous: 'isAnonymous' };

/** One text for all requests. Columns that a plugin would add are read only when the schema has them. */
function sessionStatement(options: AuthOptions): string {
  const session = named(options, 'session'), user = named(options, 'user');
  const member = options.organizations ? named(options, 'member') : undefined, team = member && options.teams ? teamOf(options) : undefined;
  const columns = [
    ...session.pick('s', { id: 'sessionId', userId: 'userId', expiresAt: 'expiresAt', updatedAt: 'updatedAt', activeOrganizationId: 'activeOrgId' }),
    ...(team ? [team.column] : []),
    ...user.pick('u', OF_USER),
    ...(member?.pick('m', { role: 'memberRole' }) ?? []),
  ];
  const join = member
    ? ` left join ${member.table} m on m.${member.column('userId')} = s.${session.column('userId')} and m.${member.column('organizationId')} = s.${session.column('activeOrganizationId')}`
    : '';
  return `select ${columns.join(', ')} from ${session.table} s join ${user.table} u on u.${user.column('id')} = s.${session.column('userId')}${join}${team?.join ?? ''} where s.${session.column('token')} = ? limit 1`;
}

/** The active team, while the user is in it and it is one of the active organisation: a session remembers it for longer. */
function teamOf(options: AuthOptions): { readonly column: string; readonly join: string } {
  const session = named(options, 'session'), team = named(options, 'team'), member = named(options, 'teamMember');
  return {
    column: `t.${team.column('id')} as "activeTeamId"`,
    join: ` left join ${member.table} tm on tm.${member.column('teamId')} = s.${session.column('activeTeamId')} and tm.${member.column('userId')} = s.${session.column('userId')}`
      + ` left join ${team.table} t on t.${team.column('id')} = tm.${member.column('teamId')} and t.${team.column('organizationId')} = s.${session.column('activeOrganizationId')}`,
  };
}

/** The statement that reads a user by the id of an organisation ("" for none) and that of the user. */
export function userStatement(options: AuthOptions): string {
  const user = named(options, 'user'), member = options.organizations ? named(options, 'member') : undefined;
  const columns = [...user.pick('u', { id: 'userId', ...OF_USER }), ...(member?.pick('m', { role: 'memberRole', organizationId: 'activeOrgId' }) ?? [])];
  const where = `u.${user.column('id')} = ?`;
  return member
    ? `select ${columns.join(', ')} from ${user.table} u left join ${member.table} m on m.${member.column('organizationId')} = ? and m.${member.column('userId')} = u.${user.column('id')} where ${where} limit 1`
    : `select ${columns.join(', ')} from ${user.table} u where ? is not null and ${where} limit 1`;
}

function named(options: AuthOptions, key: string) {
  const table = options.schema[key];
  if (!is(table, Table)) throw new Error(`the auth schema has no table ${key}`);
  const columns = getTableColumns(table);
  const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
  const column = (property: string): string => {
    const found = columns[property];
    if (!found) throw new Error(`the auth table ${key} has no column ${property}`);
    return quoted(found.name);
  };
  return {
    table: quoted(getTableName(table)),
    column,
    pick: (alias: string, wanted: Readonly<Record<string, string>>): string[] =>
      Object.entries(wanted).flatMap(([property, as]) => (columns[property] ? [`${alias}.${column(property)} as "${as}"`] : [])),
  };
}

/** Turns the statement's row into a caller. Expired, banned and missing sessions are nobody. */
function callerReader(options: AuthOptions, now: () => number, env: Environment): (rows: Rows) => Caller {
  const lifetime = (options.session?.expiresIn ?? WEEK) * 1000, slide = (options.session?.updateAge ?? DAY) * 1000;
  return ([row]) => {
    if (!row) return { ...NOBODY, fault: 'AUTH_INVALID_TOKEN' };
    const at = now(), expires = Number(row['expiresAt']);
    if (expires <= at) return { ...NOBODY, fault: 'AUTH_EXPIRED' };
    const caller = userOf(row, options, at, env);
    if (caller.fault) return caller;
    return expires - lifetime + slide <= at ? { ...caller, renew: true } : caller;
  };
}

/** The caller that a user's row makes. Whoever is banned is nobody. */
export function userOf(row: Record<string, unknown>, options: AuthOptions, at: number, env: Environment): Caller {
  const banEnds = row['banExpires'];
  if (row['banned'] && (banEnds === null || banEnds === undefined || Number(banEnds) > at)) return { ...NOBODY, fault: 'AUTH_INVALID_TOKEN' };
  return { ctx: contextOf(row, options.organizations, env) };
}

function contextOf(row: Record<string, unknown>, organizations: boolean, env: Environment): Context {
  const text = (name: string): string | undefined => (typeof row[name] === 'string' && row[name] !== '' ? row[name] : undefined);
  const userId = text('userId'), userRole = text('userRole'), id = text('sessionId');
  // An organisation without a membership is a membership that ended: its id must not scope anything.
  const role = organizations ? text('memberRole') : userRole;
  const activeOrgId = organizations && role !== undefined ? text('activeOrgId') : undefined;
  const activeTeamId = activeOrgId === undefined ? undefined : text('activeTeamId');
  const ctx: Context = {
    authenticated: true,
    isAnonymous: Boolean(row['isAnonymous']),
    roles: (role ?? '').split(',').map((r) => r.trim()).filter((r) => r !== ''),
    ...(userId !== undefined ? { userId, user: { id: userId, email: text('email') ?? '', name: text('name') ?? '' } } : {}),
    ...(userRole !== undefined ? { userRole } : {}),
    ...(activeOrgId !== undefined ? { activeOrgId } : {}),
    ...(activeTeamId !== undefined ? { activeTeamId } : {}),
    ...(id !== undefined ? { session: { id } } : {}),
  };
  // Conditions may name `$ctx.env.X`; not enumerable, so that an action that answers with its context does not answer with the secrets.
  return Object.defineProperty(ctx, 'env', { value: env });
}

/** The session token of a credential: signed as `<token>.<base64 HMAC-SHA256>` in cookies and bearer headers, or bare, as sign-in's body has it. */
function verified(credential: string, secret: string): string | undefined {
  const dot = credential.lastIndexOf('.');
  if (dot < 0) return credential;
  const token = credential.slice(0, dot), signature = Buffer.from(credential.slice(dot + 1), 'base64');
  const mac = createHmac('sha256', secret).update(token).digest();
  return signature.length === mac.length && timingSafeEqual(signature, mac) ? token : undefined;
}

function bearerOf(headers: Headers): string | undefined {
  const value = headers.get('authorization');
  return value && /^bearer /i.test(value) ? decoded(value.slice(7).trim()) : undefined;
}

function cookieOf(headers: Headers, name: string): string | undefined {
  for (const pair of headers.get('cookie')?.split(';') ?? []) {
    const equals = pair.indexOf('=');
    // A bare token is for bearer headers only: a cookie is always signed.
    if (equals > 0 && pair.slice(0, equals).trim() === name) return signed(decoded(pair.slice(equals + 1).trim()));
  }
  return undefined;
}

const signed = (value: string): string => (value.includes('.') ? value : `${value}.`);

function decoded(value: string): string {
  try {
    return value.includes('%') ? decodeURIComponent(value) : value;
  } catch {
    return value;
  }
}
