// What of a caller decides roles, masks and waivers: the same for every request of the same set of roles, so that
// answers to "what may they" are worked out once per set and remembered.
import type { AnyContext } from './context.ts';

const sorted = new WeakMap<readonly string[], string>(); // sessions are cached, so their array of roles is the same object

/** Equal for two callers exactly when no rule about roles can tell them apart. */
export function callerKey(ctx: AnyContext): string {
  if (!ctx.authenticated) return '';
  let roles = sorted.get(ctx.roles);
  if (roles === undefined) sorted.set(ctx.roles, (roles = JSON.stringify([...ctx.roles].sort())));
  return `${ctx.isAnonymous ? '?' : '!'}${ctx.userRole ?? ''}${roles}`;
}

/** Does the caller have one of these roles? Without a session nobody has any but PUBLIC, whatever the context carries. */
export function hasRole(ctx: AnyContext, roles: readonly string[]): boolean {
  if (roles.includes('PUBLIC')) return true;
  if (!ctx.authenticated) return false;
  return roles.includes('AUTHENTICATED') || roles.some((role) => ctx.roles.includes(role));
}

/** Does the user have one of these platform roles? */
export function hasUserRole(ctx: AnyContext, roles: readonly string[]): boolean {
  if (!ctx.authenticated || ctx.userRole === undefined) return false;
  return ctx.userRole.split(',').some((role) => roles.includes(role.trim()));
}

const REMEMBERED = 256;

/** Remembers what `make` says per set of roles. */
export function perCaller<T>(make: (ctx: AnyContext) => T): (ctx: AnyContext) => T {
  const known = new Map<string, T>();
  return (ctx) => {
    const key = callerKey(ctx);
    const hit = known.get(key);
    if (hit !== undefined) return hit;
    if (known.size >= REMEMBERED) known.clear();
    const made = make(ctx);
    known.set(key, made);
    return made;
  };
}
