// Where the values of a row came from. Rows that the scoped db answers carry it under a symbol, which copies made with `{ ...row }` keep and JSON
// leaves out, so that an action's answer can be masked by the masks of the tables it was read from.
// `any` stands for Drizzle's selected fields and relational selections, which it does not export.
import { Column, is, SQL, type Table } from 'drizzle-orm';
import type { Tables } from './gate-tables.ts';

/** A column that a value is, or was computed from. */
export interface Origin {
  readonly table: object;
  /** The column's property name. */
  readonly column: string;
  /** False when an expression computed the value. */
  readonly direct: boolean;
}
/** By key of the row, or by index of an array. */
export type Origins = ReadonlyMap<string, readonly Origin[]>;

const ORIGINS = Symbol('origins');
/** What a row carries is an empty object: a handler that logs a row sees nothing of tables and columns. */
const known = new WeakMap<object, Origins>();

/** What a row carries; undefined for objects that did not come from the scoped db. */
export function originsOf(row: object): Origins | undefined {
  const tag = (row as { readonly [ORIGINS]?: object })[ORIGINS];
  return tag && known.get(tag);
}

function tagOf(origins: Origins): object {
  const tag = Object.freeze({});
  known.set(tag, origins);
  return tag;
}

export type Tagger = (row: any) => void;
const SELF = Symbol.for('qbls.table');

/** Tags rows of a select or a returning clause: `fields` is Drizzle's ordered list of paths and expressions. */
export function fieldTagger(tables: Tables, fields: readonly any[] | undefined): Tagger | undefined {
  if (!fields?.length) return undefined;
  const objects = new Map<string, Map<string, readonly Origin[]>>();
  const byIndex = new Map<string, readonly Origin[]>();
  fields.forEach(({ path, field }, index) => {
    const origins = originOf(tables, field);
    const parent = JSON.stringify(path.slice(0, -1));
    if (!objects.has(parent)) objects.set(parent, new Map());
    objects.get(parent)?.set(path.at(-1), origins);
    byIndex.set(String(index), origins);
  });
  const places = [...objects].map(([parent, origins]) => ({ path: JSON.parse(parent) as string[], tag: tagOf(origins) }));
  const array = tagOf(byIndex);
  return (row) => {
    if (Array.isArray(row)) return mark(row, array);
    for (const { path, tag } of places) {
      const target = path.reduce((value, key) => value?.[key], row);
      if (target) mark(target, tag);
    }
  };
}

/** Tags rows of a relational query, and those inside them. */
export function relationTagger(tables: Tables, selection: readonly any[]): Tagger {
  const origins = new Map<string, readonly Origin[]>(), inner: { readonly key: string; readonly tag: Tagger }[] = [];
  for (const item of selection) {
    if (item.isJson) inner.push({ key: item.tsKey, tag: relationTagger(tables, item.selection) });
    else origins.set(item.tsKey, originOf(tables, item.field));
  }
  const own = tagOf(origins);
  return (row) => {
    if (!row || Array.isArray(row)) return;
    mark(row, own);
    for (const { key, tag } of inner) {
      const value = row[key];
      if (Array.isArray(value)) value.forEach(tag);
      else if (value) tag(value);
    }
  };
}

function mark(row: object, tag: object): void {
  Object.defineProperty(row, ORIGINS, { value: tag, enumerable: true, writable: true, configurable: true });
}

function originOf(tables: Tables, field: any, direct = true): readonly Origin[] {
  if (is(field, Column)) {
    const table = (field.table as Table & { readonly [SELF]?: object })[SELF];
    const guarded = table && tables.get(table);
    const column = guarded && [...guarded.resource.columns.values()].find((c) => c.dbName === field.name);
    return guarded && column ? [{ table: guarded.resource.table, column: column.name, direct }] : [];
  }
  if (is(field, SQL.Aliased)) return originOf(tables, field.sql, false);
  if (is(field, SQL)) return field.queryChunks.flatMap((chunk) => originOf(tables, chunk, false));
  if (Array.isArray(field)) return field.flatMap((item) => originOf(tables, item, false));
  // A builder used as a value: what it selects counts, not what it filters by.
  if (typeof field?.getSelectedFields === 'function') return Object.values(field.getSelectedFields()).flatMap((item) => originOf(tables, item, false));
  return [];
}
