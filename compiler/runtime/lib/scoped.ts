// The database that handlers get: Drizzle over the gate, asynchronous on every runtime, with transactions and batches that hold.
// `any` stands for Drizzle's builders and sessions, which are patched here in the places that the dialect does not see: inserts, upserts, $count,
// deletes that go on to other tables, and the rows of answers.
import { createTableRelationsHelpers, extractTablesRelationalConfig, is, Param, SQL, sql } from 'drizzle-orm';
import { BaseSQLiteDatabase, QueryBuilder } from 'drizzle-orm/sqlite-core';
import { RelationalQueryBuilder } from 'drizzle-orm/sqlite-core/query-builders/query';
import { SQLiteRemoteSession } from 'drizzle-orm/sqlite-proxy/session';
import type { AnyContext } from './context.ts';
import type { Database, Runner, Statement } from './driver.ts';
import { Gate } from './gate.ts';
import { Caller, guardedTables, type Call, type Tables } from './gate-tables.ts';
import type { Runtime } from './runtime.ts';
import { fieldTagger, relationTagger, type Tagger } from './scoped-rows.ts';
import { AFTER, BEFORE, cascading, OWNER } from './scoped-delete.ts';
import { inTransaction, Refused, type Level } from './transaction.ts';

/** The gated database of one call. `end` makes every statement that was kept refuse. */
export interface Scoped {
  readonly db: object;
  end(): void;
}
/** Opens the database for one call of an action. */
export type OpenScoped = (ctx: AnyContext, call?: Omit<Call, 'ctx'>) => Scoped;

interface Shared {
  readonly database: Database;
  readonly relational: any;
  readonly tables: Tables;
  readonly runtime: Runtime;
}

/** Prepares a schema for gated databases. Throws when a policy does not fit its table. */
export function scopedDatabases(database: Database, schema: Readonly<Record<string, unknown>>, runtime: Runtime): OpenScoped {
  const shared: Shared = { database, relational: relationalSchema(schema), tables: guardedTables(runtime), runtime };
  return (ctx, call = {}) => {
    const gate = new Gate(new Caller(shared.tables, runtime, { ctx, ...call }));
    return { db: new GatedDatabase(shared, gate, database.level, database.native), end: () => { gate.alive = false; } };
  };
}

/** Drizzle's own description of a schema, for relational queries. */
export function relationalSchema(full: any): any {
  const config = extractTablesRelationalConfig(full, createTableRelationsHelpers);
  return { fullSchema: full, schema: config.tables, tableNamesMap: config.tableNamesMap };
}

class GatedDatabase extends (BaseSQLiteDatabase as any) {
  readonly #shared: Shared;
  readonly #gate: Gate;
  readonly #level: Level;
  readonly #runner: Runner;

  constructor(shared: Shared, gate: Gate, level: Level, runner: Runner) {
    super('async', gate, sessionOf(shared.tables, runner, gate, level), undefined);
    this.#shared = shared;
    this.#gate = gate;
    this.#level = level;
    this.#runner = runner;
    const { fullSchema, schema, tableNamesMap } = shared.relational;
    // Drizzle makes one builder per table of the schema; a request asks for few of them.
    (this as any).query = new Proxy({}, {
      get: (_, name: string) => (Object.hasOwn(schema, name)
        ? new (RelationalQueryBuilder as any)('async', fullSchema, schema, tableNamesMap, fullSchema[name], schema[name], gate, (this as any).session)
        : undefined),
    });
  }

