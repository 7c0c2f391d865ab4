// What every route begins with, and how routes are mounted: routes(resource, rt).get('/', list). One without access in the policy does not type-check.
import { Hono, type Context as HonoContext } from 'hono';
import { missing, type Gate, type Grant, type Wall } from './access.ts';
import type { Context, Env } from './context.ts';
import { ApiError, errorResponse, fail, fault, invalid } from './errors.ts';
import type { Resource } from './resource.ts';
import type { Runtime } from './runtime.ts';

export type { Runtime } from './runtime.ts';
export type Call = HonoContext<Env>;
export type Handler = (c: Call) => Response | Promise<Response>;

/** A caller whose role may do the operation, and the rows that exist for them. */
export interface Entry {
  readonly ctx: Context;
  readonly grant: Grant;
  readonly wall: Wall;
}

/** The first layers, in their order: authentication, the role part of access, the firewall's context. Throws 401 before 403. */
export function enter(c: Call, r: Resource, gate: Gate): Entry {
  const ctx: Context | undefined = c.get('ctx');
  if (!ctx) fail('AUTH_MISSING'); // nobody has said who is calling
  if (!ctx.authenticated) return visitor(c, r, gate, ctx);
  // Whoever has no active organisation has no roles in it either, and may what everybody may where the request names one.
  if (ctx.activeOrgId === undefined && r.firewall.wall(ctx).missing(ctx) === 'activeOrgId') {
    return c.req.query('organizationId') && gate.may(NOBODY) ? visitor(c, r, gate, ctx) : missing(ctx, 'activeOrgId');
  }
  return { ctx, grant: gate.admit(ctx), wall: r.firewall.enter(ctx) };
}

const NOBODY = { authenticated: false, isAnonymous: true, roles: [] } as const;

/** A caller without a session says which organisation is meant; whatever else the context may carry does not count. */
function visitor(c: Call, r: Resource, gate: Gate, { env }: Context): Entry {
  const nobody = { ...NOBODY, ...(env ? { env } : {}) } as Context, grant = gate.admit(nobody), activeOrgId = c.req.query('organizationId');
  if (r.firewall.organisation && !activeOrgId) invalid('organizationId', 'is required without a session');
  const ctx = r.firewall.organisation ? { ...nobody, activeOrgId } : nobody;
  return { ctx, grant, wall: r.firewall.enter(ctx) };
}

/** The gate of an operation. Its absence is a mistake in the emitted routes, found when they are built. */
export function gateFor(r: Resource, operation: string): Gate {
  return r.gates.get(operation) ?? fault(`${r.name}: no access for ${operation}`);
}

/** Out of reach or missing: the same answer for both. */
export function notFound(r: Resource): ApiError {
  return r.policy.hidden ? new ApiError('NOT_FOUND', undefined, { hide: true }) : new ApiError('FIREWALL_NOT_FOUND');
}

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

export const routes = <G extends string>(r: Resource<G>, rt: Runtime): Routes<G> => new Routes<G>(r, rt);

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
