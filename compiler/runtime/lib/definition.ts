// What definitions import from '@quickback/compiler', as the emitted backend has it: definition modules are carried over whole, their policies are
// already compiled, and what is left here is to hand actions on with their types.
import type { Context as HonoContext } from 'hono';
import type { SQL } from 'drizzle-orm';
import type { BaseSQLiteDatabase, SQLiteInsertBase, SQLiteInsertBuilder, SQLiteInsertValue, SQLiteTable } from 'drizzle-orm/sqlite-core';
import type { z } from 'zod';
import type { CodeContext } from './context.ts';

/** A project tells its schema by declaration merging, for `db.query`. */
export interface Register {}
type Schema = Register extends { readonly schema: infer S extends Record<string, unknown> } ? S : Record<string, never>;
type Queries = BaseSQLiteDatabase<'async', unknown, Schema>['query'];

type Drizzle = BaseSQLiteDatabase<'async', unknown>;
/** What the scoped db writes itself when a handler leaves it out. */
type Stamped =
  | 'id' | 'organizationId' | 'organization_id' | 'organisationId' | 'orgId' | 'org_id' | 'ownerId' | 'owner_id' | 'userId' | 'user_id' | 'teamId' | 'team_id'
  | 'createdAt' | 'createdBy' | 'modifiedAt' | 'modifiedBy' | 'deletedAt' | 'deletedBy';
type Values<T extends SQLiteTable> = Omit<SQLiteInsertValue<T>, Stamped> & Partial<Pick<SQLiteInsertValue<T>, Stamped & keyof SQLiteInsertValue<T>>>;
type Insert<T extends SQLiteTable> =
  Omit<SQLiteInsertBuilder<T, 'async', unknown>, 'values'> & { values(value: Values<T> | Values<T>[]): SQLiteInsertBase<T, 'async', unknown> };

/** Drizzle inside the caller's firewall. Raw statements are not in the type; an action with allowRawSql uses `execute`. */
export interface ScopedTransaction extends Pick<Drizzle, 'select' | 'selectDistinct' | 'update' | 'delete' | 'with' | '$with' | '$count'> {
  insert<T extends SQLiteTable>(table: T): Insert<T>;
  readonly query: Queries; //: relational unsafe
  //: transaction
  /** All that `work` writes, or nothing. Inside, use its `tx`. */
  transaction<T>(work: (tx: ScopedTransaction) => Promise<T>): Promise<T>;
  rollback(): never;
  //: end
  //: raw
  /** Refused by the gate unless the action declares allowRawSql. */
  execute(statement: SQL): Promise<unknown[]>;
  //: end
}
export interface ScopedDb extends ScopedTransaction {
  /** Builders of this db, in order, as one unit. */
  batch<const T extends readonly PromiseLike<unknown>[]>(list: T): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }>;
}

/** Drizzle without a firewall: nothing is scoped, stamped or carried on to other tables. */
export interface RawDb extends Pick<Drizzle, 'insert'>, Omit<ScopedDb, 'insert' | 'transaction'> {
  transaction<T>(work: (tx: Omit<RawDb, 'batch'>) => Promise<T>): Promise<T>;
}

export type ActionContext = CodeContext;
/** What an action's code gets. */
export interface ActionParams<Input = unknown, Row = Record<string, unknown>> {
  readonly db: ScopedDb;
  //: unsafe
  /** The database without a firewall: there only with `unsafe`, else undefined. */
  readonly rawDb: RawDb;
  //: end
  readonly ctx: CodeContext;
  /** The record of the path, as it is stored; an empty object in standalone actions. */
  readonly record: Row;
  readonly input: Input;
  readonly services: Readonly<Record<string, unknown>>;
  readonly c: HonoContext;
  readonly env: Readonly<Record<string, unknown>>;
  readonly auditFields: { readonly createdAt: string; readonly modifiedAt: string };
  //: conditions
  /** The condition that picks the record. */
  whereRecord(table?: unknown): SQL;
  /** The same while its state is still the one that was read: an update with it that changes nothing lost a race. */
  whereTransition(table?: unknown): SQL;
  //: end
}
/** The code of an action in a file of its own. */
export type ActionExecutor<Input = any, Row = any> = (params: ActionParams<Input, Row>) => unknown; // any: a handler file narrows what it gets

export type RowOf<T> = T extends { readonly $inferSelect: infer R } ? R : Record<string, unknown>;
type InputOf<S> = S extends z.ZodType ? z.output<S> : Record<string, never>;
/** An action as definitions write it. Its access, route and transition are compiled into the policy; what counts here is input and code. */
export interface Action<Row, S> {
  readonly input?: S;
  readonly execute?: (params: ActionParams<InputOf<S>, Row>) => unknown;
  readonly [compiled: string]: unknown;
}
/** Actions bound to a table, by name. */
export interface Actions<A> { readonly table: unknown; readonly actions: A }
type Bound<T, I> = { readonly [K in keyof I]: Action<RowOf<T>, I[K]> };

/** Actions of a table, or with `null` of none. The schemas have no bound: one that failed would widen the inputs of all other actions. */
export const defineActions = <T, I>(table: T, actions: Bound<T, I>): Actions<Bound<T, I>> => ({ table, actions });
/** One action in a file of its own. */
export const defineAction = <S extends z.ZodType>(action: Action<Record<string, unknown>, S>): Action<Record<string, unknown>, S> => action;

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
export interface Coded extends Operations {
  readonly crud?: Operations;
  readonly read?: Guarded & { readonly views?: Views };
  readonly views?: Views;
  readonly masking?: { readonly [column: string]: { readonly mask?: string | ((value: any) => unknown); readonly [key: string]: unknown } }; // any: as above
}
/** A table or resource with its policy, which is compiled elsewhere. */
export const defineTable = <T, P>(
  table: T, policy: P
    & Coded, //: coded
): { readonly table: T; readonly policy: P } => ({ table, policy });
export const defineResource = defineTable;

const same = <D>(definition: D): D => definition;
export const defineConfig = same, defineQueue = same, defineEmbedding = same, defineRealtime = same, definePage = same, defineService = same;
const provider = <C>(name: string, config?: C): { readonly name: string; readonly config: C | undefined } => ({ name, config });
export const defineRuntime = provider, defineDatabase = provider, defineAuth = provider, defineStorage = provider;
export { z } from 'zod';
