// A Worker: the backend is made by its isolate's first request, from the bindings of wrangler.toml.
import { createApp, type AppOptions } from './app.ts';
import { MissingEnv, type Environment, type SessionStore } from './auth.ts';
import { d1Database, type D1 } from './d1.ts';
import { ApiError } from './errors.ts';
import { together } from './together.ts';

/** What src/index.ts says: the project, and the names of its bindings. */
export interface WorkerOptions {
  readonly app: AppOptions;
  readonly bindings: { readonly database: string; readonly auth?: string; readonly audit?: string; readonly sessions?: string };
  /** What openapi.json holds. */
  readonly openapi?: unknown;
}
/** Variables, secrets and bindings by name. */
export type Bindings = Readonly<Record<string, unknown>>;

/** A KV namespace, as far as the library uses it. */
export interface KV {
  get(key: string): Promise<string | null>;
  put(key: string, value: string, options?: { readonly expirationTtl?: number }): Promise<void>;
  delete(key: string): Promise<void>;
}

/** The module that a Worker exports. Without what it needs it answers 503 MISSING_ENV, which names that. */
export function worker(options: WorkerOptions): { fetch(request: Request, env: Bindings): Promise<Response> } {
  let running: ReturnType<typeof start> | undefined;
  return {
    async fetch(request, env) {
      try {
        running ??= start(options, env);
      } catch (error) {
        if (!(error instanceof MissingEnv)) throw error;
        console.error(error.message);
        return new ApiError('MISSING_ENV', { variables: error.variables }).response;
      }
      return running.fetch(request, request.headers.get('cf-connecting-ip') ?? undefined);
    },
  };
}

function start({ app, bindings, openapi }: WorkerOptions, given: Bindings) {
  // A deployed Worker that does not say what it is must not be taken for one in development.
  const env = { NODE_ENV: 'production', ...given } as Environment;
  const needed = [bindings.database, bindings.auth, bindings.audit, env['NODE_ENV'] === 'production' ? 'BETTER_AUTH_URL' : undefined, 'BETTER_AUTH_SECRET'];
  const missing = needed.filter((name) => name !== undefined && !given[name]) as string[];
  if (missing.length) throw new MissingEnv(missing);
  const kv = bindings.sessions === undefined ? undefined : (given[bindings.sessions] as KV | undefined);
  return createApp(app, {
    env, database: Object.assign(d1Database(given[bindings.database] as D1), { together }),
    ...(bindings.auth === undefined ? {} : { authDatabase: d1Database(given[bindings.auth] as D1) }),
    ...(bindings.audit === undefined ? {} : { auditDatabase: d1Database(given[bindings.audit] as D1) }),
    ...(kv ? { sessionStore: sessionStore(kv) } : {}),
    ...(openapi === undefined ? {} : { openapi: () => JSON.stringify(openapi) }),
  });
}

const MINUTE = 60; // KV keeps nothing for less

function sessionStore(kv: KV): SessionStore {
  return {
    secondaryStorage: {
      get: (key) => kv.get(key),
      set: (key, value, seconds) => kv.put(key, value, seconds === undefined ? {} : { expirationTtl: Math.max(MINUTE, Math.ceil(seconds)) }),
      delete: (key) => kv.delete(key),
      getAndDelete: oneStep, increment: oneStep,
    },
    verification: { storeInDatabase: true },
  };
}

/** What KV cannot do atomically is left to the database. */
function oneStep(): never {
  throw new Error('the session store has no operation for this');
}
