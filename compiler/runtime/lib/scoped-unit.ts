// Drizzle's database over one connection with our own transactions and batches, because Drizzle's lose a rollback behind an `await`. `any` stands
// for Drizzle's sessions and builders.
import { BaseSQLiteDatabase } from 'drizzle-orm/sqlite-core';
import { SQLiteRemoteSession } from 'drizzle-orm/sqlite-proxy/session';
import type { Database, Runner } from './driver.ts';
import { AFTER, BEFORE, OWNER } from './scoped-delete.ts';
import type { Tagger } from './scoped-rows.ts';
import { inTransaction, Refused, type Level } from './transaction.ts';

/** How one call reaches the database. */
export interface Way {
  readonly database: Database;
  readonly together: Together | undefined;
  readonly dialect: any;
  /** Drizzle's description of the schema, for relational queries. */
  readonly relational: any;
  /** False once the call is over: a statement that was kept carries its caller's values. */
  alive(): boolean;
  /** What marks the rows of a query with where they came from. */
  tagger(query: any, fields: any): Tagger | undefined;
  /** How many columns a query selects, where that is known. */
  width(query: any, fields: any): number | undefined;
}
/** A batch where no transaction stays open: together.ts. */
export type Together = (way: Way, list: readonly any[]) => Promise<unknown[]>;

export class UnitDatabase extends (BaseSQLiteDatabase as any) {
  readonly #at: { readonly way: Way; readonly level: Level; readonly runner: Runner };

  constructor(way: Way, level = way.database.level, runner: Runner = way.database.native) {
    super('async', way.dialect, sessionOf(way, level, runner), way.relational);
    this.#at = { way, level, runner };
  }

  /** Runs `work` with a database whose statements are one unit. What it throws undoes all of them. */
  transaction<T>(work: (tx: any) => Promise<T>): Promise<T> {
    const { way, level, runner } = this.#at;
    return inTransaction(runner, level, (inner, unit) => work(new (this.constructor as any)(way, inner, unit)));
  }

  /** Rows of a raw statement. */
  execute(statement: any): Promise<unknown[]> { return (this as any).all(statement); }
  rollback(): never { throw new Refused('the transaction was rolled back'); }

  /** Runs builders of this database in order as one unit. */
  batch(list: any[]): Promise<unknown[]> {
    const { way, level } = this.#at, { together } = way;
    if (!this.#interactive) {
      if (!together) throw new Refused('this database has neither transactions nor batches');
      return level.statement(() => together(way, list));
    }
    return this.transaction(async (tx) => {
      const out: unknown[] = [];
      for (const query of list) {
        query.session = tx.session;
        query[OWNER] = tx;
        out.push(await query);
      }
      return out;
    });
  }

  /** Runs a builder's statements before its own, and that, as one unit. */
  [AFTER](query: any, run: () => Promise<unknown>, first: boolean): Promise<unknown> {
    if (!this.#interactive) return this.batch([query]).then(([rows]) => (first ? (rows as unknown[])[0] : rows));
    return this.transaction(async (tx) => {
      for (const { text, params } of query[BEFORE]()) await tx.#at.level.statement(() => tx.#at.runner.all(text, params));
      query.session = tx.session;
      return run();
    });
  }

  get #interactive(): boolean { return this.#at.level.depth > 0 || this.#at.way.database.native.begin !== undefined; }
}

function sessionOf({ dialect, alive, tagger }: Way, level: Level, runner: Runner): any {
  const send = (text: string, params: unknown[], method: string): Promise<{ rows: any }> => level.statement(async () => {
    const rows = await runner.values(text, params);
    return { rows: method === 'get' ? rows[0] : method === 'run' ? [] : rows };
  });
  const session: any = new SQLiteRemoteSession(send as any, dialect, undefined, undefined, {});
  const prepare = session.prepareQuery.bind(session);
  session.prepareQuery = (query: any, fields: any, ...rest: any[]): any => {
    const prepared = prepare(query, fields, ...rest), tag = tagger(query, fields);
    for (const method of ['run', 'all', 'get', 'values', 'execute']) {
      const run = prepared[method].bind(prepared);
      prepared[method] = async (...values: any[]) => {
        if (!alive()) throw new Refused('a statement of another request');
        return tagged(await run(...values), method, tag);
      };
    }
    return prepared;
  };
  return session;
}

/** Marks the rows of an answer. */
export function tagged(answer: any, method: string, tag: Tagger | undefined): any {
  if (Array.isArray(answer)) answer.forEach((row) => tag?.(row));
  else if (answer && method !== 'run') tag?.(answer);
  return answer;
}
