// Where the values of a row came from. Rows that the scoped db answers carry it under a symbol, which copies made with `{ ...row }` keep and JSON
// leaves out, so that an action's answer can be masked by the masks of the tables it was read from.
// `any` stands for Drizzle's selected fields, which it does not export.
import { Column, is, SQL, type Table } from 'drizzle-orm';
import { SELF, type Tables } from './gate.ts';

/** A column, by its property name, that a value is (`direct`) or was computed from. */
export interface Origin { readonly table: object; readonly column: string; readonly direct: boolean }
/** By key of the row, or by index of an array. */
export type Origins = ReadonlyMap<string, readonly Origin[]>;
export type Tagger = (row: any) => void;

const ORIGINS = Symbol('origins');
/** What a row carries is an empty object: a handler that logs a row sees nothing of tables and columns. */
const known = new WeakMap<object, Origins>();

/** What a row carries; undefined for objects that did not come from the scoped db. */
export function originsOf(row: object): Origins | undefined {
  return known.get((row as { readonly [ORIGINS]?: object })[ORIGINS] ?? {});
}

/** Makes what marks rows with their origins. */
export function marker(origins: Origins): Tagger {
  const value = Object.freeze({});
  known.set(value, origins);
  return (row) => { Object.defineProperty(row, ORIGINS, { value, enumerable: true, writable: true, configurable: true }); };
}

/** Tags rows of a select or a returning clause: `fields` is Drizzle's ordered list of paths and expressions. */
export function fieldTagger(tables: Tables, fields: readonly any[] | undefined): Tagger | undefined {
  if (!fields?.length) return undefined;
  const origins = fields.map(({ field }) => originsIn(tables, field));
  const parents = new Map<string, readonly string[]>(fields.map(({ path }) => [JSON.stringify(path.slice(0, -1)), path.slice(0, -1)]));
  const places = [...parents].map(([key, path]) => {
    const own = fields.flatMap((f, i) => (JSON.stringify(f.path.slice(0, -1)) === key ? [[f.path.at(-1), origins[i] ?? []] as const] : []));
    return { path, mark: marker(new Map(own)) };
  });
  const array = marker(new Map(origins.map((list, i) => [String(i), list])));
  return (row) => {
    if (Array.isArray(row)) return array(row);
    for (const { path, mark } of places) {
      const target = path.reduce((value, key) => value?.[key], row);
      if (target) mark(target);
    }
  };
}

/** The columns of tables with a policy that a selected expression reads. */
export function originsIn(tables: Tables, field: any, direct = true): readonly Origin[] {
  const within = (items: readonly any[]): readonly Origin[] => items.flatMap((item) => originsIn(tables, item, false));
  if (is(field, Column)) {
    const { resource } = tables.get((field.table as Table & { readonly [SELF]?: object })[SELF] ?? {}) ?? {};
    const column = resource && [...resource.columns.values()].find((c) => c.dbName === field.name);
    return column ? [{ table: resource.table, column: column.name, direct }] : [];
  }
  if (is(field, SQL.Aliased)) return within([field.sql]);
  if (is(field, SQL)) return within(field.queryChunks);
  if (Array.isArray(field)) return within(field);
  // A builder used as a value: what it selects counts, not what it filters by.
  return typeof field?.getSelectedFields === 'function' ? within(Object.values(field.getSelectedFields())) : [];
}
