// The backend as one fetch function: auth, documents and the features' routers, and what surrounds every request: its id, who may call from where, how
// much it may send, the headers of the answer.
import { Hono, type MiddlewareHandler } from 'hono';
import { getPath } from 'hono/utils/url';
import type { Unsafely } from './action.ts';
import { AUTH_ALIAS, AUTH_PATH, authRequest, authSettings, createAuth, type AuthOptions, type Environment, type SessionStore } from './auth.ts';
import { BODY_LIMIT } from './body.ts';
import type { Env } from './context.ts';
import type { Database, Driver } from './driver.ts';
import { errorResponse, refusal } from './errors.ts';
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

/** The id under which a request is logged: the caller's own when it looks like one, else a new one. */
function requestId(headers: Headers): string {
  const given = headers.get('x-request-id');
  return given && /^[\w-]{8,64}$/.test(given) ? given : crypto.randomUUID();
}

/** Whether a page's origin is the server's own, or configured by a pattern as `https://app.example.com`, `https://*.example.com`, `http://localhost:*`. */
function originsOf(patterns: readonly string[]): (origin: string, url: string) => boolean {
  const escaped = (text: string): string => text.replace(/[.+?^${}()|[\]\\/]/g, '\\$&').replace(/:\*$/, ':\\d+').replaceAll('*', '[\\w.-]*');
  const known = patterns.map((p) => new RegExp(`^${escaped(p)}$`));
  // Behind a proxy that ends TLS the schemes differ, so the host alone says whether it is this server.
  return (origin, url) => known.some((w) => w.test(origin)) || (URL.canParse(origin) && new URL(origin).host === new URL(url).host);
}

/** The answer to a browser's question whether it may call; finish says to whom. Without that a browser takes it as no. */
function preflight({ method, headers }: Request): Response | undefined {
  return method !== 'OPTIONS' || !headers.has('origin') || !headers.has('access-control-request-method') ? undefined : new Response(null, { status: 204, headers: {
    'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
    'access-control-allow-headers': 'Authorization, Content-Type, If-None-Match, X-Api-Key, X-Request-Id',
    'access-control-max-age': '600',
  } });
}

const SECURITY = Object.entries({
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'private, no-cache',
});

/** Adds id, security and CORS headers. What a handler's own Response set stays as it set it. */
function finish(response: Response, request: Request, id: string, trusted: ReturnType<typeof originsOf>, secure: boolean): Response {
  try {
    response.headers.delete('x-request-id');
  } catch {
    response = new Response(response.body, response); // those that came from fetch() or Response.redirect() refuse new headers
  }
  const { headers } = response, origin = request.headers.get('origin');
  headers.set('x-request-id', id);
  for (const [name, value] of SECURITY) if (!headers.has(name)) headers.set(name, value);
  if (secure) headers.set('strict-transport-security', 'max-age=31536000; includeSubDomains');
  if (origin) headers.append('vary', 'Origin');
  if (origin && trusted(origin, request.url)) {
    headers.set('access-control-allow-origin', origin);
    headers.set('access-control-allow-credentials', 'true');
    headers.set('access-control-expose-headers', 'Content-Disposition, ETag, X-Request-Id, X-Total-Count, Set-Auth-Token, Retry-After');
  }
  return response;
}

/** The request when its body is within the limit, else undefined. A body of unknown length is read first, so that nothing behind this has to count. */
async function limited(request: Request): Promise<Request | undefined> {
  const { url, method, headers } = request, declared = headers.get('content-length'), chunks: BlobPart[] = [];
  if (declared !== null) return Number(declared) <= BODY_LIMIT ? request : undefined;
  // Without either header there is no body (RFC 9112, 6.3), and to ask for that of a GET costs Node a whole request of its own.
  if ((method === 'GET' && !headers.has('transfer-encoding')) || !request.body) return request;
  let size = 0;
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array<ArrayBuffer>>) {
    size += chunk.byteLength;
    if (size > BODY_LIMIT) return undefined;
    chunks.push(chunk);
  }
  return new Request(url, { method, headers, body: new Blob(chunks) });
}
