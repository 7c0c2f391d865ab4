// The functions that fill columns: .$defaultFn(f), .$onUpdateFn(f) of the author's tables. They stay in the author's modules, which import the
// emitted tables; so the emitted tables look them up when they are called.
import type { Column } from 'drizzle-orm';

type When = 'create' | 'update';
const functions = new Map<string, (() => unknown) | undefined>();
const id = (table: string, column: string, when: When): string => JSON.stringify([table, column, when]);

/** Remembers the functions of a table, with the columns as a definition declares them. */
export function declared(table: string, columns: Readonly<Record<string, Column>>): void {
  for (const [key, { defaultFn, onUpdateFn }] of Object.entries(columns)) {
    functions.set(id(table, key, 'create'), defaultFn);
    functions.set(id(table, key, 'update'), onUpdateFn);
  }
}

/** The function that fills a column of a table, by the table's SQL name and the column's property name. It throws when the definition that has it was
 * changed and not compiled. */
export const made = (table: string, column: string, when: When) => (): never => {
  const fill = functions.get(id(table, column, when));
  if (!fill) throw new Error(`nothing fills ${table}.${column}: compile the definitions again`);
  return fill() as never;
};
