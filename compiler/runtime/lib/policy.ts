// The policy of a resource, as literal data: this file says what can be written in a *.resource.ts, and the other modules of the library are the
// only places that enforce it. Types are keyed by a table's rows, which resource.ts infers.
import type { MaskType } from './answer.ts';
import type { CodeContext, CtxRef } from './context.ts';
import type { Format } from './values.ts';

/** A project narrows `roles` (a union of names) and `context` (extra values of the session) by declaration merging. */
export interface Register {}
type Known<K extends string, D> = Register extends { readonly [P in K]: infer V } ? V : D;
/** A role of this project, or PUBLIC (no session needed) or AUTHENTICATED (any session). */
export type Role = (Known<'roles', string> & string) | 'PUBLIC' | 'AUTHENTICATED';
/** Values that the project's `auth.context` adds to every request's context. */
export type ContextExtras = Known<'context', Record<never, never>>;

type OneOf<A> = readonly [A, ...A[]];
type Col<R> = keyof R & string;
/** What a condition compares a column with: dates are written as ISO text. */
type Operand<V> = NonNullable<V> extends Date ? string : NonNullable<V>;

/** Operators on one column; several on the same column must all hold. A `$ctx` value that is missing never holds. */
interface Condition<V> extends Partial<Readonly<Record<'equals' | 'notEquals' | `${'less' | 'greater'}Than${'' | 'OrEqual'}`, V | CtxRef>>> {
  readonly in?: OneOf<V | CtxRef> | '$ctx.roles';
  readonly notIn?: OneOf<V | CtxRef> | '$ctx.roles';
  readonly isNull?: boolean;
}

/** Exactly one key per object; combine with `any` and `all`. */
export type Access<R> =
  | ByUserRole //: admin
  | ByCode<R> //: check
  | ByRole | ByRow<R> | ByAny<R> | ByAll<R>;
type No<K extends 'roles' | 'userRole' | 'where' | 'any' | 'all' | 'check'> = { readonly [P in K]?: never };
interface ByRole extends No<'userRole' | 'where' | 'any' | 'all' | 'check'> { readonly roles: OneOf<Role> }
interface ByUserRole extends No<'roles' | 'where' | 'any' | 'all' | 'check'> { readonly userRole: OneOf<string> }
interface ByRow<R> extends No<'roles' | 'userRole' | 'any' | 'all' | 'check'> { readonly where: { readonly [C in Col<R>]?: Condition<Operand<R[C]>> } }
interface ByAny<R> extends No<'roles' | 'userRole' | 'where' | 'all' | 'check'> { readonly any: OneOf<Access<R>> }
interface ByAll<R> extends No<'roles' | 'userRole' | 'where' | 'any' | 'check'> { readonly all: OneOf<Access<R>> }
/** The project's own code: with the row where there is one (get, update, delete, record actions), else without. */
interface ByCode<R> extends No<'roles' | 'userRole' | 'where' | 'any' | 'all'> {
  readonly check: (ctx: CodeContext & ContextExtras, record: R | undefined) => boolean | Promise<boolean>;
}

/** The firewall: every predicate holds for every row the caller can reach; `unless` waives one for the roles it names. */
export type Rows<R> = { readonly [C in Col<R>]?: RowCondition<Operand<R[C]>> } | 'unscoped';
/** `equals` takes no free text, so that a mistyped `$ctx` path is no literal: a literal on a free text column is `in: ['x']`. */
interface RowCondition<V> extends Omit<Condition<V>, 'equals'> {
  readonly equals?: CtxRef | (string extends V ? never : V);
  readonly unless?: OneOf<Role>;
}

export type IdRule =
  | { readonly generate: 'uuid' | 'cuid' | 'nanoid' | 'serial' | false; readonly prefix?: never }
  | { readonly generate: 'prefixed'; readonly prefix: string };

/** What a body may set. 'open' (guards: false) leaves only system-managed columns closed. */
type Write<R, A extends string> = 'open' | {
  readonly create?: readonly Col<R>[];
  readonly update?: readonly Col<R>[];
  /** May be set on create, never later. */
  readonly immutable?: readonly Col<R>[];
  /** Changed by the named actions alone; 'any' names every action. */
  readonly protected?: { readonly [C in Col<R>]?: readonly NoInfer<A>[] | 'any' };
  /** Fills what a create body omits. */
  readonly defaults?: { readonly [C in Col<R>]?: Operand<R[C]> };
};

/** Checks beyond what the column's own type says. `format` also normalises dates to the stored form. */
export interface ValueRule extends Partial<Readonly<Record<'minLength' | 'maxLength' | 'min' | 'max', number>>> {
  readonly pattern?: string;
  readonly enum?: readonly (string | number)[];
  readonly format?: Format;
  readonly required?: boolean;
}

