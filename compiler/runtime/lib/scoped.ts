// The database that handlers get: Drizzle over the gate, asynchronous on every runtime, with transactions and batches of our own, because Drizzle's
// lose a rollback behind an `await`. `any` stands for Drizzle's sessions and builders, which are patched here in the places that the dialect does
// not see: inserts, upserts, $count, deletes that go on to other tables, and the rows of answers.
import { is, Param, SQL, sql } from 'drizzle-orm';
import { BaseSQLiteDatabase, QueryBuilder } from 'drizzle-orm/sqlite-core';
import { SQLiteRemoteSession } from 'drizzle-orm/sqlite-proxy/session';
import type { AnyContext } from './context.ts';
import { sender, type Database, type Runner } from './driver.ts';
import { Gate } from './gate.ts';
import { Caller, guardedTables, type Call, type Tables } from './gate-tables.ts';
import { noting, relationalSchema, relationTagger } from './relational.ts';
import type { Runtime } from './routes.ts';
import { AFTER, BEFORE, cascading, OWNER } from './scoped-delete.ts';
import { fieldTagger, type Tagger } from './scoped-rows.ts';
import { Refused, type Level } from './transaction.ts';

/** The database of one call. `end` makes every statement that was kept refuse. */
export interface Scoped { readonly db: object; end(): void }
/** Opens the database for one call of an action. */
export type OpenScoped = (ctx: AnyContext, call?: Omit<Call, 'ctx'>) => Scoped;
/** How one call reaches the database. */
export interface Way {
  readonly database: Database;
  readonly tables: Tables;
  /** Makes the text of statements. `alive` is false once the call is over, `selections` are those of its relational queries. */
  readonly dialect: any;
  /** Drizzle's description of the schema, for relational queries. */
  readonly relational?: any;
}
/** A batch where no transaction stays open. */
export type Together = (way: Way, list: readonly any[]) => Promise<unknown[]>;

/** Prepares a schema for gated databases. Throws when a policy does not fit its table. */
export function scopedDatabases(database: Database, schema: Readonly<Record<string, unknown>>, runtime: Runtime): OpenScoped {
  const tables = guardedTables(runtime), relational = relationalSchema(schema);
  return (ctx, call = {}) => {
    const dialect = new Gate(new Caller(tables, runtime, { ctx, ...call }));
    noting(dialect);
    return { db: new GatedDatabase({ database, tables, dialect, relational }), end: () => { dialect.alive = false; } };
  };
}

/** Drizzle's database over one connection: its statements take turns with all others. */
export class UnitDatabase extends (BaseSQLiteDatabase as any) {
  readonly #at: { readonly way: Way; readonly level: Level; readonly runner: Runner };

  constructor(way: Way, level = way.database.level, runner: Runner = way.database.native) {
    super('async', way.dialect, sessionOf(way, level, runner), way.relational);
    this.#at = { way, level, runner };
  }

  /** Runs `work` with a database whose statements are one unit. What it throws undoes all of them. */
  transaction<T>(work: (tx: any) => Promise<T>): Promise<T> {
    const { way, level, runner } = this.#at;
    return level.unit(runner, (inner, unit) => work(new (this.constructor as any)(way, inner, unit)));
  }

  /** Rows of a raw statement. */
  execute(statement: any): Promise<unknown[]> { return (this as any).all(statement); }
  rollback(): never { throw new Refused('the transaction was rolled back'); }

  /** Runs builders of this database in order as one unit. */
  batch(list: any[]): Promise<unknown[]> {
    //: workers
    const { way, level } = this.#at, { together } = way.database;
    if (together && !this.#interactive) return level.statement(() => together(way, list));
    //: end
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

class GatedDatabase extends UnitDatabase {
  get #gate(): Gate { return (this as any).dialect; }

  insert(table: any): any {
    return insertion(super.insert(table), this.#gate);
  }

  delete(table: any): any {
    return cascading(super.delete(table), table, this.#gate.caller, this);
  }

  with(...list: any[]): any {
    const base = super.with(...list);
    return {
      ...base,
      insert: (table: any) => insertion(base.insert(table), this.#gate),
      delete: (table: any) => cascading(base.delete(table), table, this.#gate.caller, this),
    };
  }

  $count(source: any, filter?: SQL): any {
    const query = (this as any).select({ n: sql<number>`count(*)`.as('n') }).from(source);
    return new Count(filter ? query.where(filter) : query);
  }
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
    gate.accept([insert.config.onConflict].flat().at(-1), free);
    return insert;
  };
  return insert;
}

function sessionOf(way: Way, level: Level, runner: Runner): any {
  const session: any = new SQLiteRemoteSession(sender(level, runner), way.dialect, undefined, undefined, {});
  const prepare = session.prepareQuery.bind(session);
  session.prepareQuery = (query: any, fields: any, ...rest: any[]): any => {
    const prepared = prepare(query, fields, ...rest), tag = taggerOf(way, query, fields);
    for (const method of ['run', 'all', 'get', 'values', 'execute']) {
      const run = prepared[method].bind(prepared);
      prepared[method] = async (...values: any[]) => {
        if (!way.dialect.alive) throw new Refused('a statement of another request');
        return tagged(await run(...values), method, tag);
      };
    }
    return prepared;
  };
  return session;
}

/** What marks the rows of a query with where they came from. */
export function taggerOf({ dialect, tables }: Way, query: any, fields: any): Tagger | undefined {
  const selection = dialect.selections?.get(query);
  return selection ? relationTagger(tables, selection) : fieldTagger(tables, fields);
}

/** Marks the rows of an answer. */
export function tagged(answer: any, method: string, tag: Tagger | undefined): any {
  if (Array.isArray(answer)) answer.forEach((row) => tag?.(row));
  else if (answer && method !== 'run') tag?.(answer);
  return answer;
}
