// Better Auth, made once per process: organisations with the project's roles, e-mail and password, bearer tokens.
import { betterAuth, type BetterAuthOptions, type BetterAuthPlugin } from 'better-auth';
import { drizzleAdapter } from '@better-auth/drizzle-adapter';
import { bearer, organization, type OrganizationOptions } from 'better-auth/plugins';
import { createAccessControl } from 'better-auth/plugins/access';
import { adminAc, defaultStatements, memberAc, ownerAc } from 'better-auth/plugins/organization/access';
import type { Database, Driver } from './driver.ts';
import { membership } from './membership.ts';
import type { Caller } from './session.ts';

/** Environment variables, of the process or of a Worker. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a project configures: src/auth/index.ts holds it as literals. */
export interface AuthOptions {
  /** Better Auth's tables, keyed by model name. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** With organisations, roles are those of the caller's membership; without, those of the user. */
  readonly organizations: boolean;
  /** Every role a definition names. Invitations and role updates accept these and owner, admin, member. */
  readonly roles: readonly string[];
  /** Lowest first: nobody gives a role above their own. member, admin, owner when absent. */
  readonly roleHierarchy?: readonly string[];
  readonly emailAndPassword?: boolean;
  readonly teams?: boolean;
  /** Seconds; 7 days and 1 day when absent. */
  readonly session?: { readonly expiresIn?: number; readonly updateAge?: number };
  /** `max` requests in `window` seconds, from one address to one path; outside development 100 in 10, and fewer where one signs in. */
  readonly rateLimit?: { readonly enabled?: boolean; readonly window?: number; readonly max?: number };
  /** Origins that browsers may call from, with `*` as wildcard. */
  readonly trustedOrigins?: readonly string[];
  /** Headers in which a trusted proxy names the client. Without any, the address of the connection counts. */
  readonly clientAddressHeaders?: readonly string[];
  /** What sends mail: that of mail-cloudflare.ts or mail-ses.ts. */
  readonly mail?: MailTransport;
  /** What else users may sign in with, or manage: each from a module of its own, which is there only when it is configured. */
  readonly plugins?: readonly AuthPart[];
}

/** A part of authentication that a project configures. */
export type AuthPart = (given: PartGiven) => AuthAddition;

/** What a part may use. */
export interface PartGiven {
  readonly options: AuthOptions;
  readonly settings: AuthSettings;
  readonly env: Environment;
  /** That of Better Auth's tables. */
  readonly database: Database;
  /** That of the project's own tables. */
  readonly rows: Driver;
  /** What the project is called. */
  readonly name: string;
  readonly now: () => number;
  /** Sends mail; absent where none is configured. */
  readonly mail?: SendMail;
}

/** A mail to one person. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}
export type SendMail = (mail: Mail) => Promise<void>;
/** Makes what sends mail. Throws MissingEnv outside development when what it needs is not there. */
export type MailTransport = (given: Pick<PartGiven, 'env' | 'settings' | 'now'>) => SendMail;

/** What a part adds. */
export interface AuthAddition {
  readonly plugins?: readonly BetterAuthPlugin[];
  readonly socialProviders?: NonNullable<BetterAuthOptions['socialProviders']>;
  readonly organization?: Pick<OrganizationOptions, 'sendInvitationEmail'>;
  /** Removes what a user has to call with: whoever registered an account with an address of somebody else keeps none of it. */
  readonly unproven?: (userId: string) => Promise<void>;
  readonly emailAndPassword?: Omit<NonNullable<BetterAuthOptions['emailAndPassword']>, 'enabled'>;
  /** Reads the value of an x-api-key header; `api` is that of the instance. */
  readonly keys?: (api: unknown) => (key: string) => Promise<Caller>;
}

/** Checks a project's options by their type; the value is what createApp takes. */
export const defineAuth = (options: AuthOptions): AuthOptions => options;

/** The part of a Better Auth instance that the library uses. */
export interface Auth {
  handler(request: Request): Promise<Response>;
  /** The caller whose API key it is; absent where there are none. */
  readonly keys?: (key: string) => Promise<Caller>;
  readonly api: {
    getSession(input: { headers: Headers; returnHeaders: true }): Promise<{ headers: Headers }>;
    createOrganization(input: { body: { name: string; slug: string; userId: string } }): Promise<{ id: string } | null>;
  };
}

/** What the environment decides. */
export interface AuthSettings {
  readonly secret: string;
  readonly baseURL: string | undefined;
  readonly development: boolean;
  readonly secureCookies: boolean;
  readonly origins: readonly string[];
}