export type Mask<R> = (
  | { readonly type: 'custom'; readonly mask: (value: never) => unknown } //: customMask
  | { readonly type: MaskType; readonly mask?: never }) & {
  /** Who sees the value: roles ('everyone' is everybody), and whoever the `owner` column names. */
  readonly show: { readonly roles?: OneOf<Role | 'everyone'>; readonly owner?: Col<R> };
  /** Roles that may filter, sort and search by the column although they see it masked. */
  readonly query?: { readonly roles: OneOf<Role> };
};

export type FilterOperator = 'eq' | 'ne' | 'gt' | 'gte' | 'lt' | 'lte' | 'like' | 'in' | 'isNull';
type Sort<R> = Col<R> | `-${Col<R>}` | readonly (Col<R> | `-${Col<R>}`)[];
/** Allow-lists; an absent one allows whatever the answer shows. */
export interface QueryRule<R> {
  readonly filterable?: readonly Col<R>[] | { readonly [C in Col<R>]?: true | OneOf<FilterOperator> };
  readonly searchable?: readonly Col<R>[];
  readonly sortable?: readonly Col<R>[];
}
interface ListRule<R, V extends string> extends QueryRule<R> {
  readonly pageSize?: number;
  readonly maxPageSize?: number;
  readonly fields?: OneOf<Col<R>>;
  readonly sort?: Sort<R>;
  /** The view that `GET /` answers with when the caller names none. */
  readonly defaultView?: NoInfer<V>;
}
interface ViewRule<R> {
  readonly fields: OneOf<Col<R>>;
  readonly access: Access<R>;
  readonly query?: QueryRule<R> & { readonly defaultSort?: Sort<R> };
}

export interface BatchRule<R> {
  readonly max: number;
  /** false refuses `options.atomic`. */
  readonly atomic?: boolean;
  /** Replaces the access of the single operation. */
  readonly access?: Access<R>;
}

/** The project's own code of an action: its definition, and the module of its handler where `execute` stands in one. */
export interface ActionCode {
  readonly run?: { readonly input?: unknown; readonly execute?: unknown } | undefined;
  readonly handler?: { readonly execute: unknown } | undefined;
}
export interface ActionRule<R> extends ActionCode {
  readonly access: Access<R>;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Without a record; lives at `path`, below /api/v1. */
  readonly standalone?: true;
  readonly path?: string;
  /** 'patch': a plain object that execute returns is written to the record. */ //: patch
  readonly result?: 'data' | 'patch'; //: patch
  readonly transition?: { readonly field: Col<R>; readonly fromTo: { readonly [state: string]: readonly string[] }; readonly to?: string; readonly via?: string };
  readonly rawSql?: true;
  readonly unsafe?: { readonly reason: string; readonly adminOnly: boolean; readonly crossTenant: boolean; readonly targetScope?: string };
}

export type Operation = 'list' | 'get' | 'create' | 'update' | 'delete' | 'put';
export type BatchOperation = 'create' | 'update' | 'delete' | 'put';

/** What every table has, also one without routes. */
export interface TablePolicy<R> {
  /** The registry's key; of a resource also its URL segment. */
  readonly name: string;
  readonly rows: Rows<R>;
  /** Columns that take a value of the context on create, as those of `rows` do, and hide no row. */
  readonly stamped?: { readonly [C in Col<R>]?: CtxRef };
  readonly id?: IdRule;
  /** Foreign key column → registry name of its target. */
  readonly references?: { readonly [C in Col<R>]?: string };
  /** Soft delete goes on to these tables: registry name → their foreign key columns, each of which alone takes a row along. */
  readonly cascades?: { readonly [child: string]: OneOf<string> };
  /** The column that stands for a row where another refers to it. */
  readonly label?: Col<R>;
  /** false: columns named like audit columns are the project's own. */
  readonly audit?: false;
  readonly masks?: { readonly [C in Col<R>]?: Mask<R> };
}
/** The parameters O, V, A and B are the names of operations, views, actions and batches that have a policy. */
export interface Policy<R, O extends Operation = Operation, V extends string = string, A extends string = string, B extends BatchOperation = BatchOperation> extends TablePolicy<R> {
  /** The first segment of its paths, where that is not the name. */
  readonly segment?: string;
  /** Rows out of reach answer 404 like missing ones. */
  readonly hidden?: true;
  readonly access: { readonly [K in O]?: Access<R> };
  readonly write?: Write<R, A>;
  readonly delete?: 'soft' | 'hard';
  readonly batch?: { readonly [K in B]: BatchRule<R> };
  readonly list?: ListRule<R, V>;
  readonly get?: { readonly fields?: OneOf<Col<R>> };
  readonly views?: { readonly [K in V]: ViewRule<R> };
  readonly values?: { readonly [C in Col<R>]?: ValueRule };
  readonly actions?: { readonly [K in A]: ActionRule<R> };
  /** What they run, where one module of the project has all of it. */
  readonly code?: { readonly [K in NoInfer<A>]: ActionCode['run'] };
}

/** Any row: what the library itself works with, after `resource` has checked the policy against the real one. */
export interface AnyRow {
  readonly [column: string]: unknown;
}
