// The database of unsafe actions: Drizzle without a gate. It takes its turn with all other statements, its transactions hold, and the rows that it
// answers are masked like all others. `any` stands for Drizzle's sessions, as in scoped.ts.
import { SQLiteAsyncDialect, BaseSQLiteDatabase } from 'drizzle-orm/sqlite-core';
import { SQLiteRemoteSession } from 'drizzle-orm/sqlite-proxy/session';
import type { Database, Runner, Statement } from './driver.ts';
import { guardedTables, type Tables } from './gate-tables.ts';
import type { Runtime } from './runtime.ts';
import { relationalSchema, type Scoped } from './scoped.ts';
import { fieldTagger } from './scoped-rows.ts';
import { inTransaction, Refused, type Level } from './transaction.ts';

/** Opens the ungated database for one call. */
export type OpenRaw = () => Scoped;
/** Prepares a schema for it. */
export type RawDatabases = (database: Database, schema: Readonly<Record<string, unknown>>, runtime: Runtime) => OpenRaw;

export const rawDatabases: RawDatabases = (database, schema, runtime) => {
  const shared: Shared = { database, relational: relationalSchema(schema), tables: guardedTables(runtime) };
  return () => {
    const call = { alive: true };
    return { db: new RawDatabase(shared, call, database.level, database.native), end: () => { call.alive = false; } };
  };
};

interface Shared {
  readonly database: Database;
  readonly relational: any;
  readonly tables: Tables;
}
interface Lifetime {
  readonly alive: boolean;
}

class RawDatabase extends (BaseSQLiteDatabase as any) {
  readonly #shared: Shared;
  readonly #call: Lifetime;
  readonly #level: Level;
  readonly #runner: Runner;

  constructor(shared: Shared, call: Lifetime, level: Level, runner: Runner) {
    const dialect = new SQLiteAsyncDialect();
    super('async', dialect, sessionOf(shared.tables, runner, dialect, level, call), shared.relational);
    this.#shared = shared;
    this.#call = call;
    this.#level = level;
    this.#runner = runner;
  }

  /** Runs `work` with a database whose statements are one unit. What it throws undoes all of them. */
  transaction<T>(work: (tx: any) => Promise<T>): Promise<T> {
    return inTransaction(this.#runner, this.#level, (inner, unit) => work(new RawDatabase(this.#shared, this.#call, inner, unit)));
  }

  /** Rows of a raw statement. */
  execute(statement: any): Promise<unknown[]> {
    return (this as any).all(statement);
  }

  rollback(): never {
    throw new Refused('the transaction was rolled back');
  }

  /** Runs builders of this database in order as one unit. */
  async batch(list: any[]): Promise<unknown[]> {
    const { native } = this.#shared.database;
    if (this.#level.depth === 0 && !native.begin) return this.#level.statement(() => together(this.#shared, this.#call, list));
    return this.transaction(async (tx) => {
      const out: unknown[] = [];
      for (const query of list) {
        query.session = tx.session;
        out.push(await query);
      }
      return out;
    });
  }
}

/** Rows come by name: what would lose a column of the same name is renamed. */
async function together({ database: { native }, tables }: Shared, call: Lifetime, list: any[]): Promise<unknown[]> {
  if (!native.batch) throw new Refused('this database has neither transactions nor batches');
  if (!call.alive) throw new Refused('a statement of another request');
  const prepared = list.map((query) => query._prepare());
  const statements = prepared.map((query): Statement => {
    const { sql: text, params } = query.getQuery(), names = query.fields?.map((_: unknown, i: number) => `"c${i}"`).join(', ');
    return { text: names && /^\(*(select|with)\b/i.test(text) ? `with "$rows" (${names}) as (${text}) select * from "$rows"` : text, params };
  });
  const results = await native.batch(statements);
  return prepared.map((query, i) => {
    const rows = (results[i] ?? []).map((row) => Object.values(row)), tag = fieldTagger(tables, query.fields);
    if (rows.some((row) => query.fields && row.length !== query.fields.length)) throw new Refused('two returned columns have the same name: give one of them another with .as()');
    const answer = query.mapResult({ rows: query.method === 'get' ? rows[0] : rows }, true);
    if (tag && Array.isArray(answer)) answer.forEach(tag);
    else if (tag && answer && query.method !== 'run') tag(answer);
    return answer;
  });
}

function sessionOf(tables: Tables, runner: Runner, dialect: SQLiteAsyncDialect, level: Level, call: Lifetime): any {
  const send = (text: string, params: unknown[], method: string): Promise<{ rows: any }> => level.statement(async () => {
    if (!call.alive) throw new Refused('a statement of another request');
    const rows = await runner.values(text, params);
    return { rows: method === 'get' ? rows[0] : method === 'run' ? [] : rows };
  });
  const session: any = new SQLiteRemoteSession(send as any, dialect, undefined, undefined, {});
  const prepare = session.prepareQuery.bind(session);
  session.prepareQuery = (query: any, fields: any, ...rest: any[]): any => {
    const prepared = prepare(query, fields, ...rest), tag = fieldTagger(tables, fields);
    for (const method of tag ? ['all', 'get', 'values', 'execute'] : []) {
      const run = prepared[method].bind(prepared);
      prepared[method] = async (...values: any[]) => {
        const answer = await run(...values);
        if (Array.isArray(answer)) answer.forEach((row) => tag?.(row));
        else if (answer) tag?.(answer);
        return answer;
      };
    }
    return prepared;
  };
  return session;
}
