// A D1 binding on a SQLite file, for tests of what the library does with one: a batch is one transaction, rows are objects, and there is no
// way to keep a transaction open. What D1 itself does is tested over HTTP on workerd.
import { Database } from 'bun:sqlite';
import type { D1 } from '../lib/d1.ts';

const STATEMENT = Symbol('statement');

/** Opens the file. Statements of comments only, more than a hundred parameters and undefined are refused as D1 refuses them. */
export function bindingOf(path: string): D1 {
  const db = new Database(path);
  db.run('pragma foreign_keys = on');
  db.run('pragma busy_timeout = 5000');
  const statement = (text: string, params: readonly unknown[]): any => ({
    [STATEMENT]: () => ({ results: db.query(text).all(...(params as never[])) }),
    bind(...values: readonly unknown[]) {
      if (values.length > 100) throw new Error('D1_ERROR: too many SQL variables');
      if (values.includes(undefined)) throw new Error("D1_TYPE_ERROR: Type 'undefined' not supported");
      return statement(text, values);
    },
    async all() { return this[STATEMENT](); },
    raw: async () => db.query(text).values(...(params as never[])),
  });
  return {
    prepare: (text) => statement(text, []),
    batch: async (list) => db.transaction(() => list.map((s) => (s as any)[STATEMENT]()))(),
  };
}
