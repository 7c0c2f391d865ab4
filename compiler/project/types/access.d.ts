// Who may do what, to which rows.
import type { Column, Registered } from './rows';

type Named = Registered<'roles', string> & string;
/** PUBLIC needs no session, AUTHENTICATED any. `role+` means the role and those above it in auth.roleHierarchy. */
export type Role = Named | `${Named}+` | 'PUBLIC' | 'AUTHENTICATED';

/** Values of the caller that a condition can compare with. */
export type ContextPath =
  | 'userId' | 'userRole' | 'activeOrgId' | 'orgId' | 'activeTeamId' | 'isAnonymous'
  | 'user.id' | 'user.email' | 'user.name' | 'session.id' | `env.${string}`;

/** A value of a column of type V, or one of the caller. Times are compared as ISO-8601 text. */
export type Operand<V> = `$ctx.${ContextPath}` | (unknown extends V ? any : V extends Date ? string : V extends bigint ? number : V);

/** The operators of record conditions. Several of them must all hold. */
export interface Operators<V> {
  readonly equals?: Operand<V>;
  readonly notEquals?: Operand<V>;
  /** The same as notEquals. */
  readonly not?: Operand<V>;
  readonly in?: readonly Operand<V>[] | '$ctx.roles';
  readonly notIn?: readonly Operand<V>[] | '$ctx.roles';
  readonly lessThan?: Operand<V>;
  readonly lessThanOrEqual?: Operand<V>;
  readonly greaterThan?: Operand<V>;
  readonly greaterThanOrEqual?: Operand<V>;
  readonly isNull?: boolean;
}
/** A value that the column must have, or operators. */
export type Condition<V> = Operand<V> | Operators<V>;
export type RecordConditions<R> = { readonly [C in Column<R>]?: Condition<R[C]> };

/** Who is calling. `userId` and `user` are those of the session: behind PUBLIC access there may be none, which `authenticated` tells. */
export interface AppContext {
  readonly authenticated: boolean;
  readonly userId: string;
  /** The role of the user in the platform, apart from any organization. */
  readonly userRole?: string | undefined;
  /** The roles of the user in the active organization. */
  readonly roles: readonly string[];
  readonly activeOrgId?: string | undefined;
  readonly orgId?: string;
  readonly activeTeamId?: string | undefined;
  readonly isAnonymous: boolean;
  readonly user: { readonly id: string; readonly email: string; readonly name: string };
  readonly session?: { readonly id: string } | undefined;
  readonly env?: { readonly [name: string]: string | undefined };
}

/** Keys of one rule must all hold; `or` and `and` nest to any depth. */
export interface AccessRule<R> {
  /** One of these roles in the active organization suffices. */
  readonly roles?: readonly Role[];
  /** One of these roles in the platform suffices. */
  readonly userRole?: readonly string[];
  readonly record?: RecordConditions<R>;
  readonly or?: readonly Access<R>[];
  readonly and?: readonly Access<R>[];
}
/** A rule, or a function that is asked at each request. On list, create and standalone actions it is asked once, without a row. */
export type Access<R> = AccessRule<R> | ((ctx: AppContext, record: R) => boolean | Promise<boolean>);

interface Scope<R> {
  readonly column?: Column<R> | (string & {}); // the property or the SQL name
  readonly source?: string;
}
interface OwnerScope<R> extends Scope<R> {
  /** `optional` waives the owner for `roles`, else for owner and admin. `strict` is the same as `required`. */
  readonly mode?: 'required' | 'strict' | 'optional';
  readonly roles?: readonly Role[];
}
export type ErrorMode = 'reveal' | 'hide';
export interface Scopes<R> {
  readonly organization?: Scope<R>;
  readonly owner?: OwnerScope<R>;
  readonly team?: Scope<R>;
  readonly softDelete?: { readonly column?: string };
  /** Every row is everybody's. Not together with a scope. */
  readonly exception?: boolean;
  /** What is out of reach answers 403 (reveal) or 404 (hide). */
  readonly errorMode?: ErrorMode;
}

type Outside<V> = `ctx.${ContextPath}` | Operand<V>;
interface PredicateOperators<V> {
  readonly equals?: Outside<V>;
  readonly notEquals?: Outside<V>;
  readonly not?: Outside<V>;
  readonly in?: readonly Outside<V>[] | 'ctx.roles' | '$ctx.roles';
  readonly notIn?: readonly Outside<V>[] | 'ctx.roles' | '$ctx.roles';
  readonly lessThan?: Outside<V>;
  readonly lessThanOrEqual?: Outside<V>;
  readonly greaterThan?: Outside<V>;
  readonly greaterThanOrEqual?: Outside<V>;
  readonly isNull?: boolean;
}
export type Predicate<R> = { [C in Column<R>]: { readonly field: C } & PredicateOperators<R[C]> }[Column<R>];
/** Which rows exist for a caller. */
export type Firewall<R> = Scopes<R> | readonly Predicate<R>[];
