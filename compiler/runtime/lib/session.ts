// Who is calling: a signed cookie or a bearer token becomes a Context by one statement over session, user and member, with a short cache in
// front. Better Auth's own getSession costs ten times as much and runs only when the session's expiry is due to slide.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { parse } from 'hono/utils/cookie';
import { tryDecode } from 'hono/utils/url';
import type { AuthGiven, AuthOptions, createAuth } from './auth.ts';
import type { Context } from './context.ts';
import type { Rows } from './driver.ts';

/** A resolved caller. */
export interface Caller {
  readonly ctx: Context;
  /** Why a request that carried a credential is not signed in. */
  readonly fault?: 'AUTH_INVALID_TOKEN' | 'AUTH_EXPIRED' | 'AUTH_RATE_LIMITED';
  /** Of AUTH_RATE_LIMITED: seconds. */
  readonly retryAfter?: number;
  /** The session's expiry should slide now. */
  readonly renew?: boolean;
}

const TTL = 5000, REMEMBERED = 5000;
export const NOBODY: Caller = { ctx: { authenticated: false, isAnonymous: false, roles: [] } };

/** What resolves callers and remembers them for a few seconds. */
export function createSessions(given: AuthGiven, auth: ReturnType<typeof createAuth>) {
  const { database: { driver }, options, settings, now } = given, statement = sessionStatement(options);
  const cookie = `${settings.secureCookies ? '__Secure-' : ''}better-auth.session_token`;
  const known = new Map<string, { readonly caller: Caller; readonly until: number }>();
  let age = 0; // of the cache: what was looked up before it was cleared is not kept after
  const keep = (credential: string, caller: Caller, expiresAt: number, began: number): Caller => {
    if (!caller.ctx.authenticated || began !== age) return caller;
    known.set(credential, { caller: { ctx: caller.ctx }, until: Math.min(now() + TTL, expiresAt) });
    if (known.size > REMEMBERED) known.delete(known.keys().next().value ?? ''); // the oldest
    return caller;
  };
  return {
    /** The caller of a request with these headers. With `foreign`, cookies are not looked at: another site's page must not act in their name. */
    resolve(headers: Headers, foreign: boolean): Caller | Promise<Caller> {
      //: parts
      const key = headers.get('x-api-key');
      // A key decides alone: with a wrong one nobody calls, whatever session comes along.
      if (auth.keys && key !== null) return auth.keys(key);
      //: end
      const credential = bearerOf(headers) ?? (foreign ? undefined : cookieOf(headers, cookie));
      if (credential === undefined) return NOBODY;
      // The key is the whole signed value, so a forged signature never finds another's entry.
      const hit = known.get(credential);
      if (hit && hit.until > now()) return hit.caller;
      const token = verified(credential, settings.secret), began = age;
      if (token === undefined) return { ...NOBODY, fault: 'AUTH_INVALID_TOKEN' };
      const answer = (rows: Rows): Caller => keep(credential, callerOf(rows[0], given), Number(rows[0]?.['expires_at'] ?? 0), began);
      const rows = driver.all(statement, [token]);
      return rows instanceof Promise ? rows.then(answer) : answer(rows);
    },
    renew: auth.renew,
    /** Forgets everything remembered: after a sign-out, a role change, a switch of the organisation. */
    clear(): void {
      age++;
      known.clear();
    },
  };
}

/** One text for all requests. Of a user all columns are read, those that plugins add among them. */
function sessionStatement(options: AuthOptions): string {
  const columns = ['u.*', 's.id as session_id', 's.expires_at'], joins = ['join "user" u on u.id = s.user_id'];
  if (options.organizations) {
    columns.push('s.active_organization_id', 'm.role as member_role');
    joins.push('left join "member" m on m.user_id = s.user_id and m.organization_id = s.active_organization_id');
  }
  //: teams
  // The active team counts while the user is in it and it is one of the active organisation: a session remembers it for longer.
  if (options.organizations && options.teams) {
    columns.push('t.id as active_team_id');
    joins.push('left join "team_member" tm on tm.team_id = s.active_team_id and tm.user_id = s.user_id');
    joins.push('left join "team" t on t.id = tm.team_id and t.organization_id = s.active_organization_id');
  }
  //: end
  return `select ${columns.join(', ')} from "session" s ${joins.join(' ')} where s.token = ? limit 1`;
}

/** Turns the statement's row into a caller. Expired, banned and missing sessions are nobody. */
function callerOf(row: Rows[number] | undefined, given: AuthGiven): Caller {
  if (!row) return { ...NOBODY, fault: 'AUTH_INVALID_TOKEN' };
  const { expiresIn, updateAge } = given.options.session, expires = Number(row['expires_at']), at = given.now();
  if (expires <= at) return { ...NOBODY, fault: 'AUTH_EXPIRED' };
  const caller = userOf(row, given);
  return !caller.fault && expires - (expiresIn - updateAge) * 1000 <= at ? { ...caller, renew: true } : caller;
}

/** The caller that a user's row makes. Whoever is banned is nobody. */
export function userOf(row: Rows[number], given: AuthGiven): Caller {
  const { organizations } = given.options;
  if (row['banned'] && Number(row['ban_expires'] ?? Infinity) > given.now()) return { ...NOBODY, fault: 'AUTH_INVALID_TOKEN' }; //: admin
  const text = (name: string): string | undefined => (typeof row[name] === 'string' && row[name] !== '' ? row[name] : undefined);
  const userId = text('id') ?? '', session = text('session_id');
  // An organisation without a membership is a membership that ended: its id must not scope anything.
  const role = text(organizations ? 'member_role' : 'role'), activeOrgId = organizations && role !== undefined ? text('active_organization_id') : undefined;
  const ctx: Context = {
    authenticated: true, isAnonymous: Boolean(row['is_anonymous']),
    roles: (role ?? '').split(',').map((r) => r.trim()).filter((r) => r !== ''),
    userId, user: { id: userId, email: text('email') ?? '', name: text('name') ?? '' }, userRole: text('role'),
    activeTeamId: activeOrgId === undefined ? undefined : text('active_team_id'), //: teams
    activeOrgId, session: session === undefined ? undefined : { id: session },
  };
  //: env
  // Conditions may name `$ctx.env.X`; not enumerable, so that an action that answers with its context does not answer with the secrets.
  Object.defineProperty(ctx, 'env', { value: given.env });
  //: end
  return { ctx };
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
  return value && /^bearer /i.test(value) ? tryDecode(value.slice(7).trim(), decodeURIComponent) : undefined;
}

function cookieOf(headers: Headers, name: string): string | undefined {
  const value = parse(headers.get('cookie') ?? '', name)[name];
  return value === undefined || value.includes('.') ? value : `${value}.`; // a bare token is for bearer headers only: a cookie is always signed
}
