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
  if (!ctx.authenticated) return visitor(c, r, gate, ctx);
  // Whoever has no active organisation has no roles in it either, and may what everybody may where the request names one.
  if (ctx.activeOrgId === undefined && r.firewall.wall(ctx).missing(ctx) === 'activeOrgId') {
    const open = c.req.query('organizationId') && gate.may(NOBODY);
    return open ? visitor(c, r, gate, ctx) : missing(ctx, 'activeOrgId');
  }
  return { ctx, grant: gate.admit(ctx), wall: r.firewall.enter(ctx) };
}

const NOBODY = { authenticated: false, isAnonymous: true, roles: [] } as const;

/** A caller without a session says which organisation is meant; whatever else the context may carry does not count. */
function visitor(c: Call, r: Resource, gate: Gate, { env }: Context): Entry {
  const ctx = { ...NOBODY, ...(env ? { env } : {}) } as Context, grant = gate.admit(ctx);
  if (!r.firewall.organisation) return { ctx, grant, wall: r.firewall.enter(ctx) };
  const activeOrgId = c.req.query('organizationId');
  if (!activeOrgId) fail('QUERY_INVALID', { parameter: 'organizationId', reason: 'is required without a session' }, { error: 'Invalid query parameter: organizationId' });
  const known = { ...ctx, activeOrgId };
  return { ctx: known, grant, wall: r.firewall.enter(known) };
}

/** The gate of an operation. Its absence is a mistake in the emitted routes, found when they are built. */
export function gateFor(r: Resource, operation: string): Gate {
  const gate = r.gates.get(operation);
  if (!gate) throw new Error(`${r.name}: no access for ${operation}`);
  return gate;
}

/** Out of reach or missing: the same answer for both. */
export function notFound(r: Resource): ApiError {
  return r.policy.hidden ? new ApiError('NOT_FOUND', undefined, { hide: true }) : new ApiError('FIREWALL_NOT_FOUND');
}
