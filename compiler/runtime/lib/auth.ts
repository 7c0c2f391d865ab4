// Better Auth, made once per process: organisations with the project's roles, e-mail and password, bearer tokens.
import { betterAuth, type BetterAuthOptions, type BetterAuthPlugin } from 'better-auth';
import { drizzleAdapter } from '@better-auth/drizzle-adapter';
import { bearer, type OrganizationOptions } from 'better-auth/plugins';
import type { Database, Driver } from './driver.ts';
import { firstOrganization, membership } from './membership.ts';
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
  /** Lowest first: nobody gives a role above their own. */
  readonly roleHierarchy?: readonly string[];
  readonly emailAndPassword: boolean;
  readonly teams?: boolean; //: teams
  /** Seconds. */
  readonly session: { readonly expiresIn: number; readonly updateAge: number };
  //: ratelimit
  /** `max` requests in `window` seconds, from one address to one path; outside development 100 in 10, and fewer where one signs in. */
  readonly rateLimit?: Readonly<Pick<NonNullable<BetterAuthOptions['rateLimit']>, 'enabled' | 'window' | 'max'>>;
  //: end
  /** Origins that browsers may call from, with `*` as wildcard. */
  readonly trustedOrigins: readonly string[];
  //: parts
  /** What sends mail: mail-cloudflare.ts or mail-ses.ts. */
  readonly mail?: MailTransport;
  /** What else users may sign in with, or manage: each from a module of its own, which is there only when it is configured. */
  readonly plugins?: readonly AuthPart[];
  //: end
}

/** What authentication is made of. */
export interface AuthGiven {
  readonly options: AuthOptions;
  readonly settings: ReturnType<typeof authSettings>;
  readonly env: Environment;
  /** That of Better Auth's tables. */ //: workers
  readonly database: Database;
  readonly now: () => number;
  readonly store?: SessionStore | undefined; //: workers
  //: parts
  readonly rows: Driver;
  readonly name: string;
  readonly parts?: readonly AuthAddition[];
  //: end
}
/** Where sessions are besides the database: KV on Workers. */
export type SessionStore = Pick<BetterAuthOptions, 'secondaryStorage' | 'verification'>;

/** Makes what sends mail. Throws MissingEnv outside development when what it needs is not there. */
export type MailTransport = (given: Pick<AuthGiven, 'env' | 'settings' | 'now'>) => SendMail;
export type SendMail = (mail: Readonly<Record<'to' | 'subject' | 'text' | 'html', string>>) => Promise<void>;

/** What a part may use. */
export interface PartGiven extends AuthGiven {
  /** The database of the project's own tables. */
  readonly rows: Driver;
  /** What the project is called. */
  readonly name: string;
  readonly mail?: SendMail | undefined;
  /** Removes what parts have added for a user to call with. */
  readonly forget?: (userId: string) => Promise<void>;
}
/** A part of authentication that a project configures, and what it adds. */
export type AuthPart = (given: PartGiven) => AuthAddition;
export interface AuthAddition extends Pick<BetterAuthOptions, 'plugins' | 'socialProviders'> {
  readonly emailAndPassword?: Omit<NonNullable<BetterAuthOptions['emailAndPassword']>, 'enabled'>;
  readonly organization?: Pick<OrganizationOptions, 'sendInvitationEmail'>;
  /** Removes what a user has to call with: whoever registered an account with an address of somebody else keeps none of it. */
  readonly unproven?: (userId: string) => Promise<void>;
  /** Reads the value of an x-api-key header; `api` is that of the instance. */
  readonly keys?: (api: unknown) => (key: string) => Promise<Caller>;
}

/** Checks a project's options by their type; the value is what createApp takes. */
export const defineAuth = (options: AuthOptions): AuthOptions => options;

/** Variables that a backend cannot start without. */
export class MissingEnv extends Error {
  override name = 'MissingEnv';
  constructor(readonly variables: readonly string[], why = 'must be set') {
    super(`MISSING_ENV: ${variables.join(', ')} ${why}`);
  }
}

export const AUTH_PATH = '/api/auth', AUTH_ALIAS = '/auth/v1';
/** Set by the server from the connection, never taken from a client: rate limits count by it. */
const ADDRESS_HEADER = 'x-connection-address';
const LOOPBACK_ORIGINS = ['http://localhost:*', 'http://127.0.0.1:*', 'http://[::1]:*'];
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/;