  insert(table: any): any {
    return insertion(super.insert(table), this.#gate);
  }

  delete(table: any): any {
    return cascading(super.delete(table), table, this.#gate.caller, this.#shared.runtime, this);
  }

  with(...list: any[]): any {
    const base = super.with(...list);
    return {
      ...base,
      insert: (table: any) => insertion(base.insert(table), this.#gate),
      delete: (table: any) => cascading(base.delete(table), table, this.#gate.caller, this.#shared.runtime, this),
    };
  }

  $count(source: any, filter?: SQL): any {
    const query = (this as any).select({ n: sql<number>`count(*)`.as('n') }).from(source);
    return new Count(filter ? query.where(filter) : query);
  }

  /** Runs `work` with a database whose statements are one unit. What it throws undoes all of them. */
  transaction<T>(work: (tx: any) => Promise<T>): Promise<T> {
    return inTransaction(this.#runner, this.#level, (inner, unit) => work(new GatedDatabase(this.#shared, this.#gate, inner, unit)));
  }

  /** Rows of a raw statement, for actions with allowRawSql; the gate refuses others. */
  execute(statement: any): Promise<unknown[]> {
    return (this as any).all(statement);
  }

  rollback(): never {
    throw new Refused('the transaction was rolled back');
  }

  /** Runs builders of this database in order as one unit. */
  batch(list: any[]): Promise<unknown[]> {
    return this.#interactive ? this.transaction(async (tx) => {
      const out: unknown[] = [];
      for (const query of list) {
        query.session = tx.session;
        query[OWNER] = tx;
        out.push(await query);
      }
      return out;
    }) : this.#level.statement(() => together(this.#shared, this.#gate, list));
  }

  /** Runs a builder's statements before its own, and that, as one unit. */
  [AFTER](query: any, run: () => Promise<unknown>, first: boolean): Promise<unknown> {
    if (!this.#interactive) return this.batch([query]).then(([rows]) => (first ? (rows as unknown[])[0] : rows));
    return this.transaction(async (tx) => {
      for (const { text, params } of query[BEFORE]()) await tx.#level.statement(() => tx.#runner.all(text, params));
      query.session = tx.session;
      return run();
    });
  }

  get #interactive(): boolean {
    return this.#level.depth > 0 || this.#shared.database.native.begin !== undefined;
  }
}

/** A batch where no transaction stays open: all texts at once. Its rows come by name, so what would lose a column of the same name is renamed. */
async function together({ database: { native }, tables }: Shared, gate: Gate, list: any[]): Promise<unknown[]> {
  if (!native.batch) throw new Refused('this database has neither transactions nor batches');
  const statements: Statement[] = [], queries: { readonly at: number; readonly prepared: any; readonly width: number | undefined; readonly tag: Tagger | undefined }[] = [];
  for (const query of list) {
    statements.push(...(query[BEFORE]?.() ?? []));
    const prepared = query._prepare(), { sql: text, params } = prepared.getQuery();
    const width = prepared.fields?.length ?? gate.selectionOf(prepared.query)?.selection.length;
    const names = Array.from({ length: width ?? 0 }, (_, i) => `"c${i}"`).join(', ');
    queries.push({ at: statements.length, prepared, width, tag: taggerOf(tables, gate, prepared.query, prepared.fields) });
    statements.push({ text: width && /^\(*(select|with)\b/i.test(text) ? `with "$rows" (${names}) as (${text}) select * from "$rows"` : text, params });
  }
  const results = await native.batch(statements);
  return queries.map(({ at, prepared, width, tag }) => {
    const rows = (results[at] ?? []).map((row) => Object.values(row));
    if (rows.some((row) => width !== undefined && row.length !== width)) throw new Refused('two returned columns have the same name: give one of them another with .as()');
    const answer = prepared.mapResult({ rows: prepared.method === 'get' ? rows[0] : rows }, true);
    if (tag && Array.isArray(answer)) answer.forEach(tag);
    else if (tag && answer && prepared.method !== 'run') tag(answer);
    return answer;
  });
}

function sessionOf(tables: Tables, runner: Runner, gate: Gate, level: Level): any {
  const send = (text: string, params: unknown[], method: string): Promise<{ rows: any }> => level.statement(async () => {
    const rows = await runner.values(text, params);
    return { rows: method === 'get' ? rows[0] : method === 'run' ? [] : rows };
  });
  const session: any = new SQLiteRemoteSession(send as any, gate as any, undefined, undefined, {});
  const prepare = session.prepareQuery.bind(session);
  session.prepareQuery = (query: any, fields: any, ...rest: any[]): any => {
    const prepared = prepare(query, fields, ...rest), tag = taggerOf(tables, gate, query, fields);
    for (const method of ['run', 'all', 'get', 'values', 'execute']) {
      const run = prepared[method].bind(prepared);
      prepared[method] = async (...values: any[]) => {
        // It carries its caller's values: another request must not get that caller's rows.
        if (!gate.alive) throw new Refused('a prepared statement of another request');
        const answer = await run(...values);
        if (tag && Array.isArray(answer)) answer.forEach(tag);
        else if (tag && answer && method !== 'run') tag(answer);
        return answer;
      };
    }
    return prepared;
  };
  return session;
}

function taggerOf(tables: Tables, gate: Gate, query: any, fields: any): Tagger | undefined {
  const selection = gate.selectionOf(query);
  return selection ? relationTagger(tables, selection.selection) : fieldTagger(tables, fields);
}

/** A count that is awaited for its number or used inside a statement. Drizzle's own builds its text outside of the dialect. */
class Count extends SQL {
  constructor(readonly query: any) {
    super(sql`(${query.getSQL()})`.queryChunks);
    (this as any).mapWith(Number);
  }

  then(done: (value: number) => unknown, failed?: (error: unknown) => unknown): Promise<unknown> {
    return Promise.resolve(this.query).then((rows: any) => Number(rows[0].n)).then(done, failed);
  }
}

function insertion(builder: any, gate: Gate): any {
  const values = builder.values.bind(builder), select = builder.select.bind(builder);
  builder.values = (given: any) => upserting(values(given), gate);
  // Drizzle hands its own, ungated query builder to a callback.
  builder.select = (given: any) => upserting(select(typeof given === 'function' ? given(new (QueryBuilder as any)(gate)) : given), gate);
  return builder;
}

function upserting(insert: any, gate: Gate): any {
  const original = insert.onConflictDoUpdate.bind(insert);
  insert.onConflictDoUpdate = ({ target, targetWhere, setWhere, where, set }: any) => {
    const free: any[] = [], { table } = insert.config;
    gate.scan([target, targetWhere], free);
    const changed = Object.fromEntries(Object.entries(gate.set(table, set, free)).map(([name, value]) => [name, is(value, Param) ? sql`${value}` : value]));
    original({ target, targetWhere, set: changed, setWhere: gate.within(table, setWhere ?? where, free) });
    const clauses = insert.config.onConflict;
    gate.accept(Array.isArray(clauses) ? clauses.at(-1) : clauses, free);
    return insert;
  };
  return insert;
}
