// What the library knows of a column, read once from its Drizzle table.
import { getTableColumns, getTableName, is, SQL, type Column as DrizzleColumn, type Table } from 'drizzle-orm';

export type Kind = 'text' | 'number' | 'integer' | 'bigint' | 'boolean' | 'date' | 'json' | 'bytes';

export interface Column {
  /** The name in definitions, bodies and answers. */
  readonly name: string;
  /** The quoted SQL name. */
  readonly sql: string;
  readonly dbName: string;
  readonly kind: Kind;
  /** Text for everybody but the database, which keeps and compares it as a number where it reads as one. */
  readonly numeric: boolean;
  readonly nullable: boolean;
  readonly primary: boolean;
  readonly unique: boolean;
  /** The database or the table's own code fills it when it is left out. */
  readonly hasDefault: boolean;
  /** The database computes it: nobody writes it. */
  readonly generated: boolean;
  readonly values: readonly string[] | undefined;
  readonly maxLength: number | undefined;
  /** The constant the database fills in, in its stored form. */
  readonly initial: unknown;
  readonly onCreate: (() => unknown) | undefined;
  readonly onUpdate: (() => unknown) | undefined;
  /** To and from the form the database stores; `decode` is undefined where both forms are the same. */
  encode(value: unknown): unknown;
  readonly decode: ((value: unknown) => unknown) | undefined;
  /** From the stored form to what JSON can say: large integers as text, bytes as base64. */
  readonly answer: ((value: unknown) => unknown) | undefined;
}
/** By property name, in the table's order. A Map, so that `constructor` is no column. */
export type Columns = ReadonlyMap<string, Column>;

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** The quoted SQL name of a table. */
export function nameOf(table: object): string {
  return quote(getTableName(table as Table));
}

/** The columns of a Drizzle table by property name. */
export function columnsOf(table: object): Columns {
  return new Map(Object.entries(getTableColumns(table as Table)).map(([name, c]) => [name, describe(name, c)]));
}

const KINDS: Readonly<Record<string, Kind>> = {
  string: 'text', number: 'number', bigint: 'bigint', boolean: 'boolean', date: 'date', json: 'json', buffer: 'bytes',
};

function describe(name: string, c: DrizzleColumn): Column {
  const kind = c.dataType === 'number' && /Int(eger)?$/.test(c.columnType) ? 'integer' : KINDS[c.dataType], numeric = c.columnType === 'SQLiteNumeric';
  if (!kind) throw new Error(`${name}: no values of type ${c.dataType}`);
  const same = (kind === 'text' && !numeric) || kind === 'number' || kind === 'integer';
  const decode = same ? undefined : (value: unknown): unknown => c.mapFromDriverValue(value);
  const { length } = c as unknown as { readonly length?: number };
  return {
    name, sql: quote(c.name), dbName: c.name, kind, numeric,
    nullable: !c.notNull, primary: c.primary, unique: c.isUnique, hasDefault: c.hasDefault, generated: c.generated !== undefined,
    values: c.enumValues?.length ? c.enumValues : undefined,
    maxLength: typeof length === 'number' ? length : undefined,
    initial: c.default === undefined || c.default === null || is(c.default, SQL) ? null : c.mapToDriverValue(c.default),
    onCreate: c.defaultFn ?? (c.default === undefined ? c.onUpdateFn : undefined), onUpdate: c.onUpdateFn, // as Drizzle's own inserts do
    encode: (value) => (value === null || value === undefined ? null : c.mapToDriverValue(value)),
    decode, answer: kind === 'bigint' ? (value) => String(c.mapFromDriverValue(value)) : kind === 'bytes' ? base64 : decode,
  };
}

function base64(value: unknown): string {
  return btoa(Array.from(value as Uint8Array, (byte) => String.fromCharCode(byte)).join(''));
}
