// The functions that fill columns: .$defaultFn(f), .$onUpdateFn(f) of the author's tables. They stay in the author's modules, which import the
// emitted tables; so the emitted tables look them up when they are called.

type When = 'create' | 'update';
const functions = new Map<string, () => unknown>();
const id = (table: string, column: string, when: When): string => JSON.stringify([table, column, when]);

/** Keeps the function that fills a column of a table, by the table's SQL name and the column's property name. */
export function registerMade(table: string, column: string, when: When, fill: (() => unknown) | undefined): void {
  if (fill) functions.set(id(table, column, when), fill);
}

/** The function that fills a column. It throws when the definition that has it was changed and not compiled. */
export const made = (table: string, column: string, when: When) => (): never => {
  const fill = functions.get(id(table, column, when));
  if (!fill) throw new Error(`nothing fills ${table}.${column}: compile the definitions again`);
  return fill() as never;
};
