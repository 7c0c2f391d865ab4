// The backend as one fetch function: auth, documents and the features' routers behind one gate of headers, limits and sessions.
// A feature's router is built when its first request comes: registering every route of a large project costs more than starting.
import { Hono, type Context as HonoContext } from 'hono';
import type { AuditStore } from './audit.ts';
import { AUTH_ALIAS, AUTH_PATH, authRequest, authSettings, createAuth, type Auth, type AuthOptions, type AuthSettings, type Environment, type SessionStore } from './auth.ts';
import type { Env } from './context.ts';
import type { Database } from './driver.ts';
import { ApiError, errorResponse, type Details, type ErrorCode } from './errors.ts';
import { finish, limited, originsOf, pathOf, preflight, requestId, type Origins } from './middleware.ts';
import type { OpenRaw, RawDatabases } from './raw.ts';
import type { Resource } from './resource.ts';
import { router, type Bound } from './routes.ts';
import { createRuntime, type AuditEvent, type LogEntry, type Runtime } from './runtime.ts';
import { scopedDatabases, type OpenScoped } from './scoped.ts';
import { createSessions, type Caller, type Sessions } from './session.ts';

/** What src/app.ts says about a project. */
export interface AppOptions {
  readonly name: string;
  readonly auth: AuthOptions;
  /** Every Drizzle table and relation of the project. */
  readonly schema: Readonly<Record<string, unknown>>;
  /** The policy of every table that handlers may use, internal ones included. */
  readonly resources: readonly Resource[];
  /** First segment below /api/v1 → the routes that live under it. */
  readonly features: Readonly<Record<string, readonly Mounted[]>>;
  /** What actions get as `services`. */
  readonly services?: Readonly<Record<string, unknown>>;
  /** Where PUBLIC writes and unsafe actions leave their trace: auditTrail of audit.ts. Without it they leave lines of the log. */
  readonly audit?: AuditStore;
  /** What opens the database of unsafe actions: rawDatabases of raw.ts. It takes effect together with `audit` alone. */
  readonly raw?: RawDatabases;
}

/** Routes of one segment, built for a running backend when the first request comes. */
export type Mounted = (runtime: Runtime) => { readonly app: Hono<Env>; readonly bound?: readonly Bound[] };

/** Checks a project's options by their type; the value is what createApp takes. */
export function defineApp(options: AppOptions): AppOptions {
  return options;
}

/** What a runtime brings along. */
export interface Platform {
  readonly env: Environment;
  readonly database: Database;
  /** That of Better Auth's tables, where it is another one. */
  readonly authDatabase?: Database;
  /** That of the audit trail, where it is another one. */
  readonly auditDatabase?: Database;
  readonly sessionStore?: SessionStore;
  /** The text of openapi.json. */
  readonly openapi?: () => string | Promise<string>;
  /** Where errors go; the console when absent. Bodies and credentials are never in an entry. */
  readonly log?: (entry: LogEntry) => void;
  readonly audit?: (event: AuditEvent) => void | Promise<void>;
  /** The system's clock when absent. */
  readonly now?: () => Date;
}

/** The runtime as actions get it. */
export interface Backend extends Runtime {
  readonly env: Environment;
  readonly services: Readonly<Record<string, unknown>>;
  readonly scoped: OpenScoped;
  /** The database of unsafe actions; absent where no action is. */
  readonly raw?: OpenRaw;
}

/** A running backend. `address` is that of the connection, for rate limits. */
export interface App {
  fetch(request: Request, address?: string): Promise<Response>;
}

const API = '/api/v1/';

/** Puts a project and a platform together. Throws MissingEnv when a secret is missing, and Error when a policy does not fit its table. */
export function createApp(options: AppOptions, platform: Platform): App {
  const { env } = platform, database = platform.authDatabase ?? platform.database;
  const settings = authSettings(options.auth, env);
  const known: { sessions?: Sessions } = {};
  const now = platform.now ? () => Number(platform.now?.()) : Date.now;
  const given = { options: options.auth, settings, env, database, rows: platform.database.driver, name: options.name, now };
  const auth = createAuth(given, () => known.sessions?.clear(), platform.sessionStore);
  const sessions = (known.sessions = createSessions(given, auth));
  const origins = originsOf(settings.origins);
  const backend = backendOf(options, platform);
  const api = dispatcher(options, backend, sessions, origins);
  const documents = documentRoutes(platform);
  const authenticate = authRoutes(auth, settings, sessions);

  const route = async (given: Request, path: string, id: string, address: string | undefined): Promise<Response> => {
    const asked = preflight(given, origins);
    if (asked) return asked;
    const request = await limited(given);
    if (!request) return refusal('PAYLOAD_TOO_LARGE');
    if (path.startsWith(API)) return api(request, path, id);
    if (path.startsWith(`${AUTH_PATH}/`) || path.startsWith(`${AUTH_ALIAS}/`)) return authenticate(request, address);
    return documents(request, path);
  };
  return {
    async fetch(request, address) {
      const id = requestId(request.headers);
      const response = await route(request, pathOf(request.url), id, address).catch((error: unknown) => {
        backend.log({ level: 'error', message: 'request failed', requestId: id, error });
        return refusal('INTERNAL_ERROR', { requestId: id });
      });
      return finish(response, request, id, origins, settings.secureCookies);
    },
  };
}

