// Who is asking: one value per request, made by the session middleware and never by a body or a query.
import type { ContextExtras } from './policy.ts';

export interface AnyContext {
  readonly authenticated: boolean;
  readonly userId?: string | undefined;
  /** The platform role of the user, apart from any organisation; several are separated by commas. */
  readonly userRole?: string | undefined;
  readonly roles: readonly string[];
  readonly activeOrgId?: string | undefined;
  readonly activeTeamId?: string | undefined;
  /** A session without an account: it owns nothing. */
  readonly isAnonymous: boolean;
  readonly user?: { readonly id: string; readonly email: string; readonly name: string } | undefined;
  readonly session?: { readonly id: string } | undefined;
  readonly env?: { readonly [name: string]: string | undefined };
}
export type Context = AnyContext & ContextExtras;

/** The caller as the project's own code gets it. In PUBLIC access there may be nobody: what is said of the user then is undefined. */
export type CodeContext = Omit<AnyContext, 'user' | 'userId'> & { readonly userId: string; readonly user: NonNullable<AnyContext['user']>; readonly orgId?: string };
export function forCode(ctx: AnyContext): CodeContext & ContextExtras {
  return { ...ctx, ...(ctx.activeOrgId === undefined ? {} : { orgId: ctx.activeOrgId }) } as CodeContext & ContextExtras;
}

/** A value of the context that a policy may refer to. */
export type CtxRef = `$ctx.${
  | 'userId' | 'userRole' | 'activeOrgId' | 'activeTeamId' | 'isAnonymous' | 'user.id' | 'user.email' | 'user.name' | 'session.id'
  | `env.${string}` | (keyof ContextExtras & string)}`;

/** The value at `path`, or undefined: callers refuse then, they never skip. */
export function contextValue(ctx: AnyContext, path: string): string | number | boolean | undefined {
  const within = (value: unknown, key: string): unknown =>
    (typeof value === 'object' && value !== null && Object.hasOwn(value, key) ? (value as Readonly<Record<string, unknown>>)[key] : undefined);
  const value = path.split('.').reduce<unknown>(within, ctx);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
}

/** Does the caller have one of these roles? Without a session nobody has any but PUBLIC, whatever the context carries. */
export function hasRole(ctx: AnyContext, roles: readonly string[]): boolean {
  if (roles.includes('PUBLIC')) return true;
  return ctx.authenticated && (roles.includes('AUTHENTICATED') || roles.some((role) => ctx.roles.includes(role)));
}

export function hasUserRole(ctx: AnyContext, roles: readonly string[]): boolean {
  return ctx.authenticated && (ctx.userRole ?? '').split(',').some((role) => roles.includes(role.trim()));
}

const keys = new WeakMap<AnyContext, string>(); // sessions are cached, and their contexts with them
/** Equal for two callers exactly when no rule about roles can tell them apart. */
function callerKey(ctx: AnyContext): string {
  let key = keys.get(ctx);
  if (key === undefined) keys.set(ctx, (key = ctx.authenticated ? JSON.stringify([ctx.isAnonymous, ctx.userRole, [...ctx.roles].sort()]) : ''));
  return key;
}

/** Remembers what `make` says of roles, masks and waivers per set of roles. */
export function perCaller<T>(make: (ctx: AnyContext) => T): (ctx: AnyContext) => T {
  const known = new Map<string, T>();
  return (ctx) => {
    const key = callerKey(ctx);
    let made = known.get(key);
    if (made !== undefined) return made;
    if (known.size >= 256) known.clear();
    known.set(key, (made = make(ctx)));
    return made;
  };
}

/** What Hono carries from the middleware to the routes. */
export interface Env { Variables: { ctx: Context; requestId: string } }
