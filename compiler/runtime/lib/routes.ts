// routes(resource, rt).get('/', list): mounts operations. One without access in the policy does not type-check.
import { Hono, type Context as HonoContext } from 'hono';
import type { Env } from './context.ts';
import { errorResponse, fail } from './errors.ts';
import type { Resource } from './resource.ts';
import type { Runtime } from './runtime.ts';

export type { Runtime } from './runtime.ts';
export { action } from './action.ts';
export { batchCreate, batchDelete, batchPut, batchUpdate } from './batch.ts';
export { create } from './create.ts';
export { list, view, views } from './list.ts';
export { get } from './get.ts';
export { put } from './put.ts';
export { remove } from './remove.ts';
export { update } from './update.ts';

export type Call = HonoContext<Env>;
export type Handler = (c: Call) => Response | Promise<Response>;
/** Something a route can do. K is what the policy must grant: an operation, `view:x`, `action:x` or `batch:x`. */
export interface Op<K extends string> {
  readonly operation: K;
  /** Called once per route, when the routes are built: whatever does not depend on the request is prepared here. */
  bind(r: Resource, rt: Runtime): Handler;
}

/** The routes of a resource, to be mounted under its name. */
export function routes<G extends string>(r: Resource<G>, rt: Runtime): Routes<G> {
  return new Routes<G>(r, rt);
}

interface Route {
  readonly method: string;
  readonly path: string;
  readonly op: Op<string>;
}

export class Routes<G extends string> {
  readonly #entries: Route[] = [];
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

  /** Method and path of each route, as written. */
  get entries(): readonly Pick<Route, 'method' | 'path'>[] { return this.#entries; }

  /** The routes with what answers them: prepared for a running backend. */
  get bound(): readonly Bound[] { return this.#entries.map(({ method, path, op }) => ({ method, path, handler: op.bind(this.resource, this.rt) })); }

  /** The Hono app, built when it is first asked for. */
  get app(): Hono<Env> { return (this.#app ??= router(this.bound, this.rt)); }
}

/** A route that is ready to answer. */
export interface Bound {
  readonly method: string;
  readonly path: string;
  readonly handler: Handler;
}

/** Fixed paths come before parameters, so that /batch is never an id, and every path answers 405 to other methods. */
export function router(entries: readonly Bound[], rt: Runtime): Hono<Env> {
  const app = new Hono<Env>();
  const params = (path: string): number => path.split('/').filter((s) => s.startsWith(':')).length;
  const paths = [...new Set(entries.map((e) => e.path))].sort((a, b) => params(a) - params(b));
  const guarded = (handler: Handler): Handler => async (c) => {
    try {
      return await handler(c);
    } catch (error) {
      return errorResponse(c, rt, error);
    }
  };
  for (const path of paths) {
    const here = entries.filter((e) => e.path === path);
    for (const { method, handler } of here) app.on(method, path, guarded(handler));
    const allow = [...new Set(here.map((e) => e.method))].join(', ');
    app.all(path, guarded(() => fail('METHOD_NOT_ALLOWED', undefined, { headers: { allow } })));
  }
  return app;
}
