// The backend as one fetch function: auth, documents and the features' routers behind one gate of headers, limits and sessions.
import { Hono, type MiddlewareHandler } from 'hono';
import { getPath } from 'hono/utils/url';
import type { Unsafely } from './action.ts';
import { AUTH_ALIAS, AUTH_PATH, authRequest, authSettings, createAuth, type AuthOptions, type Environment, type SessionStore } from './auth.ts';
import type { Env } from './context.ts';
import type { Database, Driver } from './driver.ts';
import { errorResponse, refusal } from './errors.ts';
import { finish, limited, originsOf, preflight, requestId } from './middleware.ts';
import type { Resource } from './resource.ts';
import { createRuntime, routed, router, type Operations, type Route, type Routes, type Runtime } from './routes.ts';
import { scopedDatabases, type OpenScoped } from './scoped.ts';
import { createSessions } from './session.ts';

export interface AppOptions {
  readonly name: string;
  readonly auth: AuthOptions;
  readonly schema: Readonly<Record<string, unknown>>;
  /** The policy of every table that handlers may use, internal ones included. */
  readonly resources: readonly Resource[];
  /** What is served below /api/v1, by the first segment there. */
  readonly routes: Routes;
  //: audit unsafe
  /** What leaves the trace of PUBLIC writes and actions: auditTrail of audit.ts. */
  readonly audit?: AuditTrail;
  //: end
  //: unsafe
  /** What lets callers of unsafe actions in: rawDatabases of raw.ts. It takes effect together with `audit` alone. */
  readonly raw?: RawDatabases;
  //: end
}
/** The database of the audit trail, that of Better Auth's tables, and the time. */
export type Clocked = Pick<Runtime, 'now'> & { readonly driver: Driver; readonly accounts: Driver };
export type AuditTrail = (trail: Clocked) => Runtime['traced'];
export type RawDatabases = (trail: Clocked, database: Database, schema: AppOptions['schema'], runtime: Runtime) => Unsafely;

/** A project: its policies, and the operations that answer what they grant. */
export function defineApp({ operations, ...project }: Omit<AppOptions, 'routes'> & { readonly operations: Operations }): AppOptions {
  return { ...project, routes: routed(project.resources, operations) };
}

export interface Platform extends Partial<Pick<Runtime, 'log' | 'now'>> {
  readonly env: Environment;
  readonly database: Database;
  //: workers audit unsafe
  /** That of Better Auth's tables, and that of the audit trail, where they are others. */
  readonly authDatabase?: Database;
  readonly auditDatabase?: Database;
  //: end
  readonly sessionStore?: SessionStore; //: workers
  readonly openapi?: () => string | Promise<string>;
}

export interface Backend extends Runtime {
  readonly env: Environment;
  readonly scoped: OpenScoped;
  //: unsafe
  /** What lets callers of unsafe actions in; absent where no action is. */
  readonly unsafely?: Unsafely | undefined;
  //: end
}

const API = '/api/v1/', REQUEST_ID = Symbol('request id');

/** Puts a project and a platform together. Throws MissingEnv when a secret is missing, and Error when a policy does not fit its table. */
export function createApp(options: AppOptions, platform: Platform) {
  const { env, database } = platform, settings = authSettings(options.auth, env), backend = backendOf(options, platform);
  const given = { options: options.auth, settings, env, database, rows: database.driver, name: options.name, now: () => Number(backend.now()) };
  Object.assign(given, { store: platform.sessionStore }, platform.authDatabase && { database: platform.authDatabase }); //: workers
  const auth = createAuth(given), sessions = createSessions(given, auth), trusted = originsOf(settings.origins);
  const api = dispatcher(options.routes, backend, context(sessions, trusted));
  const route = async (given: Request, id: string, address: string | undefined): Promise<Response> => {
    const path = getPath(given), asked = preflight(given);
    if (asked) return asked;
    const request = await limited(given);
    if (!request) return refusal('PAYLOAD_TOO_LARGE');
    if (path.startsWith(API)) return api(request, path, id);
    if (!path.startsWith(`${AUTH_PATH}/`) && !path.startsWith(`${AUTH_ALIAS}/`)) return document(platform, request.method, path);
    // Whatever is asked of Better Auth may change a session or a membership: the remembered callers are forgotten.
    return authenticated(await auth.handler(authRequest(request, settings, address)).finally(sessions.clear));
  };
  return {
    /** `address` is that of the connection, for rate limits. */
    async fetch(request: Request, address?: string): Promise<Response> {
      const id = requestId(request.headers);
      const response = await route(request, id, address).catch((error: unknown) => errorResponse(backend, error, request, id));
      return finish(response, request, id, trusted, settings.secureCookies);
    },
  };
}

