// What the library knows of a column, read once from its Drizzle table.
import { getTableColumns, getTableName, is, SQL, type Column as DrizzleColumn, type Table } from 'drizzle-orm';

/** By property name, in the table's order. A Map, so that `constructor` is no column. */
export type Columns = ReadonlyMap<string, Column>;
export type Column = ReturnType<typeof describe>;

export const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** The quoted SQL name of a table. */
export const nameOf = (table: object): string => quote(getTableName(table as Table));

export function columnsOf(table: object): Columns {
  return new Map(Object.entries(getTableColumns(table as Table)).map(([name, c]) => [name, describe(name, c)]));
}

const KINDS = {
  bigint: 'bigint', //: bigint
  json: 'json', //: json
  buffer: 'bytes', //: bytes
  string: 'text', number: 'number', boolean: 'boolean', date: 'date',
} as const;

function describe(name: string, c: DrizzleColumn) {
  const kind = c.dataType === 'number' && /Int(eger)?$/.test(c.columnType) ? 'integer' : KINDS[c.dataType as keyof typeof KINDS];
  if (!kind) throw new Error(`${name}: no values of type ${c.dataType}`);
  /** Text for everybody but the database, which keeps and compares it as a number where it reads as one. */
  const numeric = c.columnType === 'SQLiteNumeric';
  const same = (kind === 'text' && !numeric) || kind === 'number' || kind === 'integer';
  const decode = same ? undefined : (value: unknown): unknown => c.mapFromDriverValue(value);
  const { length } = c as unknown as { readonly length?: number };
  return {
    /** The name in definitions, bodies and answers; the SQL name is `sql` where it is quoted. */
    name, sql: quote(c.name), dbName: c.name, kind, numeric,
    nullable: !c.notNull, primary: c.primary,
    /** The database or the table's own code fills it when it is left out. */
    hasDefault: c.hasDefault,
    /** The database computes it: nobody writes it. */
    generated: c.generated !== undefined,
    values: c.enumValues?.length ? c.enumValues : undefined,
    maxLength: typeof length === 'number' ? length : undefined,
    /** The constant the database fills in, in its stored form. */
    initial: c.default === undefined || c.default === null || is(c.default, SQL) ? null : c.mapToDriverValue(c.default),
    onCreate: c.defaultFn ?? (c.default === undefined ? c.onUpdateFn : undefined), onUpdate: c.onUpdateFn, // as Drizzle's own inserts do
    /** To and from the form the database stores; `decode` is undefined where both forms are the same. */
    encode: (value: unknown): unknown => (value === null || value === undefined ? null : c.mapToDriverValue(value)),
    decode,
    /** From the stored form to what JSON can say: large integers as text, bytes as base64. */
    answer: decode,
    ...(kind === 'bigint' ? { answer: (value: unknown) => String(c.mapFromDriverValue(value)) } : {}), //: bigint
    ...(kind === 'bytes' ? { answer: base64 } : {}), //: bytes
  };
}

export const base64 = (value: unknown): string => Buffer.from(value as Uint8Array).toString('base64');