/** Variables that a backend cannot start without. */
export class MissingEnv extends Error {
  override name = 'MissingEnv';
  readonly code = 'MISSING_ENV';
  constructor(readonly variables: readonly string[], why = 'must be set') {
    super(`MISSING_ENV: ${variables.join(', ')} ${why}`);
  }
}

export const AUTH_PATH = '/api/auth';
export const AUTH_ALIAS = '/auth/v1';
/** Set by the server from the connection, never taken from a client: rate limits count by it. */
export const ADDRESS_HEADER = 'x-connection-address';
export const WEEK = 604_800;
export const DAY = 86_400;
const LOOPBACK_ORIGINS = ['http://localhost:*', 'http://127.0.0.1:*', 'http://[::1]:*'];

/** Reads what the environment decides. Throws MissingEnv when the secret is absent or too short to sign with. */
export function authSettings(options: AuthOptions, env: Environment): AuthSettings {
  const secret = env['BETTER_AUTH_SECRET'];
  if (!secret) throw new MissingEnv(['BETTER_AUTH_SECRET']);
  if (secret.length < 32) throw new MissingEnv(['BETTER_AUTH_SECRET'], 'must have at least 32 characters');
  const development = env['NODE_ENV'] !== 'production';
  const configured = env['BETTER_AUTH_URL'] ? new URL(env['BETTER_AUTH_URL']).origin : undefined;
  return {
    secret,
    development,
    // In development every loopback name of the server works, so the origin is that of the request.
    baseURL: configured ?? (development ? undefined : `http://localhost:${env['PORT'] ?? '3000'}`),
    secureCookies: configured ? configured.startsWith('https:') : !development,
    origins: [...(options.trustedOrigins ?? []), ...(configured ? [configured] : []), ...(development ? LOOPBACK_ORIGINS : [])],
  };
}

/** The name of the cookie that carries a session. */
export function cookieName(settings: AuthSettings): string {
  return `${settings.secureCookies ? '__Secure-' : ''}better-auth.session_token`;
}

/** Where Better Auth keeps sessions besides the database: KV on Workers. */
export type SessionStore = Pick<BetterAuthOptions, 'secondaryStorage' | 'verification'>;

/** Makes the instance. `changed` is called whenever a session, a user or a membership may have changed. */
export function createAuth(given: PartGiven, changed: () => void, store?: SessionStore): Auth {
  const { options, settings, database } = given;
  const dropped = async (): Promise<void> => changed();
  const whole = options.mail ? { ...given, mail: options.mail(given) } : given;
  const parts = (options.plugins ?? []).map((part) => part(whole));
  const auth = betterAuth({
    secret: settings.secret,
    ...(settings.baseURL ? { baseURL: settings.baseURL } : {}),
    basePath: AUTH_PATH,
    database: drizzleAdapter(database.plain as Record<string, unknown>, { provider: 'sqlite', schema: options.schema }),
    trustedOrigins: [...settings.origins],
    emailAndPassword: Object.assign({ enabled: options.emailAndPassword ?? true }, ...parts.map((part) => part.emailAndPassword)),
    session: { expiresIn: options.session?.expiresIn ?? WEEK, updateAge: options.session?.updateAge ?? DAY, ...(store ? { storeSessionInDatabase: true } : {}) },
    ...store,
    advanced: {
      useSecureCookies: settings.secureCookies,
      ipAddress: { ipAddressHeaders: [...(options.clientAddressHeaders ?? []), ADDRESS_HEADER] },
    },
    // In memory also where there is a store: KV takes one write a second for a key.
    rateLimit: { enabled: !settings.development, ...options.rateLimit, storage: 'memory' },
    telemetry: { enabled: false },
    logger: { level: 'error' },
    databaseHooks: {
      session: {
        create: { before: async (session) => ({ data: { ...session, ...(await activate(session)) } }) },
        update: { after: dropped },
        delete: { after: dropped },
      },
      user: { update: userUpdates(parts, changed), delete: { after: dropped } },
    },
    plugins: [...(options.organizations ? organizations(options, dropped, Object.assign({}, ...parts.map((part) => part.organization))) : []), bearer(), ...parts.flatMap((part) => part.plugins ?? [])],
    socialProviders: Object.assign({}, ...parts.map((part) => part.socialProviders)),
  } satisfies BetterAuthOptions) as unknown as Auth;
  const first = firstOrganization(auth, database);
  const activate = async (session: { userId: string }): Promise<object> =>
    options.organizations ? { activeOrganizationId: await first(session.userId) } : {};
  const keys = parts.find((part) => part.keys)?.keys?.(auth.api);
  return keys ? Object.assign(auth, { keys }) : auth;
}

