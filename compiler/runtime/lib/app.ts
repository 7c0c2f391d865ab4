// The backend as one fetch function: auth, documents and the features' routers behind one gate of headers, limits and sessions.
// A feature's router is built when its first request comes: registering every route of a large project costs more than starting.
import { Hono, type Context as HonoContext } from 'hono';
import { getPath } from 'hono/utils/url';
import type { Unsafely } from './action.ts';
import { AUTH_ALIAS, AUTH_PATH, authRequest, authSettings, createAuth, type AuthOptions, type Environment, type PartGiven } from './auth.ts';
import type { Env } from './context.ts';
import type { Database, Driver } from './driver.ts';
import { ApiError, errorResponse } from './errors.ts';
import { finish, limited, originsOf, preflight, requestId, type Trusted } from './middleware.ts';
import type { Resource } from './resource.ts';
import { createRuntime, routed, router, type Mounted, type Operations, type Runtime } from './routes.ts';
import { scopedDatabases, type OpenScoped, type Together } from './scoped.ts';
import { createSessions, type Sessions } from './session.ts';

export interface AppOptions {
  readonly name: string;
  readonly auth: AuthOptions;
  readonly schema: Readonly<Record<string, unknown>>;
  /** The policy of every table that handlers may use, internal ones included. */
  readonly resources: readonly Resource[];
  /** First segment below /api/v1 → the routes that live under it. */
  readonly features: Readonly<Record<string, readonly Mounted[]>>;
  readonly services?: Readonly<Record<string, unknown>>;
  /** What leaves the trace of PUBLIC writes and actions: auditTrail of audit.ts. */
  readonly audit?: (trail: Clocked) => Runtime['traced'];
  /** What lets callers of unsafe actions in: rawDatabases of raw.ts. It takes effect together with `audit` alone. */
  readonly raw?: (trail: Clocked, database: Database, schema: AppOptions['schema'], runtime: Runtime, together?: Together) => Unsafely;
}
/** The database of the audit trail, that of Better Auth's tables, and the time. */
export type Clocked = Pick<Runtime, 'now'> & { readonly driver: Driver; readonly accounts: Driver };

/** A project: its policies, and the operations that answer what they grant. */
export function defineApp({ operations, ...project }: Omit<AppOptions, 'features'> & { readonly operations: Operations }): AppOptions {
  return { ...project, features: routed(project.resources, operations) };
}

export interface Platform extends Partial<Pick<Runtime, 'log' | 'now'>> {
  readonly env: Environment;
  readonly database: Database;
  /** That of Better Auth's tables, and that of the audit trail, where they are others. */
  readonly authDatabase?: Database;
  readonly auditDatabase?: Database;
  readonly sessionStore?: PartGiven['store'];
  /** Handlers' batches, where the database keeps no transaction open. */
  readonly together?: Together;
  readonly openapi?: () => string | Promise<string>;
}

export interface Backend extends Runtime {
  readonly env: Environment;
  readonly services: Readonly<Record<string, unknown>>;
  readonly scoped: OpenScoped;
  /** What lets callers of unsafe actions in; absent where no action is. */
  readonly unsafely?: Unsafely | undefined;
}

/** A running backend. `address` is that of the connection, for rate limits. */
export interface App { fetch(request: Request, address?: string): Promise<Response> }

const API = '/api/v1/';
const refusal = (...given: ConstructorParameters<typeof ApiError>): Response => new ApiError(...given).response;

/** Puts a project and a platform together. Throws MissingEnv when a secret is missing, and Error when a policy does not fit its table. */
export function createApp(options: AppOptions, platform: Platform): App {
  const { env, database, authDatabase = database, sessionStore: store, now, openapi } = platform, settings = authSettings(options.auth, env);
  const given = { options: options.auth, settings, env, database: authDatabase, rows: database.driver, store, name: options.name, now: () => (now ? Number(now()) : Date.now()) };
  const auth = createAuth(given), sessions = createSessions(given, auth), trusted = originsOf(settings.origins);
  const backend = backendOf(options, platform), api = dispatcher(options, backend, sessions, trusted);
  const route = async (given: Request, id: string, address: string | undefined): Promise<Response> => {
    const path = getPath(given), asked = preflight(given);
    if (asked) return asked;
    const request = await limited(given);
    if (!request) return refusal('PAYLOAD_TOO_LARGE');
    if (path.startsWith(API)) return api(request, path, id);
    if (!path.startsWith(`${AUTH_PATH}/`) && !path.startsWith(`${AUTH_ALIAS}/`)) return document(openapi, request.method, path);
    // Whatever is asked of Better Auth may change a session or a membership: the remembered callers are forgotten.
    return authenticated(await auth.handler(authRequest(request, settings, address)).finally(sessions.clear));
  };
  return {
    async fetch(request, address) {
      const id = requestId(request.headers);
      const response = await route(request, id, address).catch((error: unknown) => errorResponse(backend, error, request, id));
      return finish(response, request, id, trusted, settings.secureCookies);
    },
  };
}

