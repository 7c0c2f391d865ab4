// What every route begins with, and which there are: what a policy grants is served at that operation's place below /api/v1, and nothing else is.
import { Hono, type Context as HonoContext } from 'hono';
import { missing, type Gate, type Grant, type Wall } from './access.ts';
import type { AnyContext, Context, Env } from './context.ts';
import type { Driver } from './driver.ts';
import { ApiError, fail, fault, invalid, refusal } from './errors.ts';
import { newId } from './ids.ts';
import type { ActionCode, IdRule } from './policy.ts';
import type { Resource } from './resource.ts';

export type Call = HonoContext<Env>;
export type Handler = (c: Call) => Response | Promise<Response>;

/** A caller whose role may do the operation, and the rows that exist for them. */
export interface Entry { readonly ctx: Context; readonly grant: Grant; readonly wall: Wall }

/** The first layers, in their order: authentication, the role part of access, the firewall's context. Throws 401 before 403. */
export function enter(c: Call, r: Resource, gate: Gate): Entry {
  const ctx: Context | undefined = c.get('ctx');
  const visit = ctx && visitor(c, r, gate, ctx); //: public
  if (visit) return visit; //: public
  if (!ctx?.authenticated) fail('AUTH_MISSING'); // or nobody has said who is calling
  if (ctx.activeOrgId === undefined && r.firewall.wall(ctx).missing(ctx) === 'activeOrgId') missing(ctx, 'activeOrgId'); // and with it every role
  return { ctx, grant: gate.admit(ctx), wall: r.firewall.enter(ctx) };
}

const NOBODY = { authenticated: false, isAnonymous: true, roles: [] } as const;

/**
 * Whoever has no session, or no organisation where everybody may, says which organisation is meant; whatever else the context may carry does not
 * count. Undefined for all others.
 */