const BY_MAIL = /^\/(sign-in\/(email-otp|combo-auth)|magic-link\/verify)/;

/**
 * What follows a change of a user. A code or a link by mail may prove the address of an account that somebody else has registered: Better Auth
 * removes its passwords and sessions then, and what parts have added goes with them.
 */
function userUpdates(parts: readonly AuthAddition[], changed: () => void) {
  type Call = { readonly path?: string } | null;
  const proven = new WeakSet<object>();
  return {
    before: async (data: { readonly emailVerified?: unknown }, call: Call): Promise<void> => {
      if (call && data.emailVerified === true && BY_MAIL.test(call.path ?? '')) proven.add(call);
    },
    after: async (user: { readonly id: string }, call: Call): Promise<void> => {
      if (call && proven.delete(call)) for (const part of parts) await part.unproven?.(user.id);
      changed();
    },
  };
}

function organizations(options: AuthOptions, dropped: () => Promise<void>, more: NonNullable<AuthAddition['organization']>): BetterAuthPlugin[] {
  const access = createAccessControl(defaultStatements);
  // A map of roles replaces Better Auth's own, so the three it knows are listed again.
  const roles: Record<string, ReturnType<typeof access.newRole>> = {
    owner: access.newRole(ownerAc.statements),
    admin: access.newRole(adminAc.statements),
    member: access.newRole(memberAc.statements),
  };
  for (const role of options.roles) roles[role] ??= access.newRole(memberAc.statements);
  const { hooks, plugin } = membership(options.roleHierarchy);
  const members = organization({
    ...more,
    ac: access,
    roles,
    // What an anonymous user founds would go with them when they get an account.
    allowUserToCreateOrganization: (user) => Promise.resolve(!(user as { readonly isAnonymous?: boolean }).isAnonymous),
    ...(options.teams ? { teams: { enabled: true } } : {}),
    organizationHooks: { ...hooks, afterAddMember: dropped, afterRemoveMember: dropped, afterUpdateMemberRole: dropped, afterDeleteOrganization: dropped },
  });
  return [members, plugin];
}

/**
 * The organisation a new session starts in: the user's first, or one made for the user, who becomes its owner. It runs before the session
 * is stored, because hooks on users run only after a sign-up's session exists and would leave that session without an organisation.
 */
function firstOrganization(auth: Auth, { driver }: Database): (userId: string) => Promise<string | null> {
  const membership = async (userId: string): Promise<string | undefined> => {
    const [row] = await driver.all('select organization_id as id from "member" where user_id = ? order by created_at, id limit 1', [userId]);
    return row?.['id'] as string | undefined;
  };
  return async (userId) => {
    const known = await membership(userId);
    if (known !== undefined) return known;
    const [user] = await driver.all('select * from "user" where id = ?', [userId]);
    if (!user || user['is_anonymous']) return null;
    try {
      const name = `${String(user['name'] || user['email'])}'s organization`;
      const made = await auth.api.createOrganization({ body: { name, slug: `org-${userId.toLowerCase()}`, userId } });
      return made?.id ?? null;
    } catch (error) {
      // A second sign-in of the same user made it first: the slug is unique per user.
      const other = await membership(userId);
      if (other === undefined) throw error;
      return other;
    }
  };
}

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/;

/**
 * The request as Better Auth expects it: under its base path, with the address of the connection, and, in development on loopback, with
 * the Origin that a command line does not send. A foreign or null Origin is never touched, nor anything in production.
 */
export function authRequest(request: Request, settings: AuthSettings, address: string | undefined): Request {
  const url = new URL(request.url);
  if (url.pathname.startsWith(`${AUTH_ALIAS}/`)) url.pathname = AUTH_PATH + url.pathname.slice(AUTH_ALIAS.length);
  const headers = new Headers(request.headers);
  headers.delete(ADDRESS_HEADER);
  if (address) headers.set(ADDRESS_HEADER, address);
  const silent = !headers.has('origin') && !headers.has('referer') && !headers.has('sec-fetch-site');
  if (settings.development && silent && LOOPBACK.test(url.host)) headers.set('origin', url.origin);
  return new Request(url, { method: request.method, headers, body: request.body, ...(request.body ? { duplex: 'half' } : {}) } as RequestInit);
}