function backendOf(options: AppOptions, platform: Platform): Backend {
  const { env, database, now = () => new Date(), log } = platform, { schema, resources } = options;
  const given = { db: database.driver, resources, now, ...(log && { log }) };
  const trail = { driver: (platform.auditDatabase ?? database).driver, accounts: (platform.authDatabase ?? database).driver, now }; //: audit unsafe
  if (options.audit) Object.assign(given, { traced: options.audit(trail) }); //: audit unsafe
  const runtime = createRuntime(given), backend = { ...runtime, env, scoped: scopedDatabases(database, schema, runtime) };
  if (options.audit && options.raw) Object.assign(backend, { unsafely: options.raw(trail, database, schema, runtime) }); //: unsafe
  return backend;
}

/** Sends a request to the router of its first segment, built when that comes: to register all routes of a large project costs more than starting. */
function dispatcher(routes: Routes, backend: Backend, begin: MiddlewareHandler<Env>) {
  const built = new Map<string, Hono<Env>>();
  const build = (segment: string, here: readonly Route[]): Hono<Env> => {
    const app = new Hono<Env>();
    app.use(begin).route(API + segment, router(here, backend));
    app.notFound(() => refusal('NOT_FOUND')).onError((error, c) => errorResponse(backend, error, c.req.raw, c.get('requestId')));
    built.set(segment, app);
    return app;
  };
  return (request: Request, path: string, id: string): Response | Promise<Response> => {
    const [segment = ''] = path.slice(API.length).split('/', 1), here = routes.get(segment);
    if (!here) return refusal('NOT_FOUND');
    // Handlers read environment variables from `c.env`; the request's id travels with them.
    const bindings = Object.assign(Object.create(backend.env) as object, { [REQUEST_ID]: id });
    return (built.get(segment) ?? build(segment, here)).fetch(request, bindings);
  };
}

function context(sessions: ReturnType<typeof createSessions>, trusted: ReturnType<typeof originsOf>): MiddlewareHandler<Env> {
  return async (c, next) => {
    const { headers, url } = c.req.raw, origin = headers.get('origin');
    const found = sessions.resolve(headers, origin !== null && !trusted(origin, url)), caller = found instanceof Promise ? await found : found;
    c.set('ctx', caller.ctx);
    c.set('requestId', (c.env as Readonly<Record<symbol, string>>)[REQUEST_ID] ?? '');
    if (caller.fault === 'AUTH_RATE_LIMITED') return refusal(caller.fault, undefined, { headers: { 'retry-after': String(caller.retryAfter ?? 1) } }); //: parts
    await next();
    if (caller.fault && c.res.status === 401) c.res = refusal(caller.fault);
    if (caller.renew) for (const cookie of await sessions.renew(headers)) c.header('set-cookie', cookie, { append: true });
  };
}

/** Better Auth's answer, with ours in the place of those that have no body of our shape. */
async function authenticated(response: Response): Promise<Response> {
  const { status, headers } = response, bare = status === 401 || status === 404;
  if (status === 429) return refusal('AUTH_RATE_LIMITED', undefined, { headers: { 'retry-after': headers.get('x-retry-after') ?? '10' } });
  return bare && (await response.clone().text()) === '' ? refusal(status === 401 ? 'AUTH_MISSING' : 'NOT_FOUND') : response;
}

async function document({ openapi }: Platform, method: string, path: string): Promise<Response> {
  if (path !== '/health' && (path !== '/openapi.json' || !openapi)) return refusal('NOT_FOUND');
  if (method !== 'GET' && method !== 'HEAD') return refusal('METHOD_NOT_ALLOWED', undefined, { headers: { allow: 'GET' } });
  return path === '/health' ? Response.json({ status: 'ok' }) : new Response(await openapi?.(), { headers: { 'content-type': 'application/json' } });
}
