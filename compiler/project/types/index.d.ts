// The definition API of Quickback, for the TypeScript server of an editor: what '@quickback/compiler', 'quickback' and '@quickback/types' export.
// Written by qbls, which refreshes these files; tsconfig.json leads the three names here. They need no installation. Where drizzle-orm is not
// installed, TypeScript knows no Drizzle table: columns of such tables and `db` are then unchecked here, and `qbls check` still checks them all.
// Where zod is not installed, the same holds for the input of actions.
import type { Action, Actions, PatchAction } from './actions';
import type { Config } from './config';
import type { FeaturePolicy, TablePolicy } from './policy';
import type { Columns, QRow, QTable } from './q';
import type { Row, RowOf } from './rows';

/**
 * What a project tells its types, all of it optional:
 *
 *     declare module '@quickback/compiler' {
 *       interface Register { roles: 'viewer' | 'editor' }
 *     }
 *
 * `roles` closes the list of roles. `dialect: 'pg'` makes `db` of handler files, and tables written with `q`, those of PostgreSQL (of
 * defineActions(table, …), the table decides). `schema` types `db.query`, `services` and `env` type what executors get under these names.
 */
export interface Register {}

/** A table and its policy. */
export interface Resource<T> {
  readonly table: T;
}

/** Declares the policy of a table: of sqliteTable, pgTable, mysqlTable or q.table. It is the default export of its file. */
export function defineTable<T>(table: T & object, policy: TablePolicy<Row<T>>): Resource<T>;
/** The same as defineTable. */
export function defineResource<T>(table: T & object, policy: TablePolicy<Row<T>>): Resource<T>;

/** Declares a table with columns written with `q`, its policy and its actions in one. */
export function feature<const N extends string, C extends Columns, I>(
  name: N,
  definition: { readonly columns: C; readonly actions?: { readonly [K in keyof I]: PatchAction<QRow<C>, I[K]> } } & FeaturePolicy<QRow<C>>,
): QTable<N, C>;

/**
 * Declares the actions of a table, which is given itself or by its name, or with `null` actions without one. `input` is typed by each action's
 * own schema, `record` by the table.
 */
export function defineActions<T, I>(
  table: T & (object | string | null),
  actions: { readonly [K in keyof I]: Action<RowOf<T>, I[K], T> },
): Actions<T, { readonly [K in keyof I]: Action<RowOf<T>, I[K], T> }>;

/** Declares one action in a file of its own, which is named after it. */
export function defineAction<S>(action: Action<any, S>): Action<any, S>; // any: the folder says which table it is bound to

/** Declares the project: the default export of quickback.config.ts. */
export function defineConfig(config: Config): Config;

export { q } from './q';
export type { QColumn, QTable } from './q';
export { z } from 'zod';
export { ActionError } from './actions';
export type { Action, ActionContext, ActionExecutor, ActionParams, Actions, RawDb, ScopedDb, ScopedTransaction } from './actions';
export type { Access, AccessRule, AppContext, Condition, ContextPath, Firewall, Role } from './access';
export type { Guards, InputHint, Mask, MaskType, TablePolicy, View } from './policy';
export type { Row } from './rows';
export { defineAuth, defineDatabase, defineFileStorage, defineRuntime, defineStorage } from './config';
export type { Config } from './config';
export { defineEmbedding, definePage, defineQueue, defineRealtime, defineService } from './services';