function visitor(c: Call, r: Resource, gate: Gate, ctx: Context): Entry | undefined {
  const activeOrgId = c.req.query('organizationId'), { organisation, wall } = r.firewall, { env } = ctx;
  if (ctx.authenticated && !(activeOrgId && wall(ctx).missing(ctx) === 'activeOrgId' && gate.may(NOBODY))) return undefined;
  const nobody = { ...NOBODY, ...(env ? { env } : {}) } as Context, grant = gate.admit(nobody);
  if (organisation && !activeOrgId) invalid('organizationId', 'is required without a session');
  const visiting = organisation ? { ...nobody, activeOrgId } : nobody;
  return { ctx: visiting, grant, wall: r.firewall.enter(visiting) };
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
/** Where an operation is served, below the segment of its resource. */
const PLACES = {
  list: ['GET', '/'], get: ['GET', '/:id'], create: ['POST', '/'], update: ['PATCH', '/:id'], delete: ['DELETE', '/:id'], put: ['PUT', '/:id'],
  'batch:create': ['POST', '/batch'], 'batch:update': ['PATCH', '/batch'], 'batch:delete': ['DELETE', '/batch'], 'batch:put': ['PUT', '/batch'],
} as const;

/** What answers the operations of a project, by what policies call them. */
export type Operations = { readonly [K in keyof typeof PLACES]?: Op<K> } & {
  readonly view?: (name: string) => Op<string>;
  readonly action?: (name: string, code: ActionCode) => Op<string>;
};

/** A route, by its path below the first segment. Its handler is made for a running backend, when the segment's first request comes. */
export interface Route { readonly method: string; readonly path: string; bind(rt: Runtime): Handler }
export type Routes = ReadonlyMap<string, readonly Route[]>;

/** The routes of all policies by the first segment of their paths. Throws for a grant that none of the operations answers. */
export function routed(resources: readonly Resource[], operations: Operations): Routes {
  const segments = new Map<string, Route[]>();
  for (const r of resources) for (const grant of r.gates.keys()) {
    const { name, segment = name, actions = {} } = r.policy, [kind = '', of = ''] = grant.split(':');
    const add = (op: Op<string> | undefined, [method, path]: readonly [string, string], below = segment): void => {
      const answering = op ?? fault(`${name}: no operation answers ${grant}`);
      segments.set(below, [...(segments.get(below) ?? []), { method, path, bind: (rt) => answering.bind(r, rt) }]);
    };
    const { method = 'POST', standalone, path = '', run = r.policy.code?.[of], handler } = actions[of] ?? {}, [, first, rest] = /^\/?([^/]*)(.*)$/.exec(path) ?? [];
    if (kind === 'view') add(operations.view?.(of), ['GET', `/views/${of}`]);
    else if (kind !== 'action') add(operations[grant as keyof typeof PLACES], PLACES[grant as keyof typeof PLACES]);
    else if (standalone) add(operations.action?.(of, { run, handler }), [method, rest || '/'], first);
    else add(operations.action?.(of, { run, handler }), [method, `/:id/${of}`]);
  }
  return segments;
}

/** Fixed paths come before parameters, so that /batch is never an id, and every path answers 405 to other methods. */
export function router(routes: readonly Route[], rt: Runtime): Hono<Env> {
  const app = new Hono<Env>(), params = (path: string): number => path.split('/:').length;
  for (const path of [...new Set(routes.map((route) => route.path))].sort((a, b) => params(a) - params(b))) {
    const here = routes.filter((route) => route.path === path), allow = [...new Set(here.map(({ method }) => method))].join(', ');
    for (const { method, bind } of here) app.on(method, path, bind(rt));
    app.all(path, () => refusal('METHOD_NOT_ALLOWED', undefined, { headers: { allow } }));
  }
  return app;
}

/** A line for the log: never a value of a row. */
export interface LogEntry { readonly level: 'error' | 'warn' | 'info'; readonly message: string; readonly [detail: string]: unknown }
/** Adds what the end of a call will say in its row of the audit trail. */
export type Note = (more: { readonly rowCount?: number; readonly errorCode?: string }) => void;

export interface Runtime {
  readonly db: Driver;
  readonly registry: ReadonlyMap<string, Resource>;
  now(): Date;
  /** A fresh id; undefined where the database or the client makes it. */
  newId(rule: IdRule): string | undefined;
  log(entry: LogEntry): void;
  /** Runs a write, and leaves a trace of one that is open to the public: audit.ts, where a project has any. */
  traced<T>(c: Call, r: Resource, ctx: AnyContext, operation: string, write: (note?: Note) => Promise<T>): Promise<T>;
}

/** The resources by name. Throws when a name is taken twice, or a policy refers to a table or column that is not here. */
export function registryOf(resources: readonly Resource[]): Runtime['registry'] {
  const registry = new Map(resources.map((r) => [r.name, r]));
  if (registry.size !== resources.length) throw new Error('two tables have the same name');
  for (const { name, policy } of resources) {
    for (const [column, target = ''] of Object.entries(policy.references ?? {})) {
      if (!registry.get(target)?.key) throw new Error(`${name}.${column}: no table ${target} with a primary key`);
    }
    for (const [child, links] of Object.entries(policy.cascades ?? {})) {
      if (!Array.isArray(links) || !links.length) throw new Error(`${name}: no list of keys of ${child} to cascade to`);
      for (const column of links) if (!registry.get(child)?.columns.has(column)) throw new Error(`${name}: no ${child}.${column} to cascade to`);
    }
  }
  return registry;
}

/** A runtime with what is not given taken from the platform. Throws when the resources do not fit together. */
export function createRuntime({ resources, ...rest }: Pick<Runtime, 'db'> & Partial<Runtime> & { readonly resources: readonly Resource[] }): Runtime {
  return { now: () => new Date(), newId, log: print, traced: (_c, _r, _ctx, _operation, write) => write(), registry: registryOf(resources), ...rest };
}

function print({ error, ...entry }: LogEntry): void {
  console[entry.level](JSON.stringify({ ...entry, error: error instanceof Error ? error.stack ?? error.message : error && String(error) }));
}
