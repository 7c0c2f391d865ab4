// The first layers of every request, in their order: authentication, the role part of access, the firewall's context.
import type { Gate, Grant } from './access.ts';
import type { Context } from './context.ts';
import { ApiError, fail } from './errors.ts';
import { missing, type Wall } from './firewall.ts';
import type { Resource } from './resource.ts';
import type { Call } from './routes.ts';

/** A caller whose role may do the operation, and the rows that exist for them. */
export interface Entry {
  readonly ctx: Context;
  readonly grant: Grant;
  readonly wall: Wall;
}

/** Admits a caller. Throws 401 before 403. */
export function enter(c: Call, r: Resource, gate: Gate): Entry {
  const ctx: Context | undefined = c.get('ctx');
  if (!ctx) fail('AUTH_MISSING'); // nobody has said who is calling
  // Whoever has no active organisation has no roles in it either: say what is really missing.
  if (ctx.authenticated && ctx.activeOrgId === undefined && r.firewall.wall(ctx).needs.includes('activeOrgId')) return asVisitor(c, r, gate, ctx);
  const grant = gate.admit(ctx);
  const known = ctx.authenticated ? ctx : visitor(c, r, ctx);
  return { ctx: known, grant, wall: r.firewall.enter(known) };
}

/** A caller without a session says which organisation is meant; whatever else the context may carry does not count. */
function visitor(c: Call, r: Resource, { env }: Context): Context {
  const ctx: Context = { authenticated: false, isAnonymous: true, roles: [], ...(env ? { env } : {}) } as Context;
  if (!r.firewall.organisation) return ctx;
  const activeOrgId = c.req.query('organizationId');
  if (!activeOrgId) fail('QUERY_INVALID', { parameter: 'organizationId', reason: 'is required without a session' }, { error: 'Invalid query parameter: organizationId' });
  return { ...ctx, activeOrgId };
}

/** Whoever has a session but no organisation may what everybody may, when the request names one. Throws ACCESS_NO_ORG else. */
function asVisitor(c: Call, r: Resource, gate: Gate, ctx: Context): Entry {
  if (c.req.query('organizationId')) {
    try {
      const known = visitor(c, r, ctx);
      return { ctx: known, grant: gate.admit(known), wall: r.firewall.enter(known) };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }
  return missing(ctx, 'activeOrgId');
}

/** The gate of an operation. Its absence is a mistake in the emitted routes, found when they are built. */
export function gateFor(r: Resource, operation: string): Gate {
  const gate = r.gates.get(operation);
  if (!gate) throw new Error(`${r.name}: no access for ${operation}`);
  return gate;
}

/** Admits a caller to what is about no rows of their own organisation: whether they have one does not matter. */
export function admitted(r: Resource, gate: Gate, ctx: Context): Entry {
  return { ctx, grant: gate.admit(ctx), wall: r.firewall.wall(ctx) };
}

/** Out of reach or missing: the same answer for both. */
export function notFound(r: Resource): never {
  if (r.policy.hidden) fail('NOT_FOUND', undefined, { hide: true });
  fail('FIREWALL_NOT_FOUND');
}