function backendOf({ audit, raw, schema, resources, services = {} }: AppOptions, { database, authDatabase, auditDatabase, env, together, log, now = () => new Date() }: Platform): Backend {
  const trail = { driver: (auditDatabase ?? database).driver, accounts: (authDatabase ?? database).driver, now };
  const runtime = createRuntime({ db: database.driver, resources, now, log, traced: audit?.(trail) });
  const unsafely = audit && raw?.(trail, database, schema, runtime, together);
  return { ...runtime, env, services, scoped: scopedDatabases(database, schema, runtime, together), unsafely };
}

const REQUEST_ID = Symbol('request id');

/** Sends a request to the router of its first segment, which is built for its first request. */
function dispatcher({ features }: AppOptions, backend: Backend, sessions: Sessions, trusted: Trusted) {
  const built = new Map<string, Hono<Env>>();
  const build = (segment: string, mounted: readonly Mounted[]): Hono<Env> => {
    const app = new Hono<Env>();
    app.use(context(sessions, trusted));
    // One router for all of them: an action of another resource that lives here comes before `/:id` as the segment's own do.
    app.route(API + segment, router(mounted.flatMap((routes) => routes(backend)), backend));
    app.notFound(() => refusal('NOT_FOUND'));
    app.onError((error, c) => errorResponse(backend, error, c.req.raw, c.get('requestId')));
    built.set(segment, app);
    return app;
  };
  return (request: Request, path: string, id: string): Response | Promise<Response> => {
    const [segment = ''] = path.slice(API.length).split('/', 1), mounted = Object.hasOwn(features, segment) ? features[segment] : undefined;
    if (!mounted) return refusal('NOT_FOUND');
    // Handlers read environment variables from `c.env`; the request's id travels with them.
    const bindings = Object.assign(Object.create(backend.env) as object, { [REQUEST_ID]: id });
    return (built.get(segment) ?? build(segment, mounted)).fetch(request, bindings);
  };
}

function context(sessions: Sessions, trusted: Trusted) {
  return async (c: HonoContext<Env>, next: () => Promise<void>): Promise<void> => {
    const { headers, url } = c.req.raw, origin = headers.get('origin');
    const found = sessions.resolve(headers, origin !== null && !trusted(origin, url)), caller = found instanceof Promise ? await found : found;
    c.set('ctx', caller.ctx);
    c.set('requestId', (c.env as Readonly<Record<symbol, string>>)[REQUEST_ID] ?? '');
    if (caller.fault === 'AUTH_RATE_LIMITED') {
      c.res = refusal(caller.fault, undefined, { headers: { 'retry-after': String(caller.retryAfter ?? 1) } });
      return;
    }
    await next();
    if (caller.fault && c.res.status === 401) c.res = refusal(caller.fault);
    if (caller.renew) for (const cookie of await sessions.renew(headers)) c.header('set-cookie', cookie, { append: true });
  };
}

/** Better Auth's answer, with ours in the place of those that have no body of our shape. */
async function authenticated(response: Response): Promise<Response> {
  if ((response.status === 401 || response.status === 404) && (await response.clone().text()) === '') return refusal(response.status === 401 ? 'AUTH_MISSING' : 'NOT_FOUND');
  if (response.status !== 429) return response;
  return refusal('AUTH_RATE_LIMITED', undefined, { headers: { 'retry-after': response.headers.get('x-retry-after') ?? '10' } });
}

async function document(openapi: Platform['openapi'], method: string, path: string): Promise<Response> {
  if (path !== '/health' && (path !== '/openapi.json' || !openapi)) return refusal('NOT_FOUND');
  if (method !== 'GET' && method !== 'HEAD') return refusal('METHOD_NOT_ALLOWED', undefined, { headers: { allow: 'GET' } });
  return path === '/health' ? Response.json({ status: 'ok' }) : new Response(await openapi?.(), { headers: { 'content-type': 'application/json' } });
}
