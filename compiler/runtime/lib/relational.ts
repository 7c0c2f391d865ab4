// Relational queries of handlers: db.query. Their statements go through the gate like all others; whoever maps their rows is told no fields, so the
// dialect notes what each selects. `any` stands for Drizzle's relational selections, which it does not export.
import { createTableRelationsHelpers, extractTablesRelationalConfig, type SQL } from 'drizzle-orm';
import { BaseSQLiteDatabase } from 'drizzle-orm/sqlite-core';
import type { Tables } from './gate.ts';
import { marker, originsIn, type Tagger } from './scoped.ts';

/** Drizzle's own description of a schema, made once. */
const described = new WeakMap<object, any>();
function description(full: any): any {
  const known = described.get(full), config = known ?? extractTablesRelationalConfig(full, createTableRelationsHelpers);
  if (!known) described.set(full, config);
  return { fullSchema: full, schema: config.tables, tableNamesMap: config.tableNamesMap };
}

/** Gives a database its relational queries. */
export function relational(db: any, schema: object): void {
  const { dialect, session } = db;
  if (!dialect.selections) noting(dialect);
  Object.defineProperty(db, 'query', { get: () => new (BaseSQLiteDatabase as any)('async', dialect, session, description(schema)).query });
}

/** Makes a dialect note the selection of every relational query in `selections`. */
function noting(dialect: any): void {
  const build = dialect.buildRelationalQuery.bind(dialect), toQuery = dialect.sqlToQuery.bind(dialect);
  dialect.selections = new WeakMap<object, readonly any[]>();
  dialect.buildRelationalQuery = (given: any) => {
    const built = build(given);
    dialect.selections.set(built.sql, built.selection);
    return built;
  };
  dialect.sqlToQuery = (statement: SQL, source?: any) => {
    const query = toQuery(statement, source), selection = dialect.selections.get(statement);
    if (selection) dialect.selections.set(query, selection);
    return query;
  };
}

/** Tags rows of a relational query, and those inside them. */
export function relationTagger(tables: Tables, selection: readonly any[]): Tagger {
  const inner = selection.filter((item) => item.isJson).map((item) => ({ key: item.tsKey, tag: relationTagger(tables, item.selection) }));
  const mark = marker(new Map(selection.filter((item) => !item.isJson).map((item) => [item.tsKey, originsIn(tables, item.field)])));
  return (row) => {
    if (!row || Array.isArray(row)) return;
    mark(row);
    for (const { key, tag } of inner) [row[key]].flat().forEach(tag);
  };
}
