// Actions, and the database that their code gets.
import type { SQL } from 'drizzle-orm';
import type { PgDatabase, PgInsertBase, PgInsertBuilder, PgInsertValue, PgQueryResultHKT, PgTable } from 'drizzle-orm/pg-core';
import type { BaseSQLiteDatabase, SQLiteInsertBase, SQLiteInsertBuilder, SQLiteInsertValue, SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { Context as HonoContext } from 'hono';
import type { Access, AppContext } from './access';
import type { Column, Registered, WithAudit } from './rows';

type Schema = Registered<'schema', Record<string, never>> & Record<string, unknown>;
type Builders = 'select' | 'selectDistinct' | 'update' | 'delete' | 'with' | '$with' | '$count' | 'query';
/** What the scoped db writes itself when a handler leaves it out. */
type Stamped =
  | 'id' | 'organizationId' | 'organization_id' | 'organisationId' | 'orgId' | 'org_id' | 'ownerId' | 'owner_id' | 'userId' | 'user_id' | 'teamId' | 'team_id'
  | 'createdAt' | 'createdBy' | 'modifiedAt' | 'modifiedBy' | 'deletedAt' | 'deletedBy';
type Unstamped<V> = Omit<V, Stamped> & Partial<Pick<V, Stamped & keyof V>>;

type SQLite = BaseSQLiteDatabase<'async', unknown, Schema>;
type SQLiteInsert<T extends SQLiteTable> = Omit<SQLiteInsertBuilder<T, 'async', unknown>, 'values'> & {
  values(value: Unstamped<SQLiteInsertValue<T>> | Unstamped<SQLiteInsertValue<T>>[]): SQLiteInsertBase<T, 'async', unknown>;
};
/** Drizzle inside the caller's firewall. */
export interface ScopedTransaction extends Pick<SQLite, Builders> {
  insert<T extends SQLiteTable>(table: T): SQLiteInsert<T>;
  /** All that `work` writes, or nothing. Inside, use its `tx`. */
  transaction<T>(work: (tx: ScopedTransaction) => Promise<T>): Promise<T>;
  /** Refused unless the action declares allowRawSql. */
  execute(statement: SQL): Promise<unknown[]>;
  rollback(): never;
}
export interface ScopedDb extends ScopedTransaction {
  /** Builders of this db, in order, as one unit. */
  batch<const T extends readonly PromiseLike<unknown>[]>(list: T): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }>;
}

type Postgres = PgDatabase<PgQueryResultHKT, Schema>;
type PgInsert<T extends PgTable> = Omit<PgInsertBuilder<T, PgQueryResultHKT>, 'values'> & {
  values(value: Unstamped<PgInsertValue<T>> | Unstamped<PgInsertValue<T>>[]): PgInsertBase<T, PgQueryResultHKT>;
};
interface PgScopedTransaction extends Pick<Postgres, Builders | 'selectDistinctOn'> {
  insert<T extends PgTable>(table: T): PgInsert<T>;
  transaction<T>(work: (tx: PgScopedTransaction) => Promise<T>): Promise<T>;
  execute(statement: SQL): Promise<unknown[]>;
  rollback(): never;
}
interface PgScopedDb extends PgScopedTransaction {
  batch<const T extends readonly PromiseLike<unknown>[]>(list: T): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }>;
}

/** The dialect of a bound table; of none, the project's. */
type DialectOf<T> = T extends { readonly _: { readonly config: { readonly dialect: infer D } } } ? D : Registered<'dialect', 'sqlite'>;
type DbOf<T> = DialectOf<T> extends 'pg' ? PgScopedDb : ScopedDb;
/** The database without a firewall. Only actions that declare `unsafe` get it. */
export type RawDb<T = null> = DialectOf<T> extends 'pg' ? Postgres : SQLite;

/** Who is calling an action. */
export type ActionContext = AppContext;

