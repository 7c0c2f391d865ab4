// Who is asking. One value per request, made by the session middleware and never by a body or a query.
import type { Driver } from './driver.ts';
import type { ContextExtras } from './policy.ts';

export interface AnyContext {
  /** A session or API key was accepted. */
  readonly authenticated: boolean;
  readonly userId?: string;
  /** The platform role of the user, apart from any organisation; several are separated by commas. */
  readonly userRole?: string;
  /** The roles of the user in the active organisation. */
  readonly roles: readonly string[];
  readonly activeOrgId?: string;
  readonly activeTeamId?: string;
  /** A session without an account: it owns nothing. */
  readonly isAnonymous: boolean;
  readonly user?: { readonly id: string; readonly email: string; readonly name: string };
  readonly session?: { readonly id: string };
  readonly env?: { readonly [name: string]: string | undefined };
}
export type Context = AnyContext & ContextExtras;

/** The caller as the project's own code gets it. In PUBLIC access there may be nobody: what is said of the user then is undefined. */
export type CodeContext = Omit<AnyContext, 'user' | 'userId'> & { readonly userId: string; readonly user: NonNullable<AnyContext['user']>; readonly orgId?: string };

/** The context for the project's own code: with `orgId`, the other name of activeOrgId. */
export function forCode(ctx: AnyContext): CodeContext & ContextExtras {
  return { ...ctx, ...(ctx.activeOrgId === undefined ? {} : { orgId: ctx.activeOrgId }) } as CodeContext & ContextExtras;
}

/** Paths a policy may refer to; each has one value or none. */
export type ContextPath =
  | 'userId' | 'userRole' | 'activeOrgId' | 'activeTeamId' | 'isAnonymous'
  | 'user.id' | 'user.email' | 'user.name' | 'session.id'
  | `env.${string}` | (keyof ContextExtras & string);
export type CtxRef = `$ctx.${ContextPath}`;
export type CtxListRef = '$ctx.roles';

export type ContextValue = string | number | boolean | undefined;

/** The value at `path`, or undefined: callers refuse then, they never skip. */
export function contextValue(ctx: AnyContext, path: string): ContextValue {
  let value: unknown = ctx;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
}

/** What Hono carries from the middleware to the routes. */
export interface Env {
  Variables: { ctx: Context; requestId: string; db?: Driver };
}
