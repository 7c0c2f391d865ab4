// Routes of a test's own choice: some operations of a policy, at any paths. Projects have those that their policies grant.
import type { Hono } from 'hono';
import type { Env } from '../lib/context.ts';
import type { Resource } from '../lib/resource.ts';
import { router, type Bound, type Mounted, type Op, type Runtime } from '../lib/routes.ts';

export class Routes {
  readonly #entries: { readonly method: string; readonly path: string; readonly op: Op<string> }[] = [];
  constructor(readonly resource: Resource, private readonly rt: Runtime) {}

  get(path: string, op: Op<string>): this { return this.#add('GET', path, op); }
  post(path: string, op: Op<string>): this { return this.#add('POST', path, op); }
  put(path: string, op: Op<string>): this { return this.#add('PUT', path, op); }
  patch(path: string, op: Op<string>): this { return this.#add('PATCH', path, op); }
  delete(path: string, op: Op<string>): this { return this.#add('DELETE', path, op); }
  #add(method: string, path: string, op: Op<string>): this {
    this.#entries.push({ method, path, op });
    return this;
  }

  get bound(): readonly Bound[] { return this.#entries.map(({ method, path, op }) => ({ method, path, handler: op.bind(this.resource, this.rt) })); }
  get app(): Hono<Env> { return router(this.bound, this.rt); }
}
export const routes = (r: Resource, rt: Runtime): Routes => new Routes(r, rt);

/** Those of a whole project, for the harness. */
export const apps = (features: Readonly<Record<string, readonly Mounted[]>>): Readonly<Record<string, (rt: Runtime) => { readonly app: Hono<Env> }>> =>
  Object.fromEntries(Object.entries(features).map(([segment, mounted]) => [segment, (rt: Runtime) => ({ app: router(mounted.flatMap((m) => m(rt)), rt) })]));
