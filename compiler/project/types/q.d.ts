// Columns in the short form: q.text().required(). Their types are the types of the row.
import type { PgColumn, PgTableWithColumns } from 'drizzle-orm/pg-core';
import type { SQLiteColumn, SQLiteTableWithColumns } from 'drizzle-orm/sqlite-core';
import type { MaskType } from './policy';
import type { Registered } from './rows';

declare const type: unique symbol;
type Kind = 'plain' | 'time';
type Nullness = 'open' | 'required' | 'optional';
export type FilterOperator = 'eq' | 'ne' | 'gt' | 'gte' | 'lt' | 'lte' | 'like' | 'in' | 'isNull';
type ReferenceAction = 'cascade' | 'restrict' | 'no action' | 'set null' | 'set default';
interface ReferenceOptions {
  readonly onDelete?: ReferenceAction;
  readonly onUpdate?: ReferenceAction;
}

/** A column of values V. Without .required() or .optional() it may be null, unless it has a default. */
export interface QColumn<V, N extends Nullness = 'open', D extends boolean = false, K extends Kind = 'plain'> {
  readonly [type]: { readonly value: V; readonly nullness: N; readonly hasDefault: D; readonly kind: K };
  required(): QColumn<V, 'required', D, K>;
  optional(): QColumn<V, 'optional', D, K>;
  default(value: V): QColumn<V, N extends 'open' ? 'required' : N, true, K>;
  /** The moment of the insert; of times only. */
  defaultNow(this: QColumn<V, N, D, 'time'>): QColumn<V, N extends 'open' ? 'required' : N, true, 'time'>;
  unique(): QColumn<V, N, D, K>;
  index(): QColumn<V, N, D, K>;
  /** The column of another table that this one refers to: .references(() => jobs.id). */
  references(column: () => unknown, options?: ReferenceOptions): QColumn<V, N, D, K>;
  /** Only actions change it. */
  protected(): QColumn<V, N, D, K>;
  /** Set on create, and never again. */
  immutable(): QColumn<V, N, D, K>;
  filterable(...operators: FilterOperator[]): QColumn<V, N, D, K>;
  searchable(): QColumn<V, N, D, K>;
  sortable(): QColumn<V, N, D, K>;
  masked(type: MaskType): QColumn<V, N, D, K>;
}
/** A column of times, as ISO-8601 text in UTC. */
type Time = QColumn<string, 'open', false, 'time'>;

export type Json = string | number | boolean | null | { readonly [key: string]: Json } | readonly Json[];
/** The bound has primitive types in it: by them TypeScript keeps the 'granted' of `execute: async () => ({ state: 'granted' })` a literal. */
type AnyColumn = QColumn<string | number | boolean | object | null, Nullness, boolean, Kind>;
export interface Columns {
  readonly [name: string]: AnyColumn;
}
type Value<C extends AnyColumn> = C[typeof type]['value'];
type IsNull<C> = C extends { readonly [type]: { readonly nullness: 'required' } } ? false : true;
type HasDefault<C> = C extends { readonly [type]: { readonly hasDefault: true } } ? true : false;
/** The row of columns written with `q`. */
export type QRow<C extends Columns> = { [K in keyof C]: IsNull<C[K]> extends true ? Value<C[K]> | null : Value<C[K]> };

interface Settings<K, C extends AnyColumn> {
  name: K & string;
  tableName: string;
  dataType: 'custom';
  columnType: 'QColumn';
  data: Value<C>;
  driverParam: unknown;
  notNull: IsNull<C> extends true ? false : true;
  hasDefault: HasDefault<C>;
  isPrimaryKey: false;
  isAutoincrement: false;
  hasRuntimeDefault: false;
  enumValues: undefined;
  identity: undefined;
  generated: undefined;
}
type Drizzle<N extends string, C extends Columns> = Registered<'dialect', 'sqlite'> extends 'pg'
  ? PgTableWithColumns<{ name: N; schema: undefined; dialect: 'pg'; columns: { [K in keyof C]: PgColumn<Settings<K, C[K]>> } }>
  : SQLiteTableWithColumns<{ name: N; schema: undefined; dialect: 'sqlite'; columns: { [K in keyof C]: SQLiteColumn<Settings<K, C[K]>> } }>;
/** A table written with `q`: a Drizzle table to actions, with a handle for each column. */
export type QTable<N extends string, C extends Columns> = Drizzle<N, C> & { readonly $infer: QRow<C> };

interface TextOptions {
  readonly maxLength?: number;
  readonly minLength?: number;
  readonly pattern?: string | RegExp;
}
interface NumberOptions {
  readonly min?: number;
  readonly max?: number;
}

export declare const q: {
  /** The primary key. How ids are made is the configuration's generateId. */
  id(): QColumn<string, 'required', true>;
  text(options?: TextOptions): QColumn<string>;
  int(options?: NumberOptions): QColumn<number>;
  real(options?: NumberOptions): QColumn<number>;
  bool(): QColumn<boolean>;
  /** One of the values; the database checks it too. */
  enum<const V extends readonly [string, ...string[]]>(values: V): QColumn<V[number]>;
  json<V extends object | Json = Json>(): QColumn<V>;
  datetime(): Time;
  timestamp(): Time;
  date(): Time;
  url(options?: TextOptions): QColumn<string>;
  email(options?: TextOptions): QColumn<string>;
  uuid(): QColumn<string>;
  /** The column that isolates rows: it derives the firewall and is set by the system. */
  scope(kind: 'organization' | 'owner' | 'team'): QColumn<string, 'required', true>;
  table<const N extends string, C extends Columns>(name: N, columns: C): QTable<N, C>;
};