/** What the code of an action gets. */
export interface ActionParams<Input = unknown, Record_ = Record<string, unknown>, T = null> {
  readonly db: DbOf<T>;
  /** There only with `unsafe`. */
  readonly rawDb: RawDb<T>;
  readonly ctx: ActionContext;
  /** The record of the path, as it is stored; an empty object in standalone actions. */
  readonly record: Record_;
  readonly input: Input;
  readonly services: Registered<'services', { readonly [name: string]: any }>;
  readonly c: HonoContext;
  readonly env: Registered<'env', { readonly [name: string]: any }>;
  readonly auditFields: { readonly createdAt: string; readonly modifiedAt: string };
  /** The condition that picks the record. */
  whereRecord(table?: unknown): SQL;
  /** The same while its state is still the one that was read: an update with it that changes nothing lost a race. */
  whereTransition(table?: unknown): SQL;
}
/** The code of an action in a file of its own: `export const execute: ActionExecutor<Input> = async ({ db, input }) => …`. */
export type ActionExecutor<Input = any, Record_ = any, T = null> = (params: ActionParams<Input, Record_, T>) => unknown; // any: a handler narrows what it gets

type SchemaLike = { readonly _zod: { readonly output: unknown } } | { readonly _output: unknown };
/** What a schema of zod 4 or 3 lets through; without a schema, an empty object. */
type InputOf<S> = 0 extends 1 & S ? any
  : S extends { readonly _zod: { readonly output: infer O } } ? O
  : S extends { readonly _output: infer O } ? O
  : Record<string, never>;

type States<R> = { [C in Column<R>]: NonNullable<R[C]> extends string ? C : never }[Column<R>];
/** A state machine on a column: which states may follow which. The new one is `to`, or the input key that `via` names. */
type Transition<R> = {
  [C in States<R>]: {
    readonly field: C;
    readonly fromTo: { readonly [S in NonNullable<R[C]> & string]?: readonly (NonNullable<R[C]> & string)[] };
    readonly to?: NonNullable<R[C]> & string;
    readonly via?: string;
  };
}[States<R>];

interface Unsafe {
  readonly reason: string;
  readonly adminOnly?: boolean;
  readonly crossTenant?: boolean;
  readonly targetScope?: 'all' | 'organization';
}
interface ActionCms {
  readonly label?: string;
  readonly icon?: string;
  readonly confirm?: boolean | string;
  readonly destructive?: boolean;
  readonly category?: string;
  readonly hidden?: boolean;
  readonly successMessage?: string;
  readonly onSuccess?: 'refresh' | 'redirect:list' | 'close';
  readonly order?: number;
}
interface ActionBase<R, S> {
  readonly description?: string;
  /** A Zod schema. Without one the input is an empty object. */
  readonly input?: S & SchemaLike;
  readonly access?: Access<WithAudit<R>>;
  /** The oldest name of access. */
  readonly guard?: Access<WithAudit<R>>;
  /** The file with the code, in place of `execute`: './handlers/close'. */
  readonly handler?: string;
  /** Without a record. */
  readonly standalone?: boolean;
  readonly type?: 'record' | 'standalone';
  readonly path?: `/${string}`;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly responseType?: 'json' | 'stream' | 'file';
  readonly sideEffects?: 'sync' | 'async' | 'fire-and-forget';
  readonly allowRawSql?: boolean;
  readonly unsafe?: boolean | Unsafe;
  readonly transition?: Transition<R>;
  readonly cms?: ActionCms;
}
/** An action: what `execute` returns is the answer's data. */
export interface Action<R, S, T = null> extends ActionBase<R, S> {
  readonly execute?: (params: ActionParams<InputOf<S>, R, T>) => unknown;
}
/** A patch of the record, a Response, or nothing. */
type Patch<R> = { readonly [C in keyof R]?: R[C] } | Response | undefined | void;
/** An action of feature(): the object that `execute` returns is written to the record. */
export interface PatchAction<R, S> extends ActionBase<R, S> {
  readonly execute?: (params: ActionParams<InputOf<S>, R>) => Patch<R> | Promise<Patch<R>>;
}

export interface Actions<T, A> {
  readonly table: T;
  readonly actions: A;
}

/** An error that an action answers with its own code and status. */
export declare class ActionError extends Error {
  readonly code: string;
  readonly status: number;
  readonly details?: Readonly<Record<string, unknown>>;
  constructor(message: string, code: string, status?: number, details?: Readonly<Record<string, unknown>>);
}
