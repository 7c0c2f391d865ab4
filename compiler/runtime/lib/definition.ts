// What definitions import from '@quickback/compiler', as the emitted backend has it: definition modules are carried over whole, their policies are
// already compiled, and what is left here is to hand actions on with their types.
import type { Context as HonoContext } from 'hono';
import type { SQL } from 'drizzle-orm';
import type { BaseSQLiteDatabase, SQLiteInsertBase, SQLiteInsertBuilder, SQLiteInsertValue, SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { z } from 'zod';
import type { CodeContext } from './context.ts';

/** A project tells its schema by declaration merging, for `db.query`. */
export interface Register {}
type Known<K extends string, D> = Register extends { readonly [P in K]: infer V extends Record<string, unknown> } ? V : D;

type Drizzle = BaseSQLiteDatabase<'async', unknown, Known<'schema', Record<string, never>>>;
/** What the scoped db writes itself when a handler leaves it out. */
type Stamped =
  | 'id' | 'organizationId' | 'organization_id' | 'organisationId' | 'orgId' | 'org_id' | 'ownerId' | 'owner_id' | 'userId' | 'user_id' | 'teamId' | 'team_id'
  | 'createdAt' | 'createdBy' | 'modifiedAt' | 'modifiedBy' | 'deletedAt' | 'deletedBy';
type Values<T extends SQLiteTable> = Omit<SQLiteInsertValue<T>, Stamped> & Partial<Pick<SQLiteInsertValue<T>, Stamped & keyof SQLiteInsertValue<T>>>;
type Insert<T extends SQLiteTable> = Omit<SQLiteInsertBuilder<T, 'async', unknown>, 'values'> & {
  values(value: Values<T> | Values<T>[]): SQLiteInsertBase<T, 'async', unknown>;
};

/** Drizzle inside the caller's firewall. Raw statements are not in the type; an action with allowRawSql uses `execute`. */
export interface ScopedTransaction extends Pick<Drizzle, 'select' | 'selectDistinct' | 'update' | 'delete' | 'with' | '$with' | '$count' | 'query'> {
  insert<T extends SQLiteTable>(table: T): Insert<T>;
  /** All that `work` writes, or nothing. Inside, use its `tx`. */
  transaction<T>(work: (tx: ScopedTransaction) => Promise<T>): Promise<T>;
  /** Refused by the gate unless the action declares allowRawSql. */
  execute(statement: SQL): Promise<unknown[]>;
  rollback(): never;
}
export interface ScopedDb extends ScopedTransaction {
  /** Builders of this db, in order, as one unit. */
  batch<const T extends readonly PromiseLike<unknown>[]>(list: T): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }>;
}

/** Drizzle without a firewall: nothing is scoped, stamped or carried on to other tables. */
export interface RawDb extends Pick<Drizzle, 'select' | 'selectDistinct' | 'insert' | 'update' | 'delete' | 'with' | '$with' | '$count' | 'query'> {
  transaction<T>(work: (tx: Omit<RawDb, 'batch'>) => Promise<T>): Promise<T>;
  execute(statement: SQL): Promise<unknown[]>;
  rollback(): never;
  batch<const T extends readonly PromiseLike<unknown>[]>(list: T): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }>;
}

/** Who is calling. */
export type ActionContext = CodeContext;

/** What an action's code gets. */
export interface ActionParams<Input = unknown, Row = Record<string, unknown>> {
  readonly db: ScopedDb;
  /** The database without a firewall: there only with `unsafe`, else undefined. */
  readonly rawDb: RawDb;
  readonly ctx: ActionContext;
  /** The record of the path, as it is stored; an empty object in standalone actions. */
  readonly record: Row;
  readonly input: Input;
  readonly services: Readonly<Record<string, unknown>>;
  readonly c: HonoContext;
  readonly env: Readonly<Record<string, unknown>>;
  readonly auditFields: { readonly createdAt: string; readonly modifiedAt: string };
  /** The condition that picks the record. */
  whereRecord(table?: unknown): SQL;
  /** The same while its state is still the one that was read: an update with it that changes nothing lost a race. */
  whereTransition(table?: unknown): SQL;
}
/** The code of an action in a file of its own. */
export type ActionExecutor<Input = any, Row = any> = (params: ActionParams<Input, Row>) => unknown; // any: a handler file narrows what it gets

type RowOf<T> = T extends { readonly $inferSelect: infer R } ? R : Record<string, unknown>;
/** Without a schema the input is an empty object. */
type InputOf<S> = S extends z.ZodType ? z.output<S> : Record<string, never>;

/** An action as definitions write it. Its access, route and transition are compiled into the policy; what counts here is input and code. */
export interface Action<Row, S> {
  readonly description?: string;
  readonly input?: S;
  readonly access?: object;
  readonly guard?: object;
  readonly execute?: (params: ActionParams<InputOf<S>, Row>) => unknown;
  readonly handler?: string;
  readonly standalone?: boolean;
  readonly type?: 'record' | 'standalone';
  readonly path?: string;
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly responseType?: 'json' | 'stream' | 'file';
  readonly sideEffects?: string;
  readonly allowRawSql?: boolean;
  readonly unsafe?: boolean | object;
  readonly transition?: object;
  readonly cms?: unknown;
}
/** Actions bound to a table, by name. */
export interface Actions<A> {
  readonly table: unknown;
  readonly actions: A;
}