function backendOf(options: AppOptions, { database, auditDatabase, env, ...given }: Platform): Backend {
  const store = options.audit?.((auditDatabase ?? database).driver, given.now ?? (() => new Date()));
  const runtime: Runtime = createRuntime({
    db: database.driver, resources: options.resources,
    // What must leave a trace leaves a line of the log where nobody else takes it.
    audit: given.audit ?? store ?? (({ ctx, ...event }) => { if (event.outcome !== 'begun') runtime.log({ level: 'info', message: 'audit', ...event, userId: ctx.userId }); }),
    ...(given.log ? { log: given.log } : {}), ...(given.now ? { now: given.now } : {}),
  });
  const raw = store && options.raw?.(database, options.schema, runtime);
  return { ...runtime, env, services: options.services ?? {}, scoped: scopedDatabases(database, options.schema, runtime), ...(raw ? { raw } : {}) };
}

function refusal(code: ErrorCode, details?: Details, headers?: Readonly<Record<string, string>>): Response {
  const error = new ApiError(code, details, headers ? { headers } : {});
  return Response.json(error.body, { status: error.status, headers: error.headers });
}

const REQUEST_ID = Symbol('request id');

/** Sends a request to the router of its first segment, which is built for its first request. */
function dispatcher(options: AppOptions, backend: Backend, sessions: Sessions, origins: Origins) {
  const built = new Map<string, Hono<Env>>();
  const build = (segment: string, mounted: readonly Mounted[]): Hono<Env> => {
    const app = new Hono<Env>();
    app.use(context(backend, sessions, origins));
    // One router for all of them: an action of another resource that lives here comes before `/:id` as the segment's own do.
    const list = mounted.map((routes) => routes(backend));
    app.route(API + segment, router(list.flatMap((routes) => routes.bound ?? []), backend));
    for (const routes of list) if (!routes.bound) app.route(API + segment, routes.app);
    app.notFound(() => refusal('NOT_FOUND'));
    app.onError((error, c) => errorResponse(c, backend, error));
    built.set(segment, app);
    return app;
  };
  return (request: Request, path: string, id: string): Response | Promise<Response> => {
    const slash = path.indexOf('/', API.length);
    const segment = slash < 0 ? path.slice(API.length) : path.slice(API.length, slash);
    const mounted = Object.hasOwn(options.features, segment) ? options.features[segment] : undefined;
    if (!mounted) return refusal('NOT_FOUND');
    // Handlers read environment variables from `c.env`; the request's id travels with them.
    const bindings = Object.assign(Object.create(backend.env) as object, { [REQUEST_ID]: id });
    return (built.get(segment) ?? build(segment, mounted)).fetch(request, bindings);
  };
}

/** Resolves the caller and leaves everything that routes read. */
function context(backend: Backend, sessions: Sessions, origins: Origins) {
  return async (c: HonoContext<Env>, next: () => Promise<void>): Promise<void> => {
    const { headers, url } = c.req.raw, origin = headers.get('origin');
    const found = sessions.resolve(headers, origin !== null && !origins.trusted(origin, url));
    const caller: Caller = found instanceof Promise ? await found : found;
    c.set('ctx', caller.ctx);
    c.set('requestId', (c.env as Readonly<Record<symbol, string>>)[REQUEST_ID] ?? '');
    c.set('db', backend.db);
    if (caller.fault === 'AUTH_RATE_LIMITED') {
      c.res = refusal(caller.fault, undefined, { 'retry-after': String(caller.retryAfter ?? 1) });
      return;
    }
    await next();
    if (caller.fault && c.res.status === 401) c.res = refusal(caller.fault);
    if (caller.renew) for (const cookie of await sessions.renew(headers)) c.header('set-cookie', cookie, { append: true });
  };
}

/** Better Auth under its path and the alias. Whatever may have changed a session or a membership forgets the remembered callers. */
function authRoutes(auth: Pick<Auth, 'handler'>, settings: AuthSettings, sessions: Sessions) {
  return async (request: Request, address: string | undefined): Promise<Response> => {
    const response = await auth.handler(authRequest(request, settings, address));
    if (request.method !== 'GET') sessions.clear();
    if (response.status === 401 && (await response.clone().text()) === '') return refusal('AUTH_MISSING'); // which Better Auth says without a body
    if (response.status !== 429) return response;
    return refusal('AUTH_RATE_LIMITED', undefined, { 'retry-after': response.headers.get('x-retry-after') ?? '10' });
  };
}

function documentRoutes(platform: Platform) {
  return async (request: Request, path: string): Promise<Response> => {
    if (path !== '/health' && (path !== '/openapi.json' || !platform.openapi)) return refusal('NOT_FOUND');
    if (request.method !== 'GET' && request.method !== 'HEAD') return refusal('METHOD_NOT_ALLOWED', undefined, { allow: 'GET' });
    if (path === '/health') return Response.json({ status: 'ok' });
    return new Response(await platform.openapi?.(), { headers: { 'content-type': 'application/json' } });
  };
}
