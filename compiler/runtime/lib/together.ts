// A handler's batch on databases where no transaction stays open (D1): all texts at once. Their rows come by name, so what would lose a column of
// the same name is renamed. `any` stands for Drizzle's prepared queries.
import { Refused, type Statement } from './driver.ts';
import { tagged, taggerOf, type Together } from './scoped.ts';
import { BEFORE } from './scoped-delete.ts';

export const together: Together = async (way, list) => {
  const { dialect, database: { native } } = way;
  if (!native.batch) throw new Refused('this database has neither transactions nor batches');
  if (!dialect.alive) throw new Refused('a statement of another request');
  const statements: Statement[] = [];
  const queries = list.map((query) => {
    statements.push(...(query[BEFORE]?.() ?? []));
    const prepared = query._prepare(), { sql: text, params } = prepared.getQuery(), columns = (prepared.fields ?? dialect.selections?.get(prepared.query))?.length;
    const names = Array.from({ length: columns ?? 0 }, (_, i) => `"c${i}"`).join(', ');
    statements.push({ text: columns && /^\(*(select|with)\b/i.test(text) ? `with "$rows" (${names}) as (${text}) select * from "$rows"` : text, params });
    return { at: statements.length - 1, prepared, columns };
  });
  const results = await native.batch(statements);
  return queries.map(({ at, prepared, columns }) => {
    const rows = (results[at] ?? []).map((row) => Object.values(row));
    if (rows.some((row) => columns !== undefined && row.length !== columns)) throw new Refused('two returned columns have the same name: give one of them another with .as()');
    return tagged(prepared.mapResult({ rows: prepared.method === 'get' ? rows[0] : rows }, true), prepared.method, taggerOf(way, prepared));
  });
};
