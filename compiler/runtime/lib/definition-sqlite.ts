// What definitions import as 'drizzle-orm/sqlite-core': everything of it, but a table declared there is the emitted table of that name, with its
// policy and its injected columns. It keeps the type that the author's editor shows.
import { getTableColumns, getTableName, is } from 'drizzle-orm';
import { sqliteTable as declare, SQLiteTable } from 'drizzle-orm/sqlite-core';
import { declared } from './made.ts';
export * from 'drizzle-orm/sqlite-core';

const tables = new Map<string, SQLiteTable>();

/** Makes the emitted tables known. Must run before a definition module does: src/db/tables.ts sees to that. */
export function registerTables(schema: Readonly<Record<string, unknown>>): void {
  for (const table of Object.values(schema)) if (is(table, SQLiteTable)) tables.set(getTableName(table), table);
}

/** The emitted table of a name. Throws when there is none: the definition changed and was not compiled. */
export const sqliteTable: typeof declare = ((...given: Parameters<typeof declare>) => {
  const [name] = given, table = tables.get(name);
  if (!table) throw new Error(`the schema has no table "${name}": compile the definitions again`);
  declared(name, getTableColumns(declare(...given))); //: filled
  return table;
}) as unknown as typeof declare;
