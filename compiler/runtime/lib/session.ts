// Who is calling: a signed cookie or a bearer token becomes a Context by one statement over session, user and member, with a short cache in
// front. Better Auth's own getSession costs ten times as much and runs only when the session's expiry is due to slide.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { getTableColumns, getTableName, is, Table } from 'drizzle-orm';
import type { Auth, AuthOptions, AuthSettings, Environment } from './auth.ts';
import { cookieName, DAY, WEEK } from './auth.ts';
import type { Context } from './context.ts';
import type { Driver, Rows } from './driver.ts';

/** Why a request that carried a credential is not signed in. */
export type CredentialFault = 'AUTH_INVALID_TOKEN' | 'AUTH_EXPIRED';

/** A resolved caller. `renew` is true when the session's expiry should slide now. */
export interface Caller {
  readonly ctx: Context;
  readonly fault?: CredentialFault;
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
const NOBODY: Caller = { ctx: { authenticated: false, isAnonymous: false, roles: [] } };

interface Remembered {
  readonly caller: Caller;
  readonly until: number;
}

/** What the resolver takes from its surroundings. */
export interface SessionPlatform {
  readonly env: Environment;
  readonly now?: () => Date;
}

/** Makes the resolver. */
export function createSessions(driver: Driver, options: AuthOptions, settings: AuthSettings, auth: Pick<Auth, 'api'>, platform: SessionPlatform): Sessions {
  const now = platform.now ? () => Number(platform.now?.()) : Date.now;
  const statement = sessionStatement(options);
  const cookie = cookieName(settings);
  const read = callerReader(options, now, platform.env);
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

/** One text for all requests. Columns that a plugin would add are read only when the schema has them. */
function sessionStatement(options: AuthOptions): string {
  const session = named(options, 'session'), user = named(options, 'user');
  const member = options.organizations ? named(options, 'member') : undefined;
  const columns = [
    ...session.pick('s', { id: 'sessionId', userId: 'userId', expiresAt: 'expiresAt', updatedAt: 'updatedAt', activeOrganizationId: 'activeOrgId', activeTeamId: 'activeTeamId' }),
    ...user.pick('u', { email: 'email', name: 'name', role: 'userRole', banned: 'banned', banExpires: 'banExpires', isAnonymous: 'isAnonymous' }),
    ...(member?.pick('m', { role: 'memberRole' }) ?? []),
  ];
  const join = member
    ? ` left join ${member.table} m on m.${member.column('userId')} = s.${session.column('userId')} and m.${member.column('organizationId')} = s.${session.column('activeOrganizationId')}`
    : '';
  return `select ${columns.join(', ')} from ${session.table} s join ${user.table} u on u.${user.column('id')} = s.${session.column('userId')}${join} where s.${session.column('token')} = ? limit 1`;
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
    const banEnds = row['banExpires'];
    if (row['banned'] && (banEnds === null || banEnds === undefined || Number(banEnds) > at)) return { ...NOBODY, fault: 'AUTH_INVALID_TOKEN' };
    const caller: Caller = { ctx: contextOf(row, options.organizations, env) };
    return expires - lifetime + slide <= at ? { ...caller, renew: true } : caller;
  };
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
