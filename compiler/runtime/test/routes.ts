// Routes of a test's own choice: some operations of a policy, at any paths. Projects have those that their policies grant.
import type { Hono } from 'hono';
import type { Env } from '../lib/context.ts';
import type { Resource } from '../lib/resource.ts';
import { router, type Op, type Route, type Routes as Segments, type Runtime } from '../lib/routes.ts';

export class Routes {
  readonly list: Route[] = [];
  constructor(readonly resource: Resource, private readonly rt?: Runtime) {}

  get(path: string, op: Op<string>): this { return this.#add('GET', path, op); }
  post(path: string, op: Op<string>): this { return this.#add('POST', path, op); }
  put(path: string, op: Op<string>): this { return this.#add('PUT', path, op); }
  patch(path: string, op: Op<string>): this { return this.#add('PATCH', path, op); }
  delete(path: string, op: Op<string>): this { return this.#add('DELETE', path, op); }
  #add(method: string, path: string, op: Op<string>): this {
    this.list.push({ method, path, bind: (rt) => op.bind(this.resource, rt) });
    return this;
  }

  /** Those of the runtime that was given. */
  get app(): Hono<Env> { return router(this.list, this.rt!); }
}
export const routes = (r: Resource, rt?: Runtime): Routes => new Routes(r, rt);

/** Those of a whole project, for the harness. */
export const apps = (all: Segments): Readonly<Record<string, (rt: Runtime) => { readonly app: Hono<Env> }>> =>
  Object.fromEntries([...all].map(([segment, list]) => [segment, (rt: Runtime) => ({ app: router(list, rt) })]));
