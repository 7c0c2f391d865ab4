// routes(resource, rt).get('/', list): mounts operations. One without access in the policy does not type-check.
import { Hono, type Context as HonoContext } from 'hono';
import type { Env } from './context.ts';
import { errorResponse, fail } from './errors.ts';
import type { Resource } from './resource.ts';
import type { Runtime } from './runtime.ts';

export type { Runtime } from './runtime.ts';
export type Call = HonoContext<Env>;
export type Handler = (c: Call) => Response | Promise<Response>;
/** Something a route can do. K is what the policy must grant: an operation, `view:x`, `action:x` or `batch:x`. */
export interface Op<K extends string> {
  readonly operation: K;
  /** Called once per route, when the routes are built: whatever does not depend on the request is prepared here. */
  bind(r: Resource, rt: Runtime): Handler;
}
export interface Bound {
  readonly method: string;
  readonly path: string;
  readonly handler: Handler;
}

export function routes<G extends string>(r: Resource<G>, rt: Runtime): Routes<G> {
  return new Routes<G>(r, rt);
}

export class Routes<G extends string> {
  readonly #entries: { readonly method: string; readonly path: string; readonly op: Op<string> }[] = [];
  #app: Hono<Env> | undefined;
  constructor(readonly resource: Resource, private readonly rt: Runtime) {}

  get<K extends G>(path: string, op: Op<K>): this { return this.#add('GET', path, op); }
  post<K extends G>(path: string, op: Op<K>): this { return this.#add('POST', path, op); }
  put<K extends G>(path: string, op: Op<K>): this { return this.#add('PUT', path, op); }
  patch<K extends G>(path: string, op: Op<K>): this { return this.#add('PATCH', path, op); }
  delete<K extends G>(path: string, op: Op<K>): this { return this.#add('DELETE', path, op); }
  #add(method: string, path: string, op: Op<string>): this {
    this.#entries.push({ method, path, op });
    return this;
  }

  /** The routes with what answers them: prepared for a running backend. */
  get bound(): readonly Bound[] { return this.#entries.map(({ method, path, op }) => ({ method, path, handler: op.bind(this.resource, this.rt) })); }
  get app(): Hono<Env> { return (this.#app ??= router(this.bound, this.rt)); }
}

/** Fixed paths come before parameters, so that /batch is never an id, and every path answers 405 to other methods. */
export function router(entries: readonly Bound[], rt: Runtime): Hono<Env> {
  const app = new Hono<Env>(), params = (path: string): number => path.split('/:').length;
  const guarded = (handler: Handler): Handler => async (c) => {
    try {
      return await handler(c);
    } catch (error) {
      return errorResponse(rt, error, c.req.raw, c.get('requestId'));
    }
  };
  for (const path of [...new Set(entries.map((e) => e.path))].sort((a, b) => params(a) - params(b))) {
    const here = entries.filter((e) => e.path === path), allow = [...new Set(here.map((e) => e.method))].join(', ');
    for (const { method, handler } of here) app.on(method, path, guarded(handler));
    app.all(path, guarded(() => fail('METHOD_NOT_ALLOWED', undefined, { headers: { allow } })));
  }
  return app;
}