/**
 * Actions of a table, or with `null` of none. `input` is typed by each action's own schema, `record` by the table. The schemas have no bound: an
 * action without one infers nothing, and one failed bound would widen the inputs of all others.
 */
export function defineActions<T, I>(
  table: T, actions: { readonly [K in keyof I]: Action<RowOf<T>, I[K]> },
): Actions<{ readonly [K in keyof I]: Action<RowOf<T>, I[K]> }> {
  return { table, actions };
}

/** One action in a file of its own. */
export function defineAction<S extends z.ZodType>(action: Action<Record<string, unknown>, S>): Action<Record<string, unknown>, S> {
  return action;
}

/** An error that an action answers with its own code and status. */
export class ActionError extends Error {
  override name = 'ActionError';
  constructor(message: string, readonly code: string, readonly status = 400, readonly details?: Readonly<Record<string, unknown>>) {
    super(message);
  }
}

/** An access rule: data, or code with the row where there is one. */
type Access = object | ((ctx: CodeContext, record: any) => boolean | Promise<boolean>); // any: the definition narrows its row
interface Guarded { readonly access?: Access; readonly [key: string]: unknown }
type Operation = 'list' | 'get' | 'create' | 'update' | 'delete' | 'put' | 'batchCreate' | 'batchUpdate' | 'batchDelete' | 'batchUpsert';
type Operations = { readonly [O in Operation]?: false | Guarded };
type Views = { readonly [view: string]: Guarded };
/** Where a policy holds code. The rest of it is compiled elsewhere. */
interface Coded extends Operations {
  readonly crud?: Operations;
  readonly read?: Guarded & { readonly views?: Views };
  readonly views?: Views;
  readonly masking?: { readonly [column: string]: { readonly mask?: string | ((value: any) => unknown); readonly [key: string]: unknown } }; // any: as above
}
/** A table or resource with its policy, which is compiled elsewhere. */
export function defineTable<T, P>(table: T, policy: P & Coded): { readonly table: T; readonly policy: P } {
  return { table, policy };
}
export const defineResource = defineTable;

type Steps<Row, I> = { readonly [K in keyof I]: Action<Row, I[K]> };
type Feature<P> = { readonly policy: P; readonly actions: P extends { readonly actions: infer A } ? A : Record<never, never> };
const beside = (policy: object): PropertyDescriptorMap => ({ policy: { value: policy }, actions: { value: (policy as { actions?: unknown }).actions ?? {} } });

/** A feature in one call, with columns written with `q`. */
export function feature<P extends object, I>(_: string, policy: P & Coded & { readonly actions?: Steps<Record<string, unknown>, I> }): Feature<P> {
  return Object.defineProperties({}, beside(policy)) as Feature<P>;
}
/** The same in a project, where a feature is its emitted table too. `tables` has them by the features' names. */
export function featuresOf<T extends object>(tables: T) {
  return <N extends keyof T, P extends object, I>(name: N, policy: P & Coded & { readonly actions?: Steps<RowOf<T[N]>, I> }): T[N] & Feature<P> => {
    if (!Object.hasOwn(tables, name)) throw new Error(`the schema has no table "${String(name)}": compile the definitions again`);
    return Object.create(tables[name] as object, beside(policy)) as T[N] & Feature<P>;
  };
}

const same = <D>(definition: D): D => definition;
export const defineConfig = same, defineQueue = same, defineEmbedding = same, defineRealtime = same, definePage = same, defineService = same;

const provider = <C>(name: string, config?: C): { readonly name: string; readonly config: C | undefined } => ({ name, config });
export const defineRuntime = provider, defineDatabase = provider, defineAuth = provider, defineStorage = provider;

type Word =
  | 'id' | 'text' | 'int' | 'real' | 'bool' | 'enum' | 'json' | 'datetime' | 'timestamp' | 'date' | 'url' | 'email' | 'uuid' | 'scope' | 'table'
  | 'required' | 'optional' | 'default' | 'defaultNow' | 'unique' | 'index' | 'references' | 'protected' | 'immutable' | 'filterable' | 'searchable' | 'sortable' | 'masked';
/** A chain of any length: columns written with it are compiled into the schema. */
type Chain = { readonly [W in Word]: Chain } & ((...args: unknown[]) => Chain);
export const q: Chain = new Proxy((() => q) as unknown as Chain, { get: () => q, apply: () => q });

/** `q` of a project: a table declared with it is the emitted table, with its policy and its injected columns. `tables` has them by the name in the definition. */
export type ProjectQ<T> = Omit<Chain, 'table'> & {
  table<N extends keyof T>(name: N, columns: object | ((q: Chain) => object), extra?: (table: T[N]) => unknown): T[N];
};
export function tablesOf<T extends object>(tables: T): ProjectQ<T> {
  const table = (name: keyof T): T[keyof T] => {
    if (!Object.hasOwn(tables, name)) throw new Error(`the schema has no table "${String(name)}": compile the definitions again`);
    return tables[name];
  };
  return new Proxy(q, { get: (_, word) => (word === 'table' ? table : q) }) as unknown as ProjectQ<T>;
}
export { z } from 'zod';
