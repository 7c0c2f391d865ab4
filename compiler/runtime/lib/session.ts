// Who is calling: a signed cookie or a bearer token becomes a Context by one statement over session, user and member, with a short cache in
// front. Better Auth's own getSession costs ten times as much and runs only when the session's expiry is due to slide.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { is, Table } from 'drizzle-orm';
import { cookieName, DAY, WEEK, type Auth, type AuthOptions, type Environment, type PartGiven } from './auth.ts';
import { columnsOf, nameOf } from './columns.ts';
import type { Context } from './context.ts';
import type { Rows } from './driver.ts';

/** A resolved caller. */
export interface Caller {
  readonly ctx: Context;
  /** Why a request that carried a credential is not signed in. A key that is used too often is refused at once; the others are nobody. */
  readonly fault?: 'AUTH_INVALID_TOKEN' | 'AUTH_EXPIRED' | 'AUTH_RATE_LIMITED';
  /** Of AUTH_RATE_LIMITED: seconds. */
  readonly retryAfter?: number;
  /** The session's expiry should slide now. */
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

const TTL = 5000, REMEMBERED = 5000;
export const NOBODY: Caller = { ctx: { authenticated: false, isAnonymous: false, roles: [] } };

/** Makes the resolver. */
export function createSessions({ database: { driver }, options, settings, env, now }: PartGiven, auth: Pick<Auth, 'api' | 'keys'>): Sessions {
  const statement = sessionStatement(options), cookie = cookieName(settings), read = callerReader(options, now, env);
  const known = new Map<string, { readonly caller: Caller; readonly until: number }>();
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
      const token = verified(credential, settings.secret), began = age;
      if (token === undefined) return { ...NOBODY, fault: 'AUTH_INVALID_TOKEN' };
      const answer = (rows: Rows): Caller => keep(credential, read(rows), Number(rows[0]?.['expiresAt'] ?? 0), began);
      const rows = driver.all(statement, [token]);
      return rows instanceof Promise ? rows.then(answer) : answer(rows);
    },
    renew: async (headers) => (await auth.api.getSession({ headers, returnHeaders: true })).headers.getSetCookie(),
    clear() {
      age++;
      known.clear();
    },
  };
}

/** A table of the schema under an alias. Columns that a plugin would add are picked only when the schema has them. */
export function named({ schema }: AuthOptions, key: string, alias: string) {
  const table = schema[key];
  if (!is(table, Table)) throw new Error(`the auth schema has no table ${key}`);
  const columns = columnsOf(table), column = (property: string): string => {
    const found = columns.get(property);
    if (!found) throw new Error(`the auth table ${key} has no column ${property}`);
    return `${alias}.${found.sql}`;
  };
  const pick = (wanted: Readonly<Record<string, string>>): readonly string[] =>
    Object.entries(wanted).flatMap(([property, as]) => (columns.has(property) ? [`${column(property)} as "${as}"`] : []));
  return { from: `${nameOf(table)} ${alias}`, column, pick };
}

/** What is read of a user. */
export const OF_USER = { email: 'email', name: 'name', role: 'userRole', banned: 'banned', banExpires: 'banExpires', isAnonymous: 'isAnonymous' };

/** One text for all requests. */
function sessionStatement(options: AuthOptions): string {
  const s = named(options, 'session', 's'), u = named(options, 'user', 'u'), m = options.organizations ? named(options, 'member', 'm') : undefined;
  // The active team counts while the user is in it and it is one of the active organisation: a session remembers it for longer.
  const tm = m && options.teams ? named(options, 'teamMember', 'tm') : undefined, t = tm && named(options, 'team', 't');
  const columns = [
    ...s.pick({ id: 'sessionId', userId: 'userId', expiresAt: 'expiresAt', activeOrganizationId: 'activeOrgId' }),
    ...u.pick(OF_USER), ...(m?.pick({ role: 'memberRole' }) ?? []), ...(t?.pick({ id: 'activeTeamId' }) ?? []),
  ];
  const member = m ? ` left join ${m.from} on ${m.column('userId')} = ${s.column('userId')} and ${m.column('organizationId')} = ${s.column('activeOrganizationId')}` : '';
  const team = tm && t ? ` left join ${tm.from} on ${tm.column('teamId')} = ${s.column('activeTeamId')} and ${tm.column('userId')} = ${s.column('userId')}`
    + ` left join ${t.from} on ${t.column('id')} = ${tm.column('teamId')} and ${t.column('organizationId')} = ${s.column('activeOrganizationId')}` : '';
  return `select ${columns.join(', ')} from ${s.from} join ${u.from} on ${u.column('id')} = ${s.column('userId')}${member}${team} where ${s.column('token')} = ? limit 1`;
}

/** Turns the statement's row into a caller. Expired, banned and missing sessions are nobody. */
function callerReader(options: AuthOptions, now: () => number, env: Environment): (rows: Rows) => Caller {
  const lifetime = (options.session?.expiresIn ?? WEEK) * 1000, slide = (options.session?.updateAge ?? DAY) * 1000;
  return ([row]) => {
    if (!row) return { ...NOBODY, fault: 'AUTH_INVALID_TOKEN' };
    const at = now(), expires = Number(row['expiresAt']);
    if (expires <= at) return { ...NOBODY, fault: 'AUTH_EXPIRED' };
    const caller = userOf(row, options, at, env);
    return !caller.fault && expires - lifetime + slide <= at ? { ...caller, renew: true } : caller;
  };
}

/** The caller that a user's row makes. Whoever is banned is nobody. */
export function userOf(row: Record<string, unknown>, options: AuthOptions, at: number, env: Environment): Caller {
  const ends = row['banExpires'], banned = row['banned'] && (ends === null || ends === undefined || Number(ends) > at);
  return banned ? { ...NOBODY, fault: 'AUTH_INVALID_TOKEN' } : { ctx: contextOf(row, options.organizations, env) };
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
    if (equals <= 0 || pair.slice(0, equals).trim() !== name) continue;
    const value = decoded(pair.slice(equals + 1).trim());
    return value.includes('.') ? value : `${value}.`; // a bare token is for bearer headers only: a cookie is always signed
  }
  return undefined;
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