/** Reads what the environment decides. Throws MissingEnv when the secret is absent or too short to sign with. */
export function authSettings({ trustedOrigins }: AuthOptions, env: Environment) {
  const secret = env['BETTER_AUTH_SECRET'], development = env['NODE_ENV'] !== 'production';
  if (!secret) throw new MissingEnv(['BETTER_AUTH_SECRET']);
  if (secret.length < 32) throw new MissingEnv(['BETTER_AUTH_SECRET'], 'must have at least 32 characters');
  const configured = env['BETTER_AUTH_URL'] ? new URL(env['BETTER_AUTH_URL']).origin : undefined;
  return {
    secret, development,
    // In development every loopback name of the server works, so the origin is that of the request.
    baseURL: configured ?? (development ? undefined : `http://localhost:${env['PORT'] ?? '3000'}`),
    secureCookies: configured ? configured.startsWith('https:') : !development,
    origins: [...trustedOrigins, ...(configured ? [configured] : []), ...(development ? LOOPBACK_ORIGINS : [])] as readonly string[],
  };
}

/** Makes the instance, and answers what the library uses of it. */
export function createAuth(given: AuthGiven) {
  const { options, settings, database } = given, plugins: BetterAuthPlugin[] = [bearer()];
  given = { ...given, parts: partsOf(given) }; //: parts
  for (const part of given.parts ?? []) plugins.push(...(part.plugins ?? [])); //: parts
  if (options.organizations) plugins.unshift(...membership(given)); //: organizations
  const auth = betterAuth({
    secret: settings.secret, baseURL: settings.baseURL, basePath: AUTH_PATH,
    database: drizzleAdapter(database.plain as Record<string, unknown>, { provider: 'sqlite', schema: options.schema }),
    trustedOrigins: [...settings.origins],
    emailAndPassword: { enabled: options.emailAndPassword },
    session: { ...options.session, storeSessionInDatabase: true },
    advanced: { useSecureCookies: settings.secureCookies, ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] } },
    // In memory also where there is a store: KV takes one write a second for a key. //: workers
    rateLimit: { enabled: !settings.development, storage: 'memory' },
    telemetry: { enabled: false }, logger: { level: 'error' },
    databaseHooks: { session: { create: { before: (session) => activate(session) } } }, //: organizations
    plugins,
    ...limits(given), //: ratelimit
    ...given.store, //: workers
    ...openedBy(given), //: parts
  } satisfies BetterAuthOptions);
  //: organizations
  const first = firstOrganization(auth.api, database);
  const activate = async (session: { userId: string }): Promise<{ data: object }> =>
    ({ data: { ...session, ...(options.organizations && { activeOrganizationId: await first(session.userId) }) } });
  //: end
  return {
    handler: (request: Request): Promise<Response> => auth.handler(request),
    //: parts
    /** The caller whose API key it is; absent where there are none. */
    keys: given.parts?.find((part) => part.keys)?.keys?.(auth.api),
    //: end
    /** Lets Better Auth slide a session's expiry; answers the cookies to set. */
    renew: async (headers: Headers): Promise<readonly string[]> => (await auth.api.getSession({ headers, returnHeaders: true })).headers.getSetCookie(),
  };
}

/** How often requests may come from one address, where the project says so. */
const limits = ({ options, settings }: AuthGiven): Pick<BetterAuthOptions, 'rateLimit'> =>
  ({ rateLimit: { enabled: !settings.development, ...options.rateLimit, storage: 'memory' } });

function partsOf(given: AuthGiven): readonly AuthAddition[] {
  const { plugins = [], mail } = given.options, parts: AuthAddition[] = [];
  const forget = async (userId: string): Promise<void> => { for (const part of parts) await part.unproven?.(userId); };
  for (const part of plugins) parts.push(part({ ...given, mail: mail?.(given), forget }));
  return parts;
}

/** What parts open besides plugins: ways to sign in with a password, and with accounts of others. */
function openedBy({ options, parts = [] }: AuthGiven): Pick<BetterAuthOptions, 'emailAndPassword' | 'socialProviders'> {
  return {
    emailAndPassword: Object.assign({ enabled: options.emailAndPassword }, ...parts.map((part) => part.emailAndPassword)),
    socialProviders: Object.assign({}, ...parts.map((part) => part.socialProviders)),
  };
}

/** The request as Better Auth expects it. In development on loopback it gets the Origin that a command line does not send; a foreign one stays. */
export function authRequest(request: Request, settings: AuthGiven['settings'], address: string | undefined): Request {
  const url = new URL(request.url), headers = new Headers(request.headers), { method, body } = request;
  if (url.pathname.startsWith(`${AUTH_ALIAS}/`)) url.pathname = AUTH_PATH + url.pathname.slice(AUTH_ALIAS.length);
  headers.delete(ADDRESS_HEADER);
  if (address) headers.set(ADDRESS_HEADER, address);
  const silent = !['origin', 'referer', 'sec-fetch-site'].some((name) => headers.has(name));
  if (settings.development && silent && LOOPBACK.test(url.host)) headers.set('origin', url.origin);
  return new Request(url, { method, headers, body, ...(body ? { duplex: 'half' } : {}) } as RequestInit);
}
