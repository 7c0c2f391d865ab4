// The database that handlers get: Drizzle over the gate, with transactions and batches of our own, because Drizzle's lose a rollback behind an `await`.
// `any` stands for its sessions and builders, patched where the dialect does not see them: inserts, upserts, $count, cascades, the rows of answers.
import { Column, is, Param, SQL, sql, type Table } from 'drizzle-orm';
import { BaseSQLiteDatabase, QueryBuilder, SQLiteInsertBuilder } from 'drizzle-orm/sqlite-core';
import { SQLiteRemoteSession } from 'drizzle-orm/sqlite-proxy/session';
import type { AnyContext } from './context.ts';
import { leftOut, Refused, sender, type Database, type Level, type Runner } from './driver.ts';
import { Caller, Gate, guardedTables, SELF, type Call, type Tables } from './gate.ts';
import { relational, relationTagger } from './relational.ts';
import type { Runtime } from './routes.ts';
import { AFTER, BEFORE, cascading } from './scoped-delete.ts';

/** The database of one call. `end` makes every statement that was kept refuse. */
export interface Scoped { readonly db: object; end(): void }
/** Opens the database for one call of an action. */
export type OpenScoped = (ctx: AnyContext, call?: Omit<Call, 'ctx'>) => Scoped;
/** How one call reaches the database. */
export interface Way {
  readonly database: Database;
  readonly schema: Readonly<Record<string, unknown>>;
  readonly tables: Tables;
  /** Makes the text of statements. `alive` is false once the call is over. */
  readonly dialect: any;
}
/** A batch where no transaction stays open. */
export type Together = (way: Way, list: readonly any[]) => Promise<unknown[]>;

/** Prepares a schema for gated databases. Throws when a policy does not fit its table. */
export function scopedDatabases(database: Database, schema: Readonly<Record<string, unknown>>, runtime: Runtime): OpenScoped {
  const tables = guardedTables(runtime);
  return (ctx, call = {}) => {
    const dialect = new Gate(new Caller(tables, runtime, { ctx, ...call }));
    return { db: new GatedDatabase({ database, schema, tables, dialect }), end: () => { dialect.alive = false; } };
  };
}

/** Drizzle's database over one connection: its statements take turns with all others. */
export class UnitDatabase extends (BaseSQLiteDatabase as any) {
  constructor(way: Way, level = way.database.level, runner: Runner = way.database.native) {
    super('async', way.dialect, sessionOf(way, level, runner), undefined);
    Object.defineProperty(this, 'query', { get: leftOut('db.query') });
    relational(this, way.schema); //: relational unsafe
    this.#at = { way, level, runner }; //: units transaction delete workers
    (this as any).session.owner = this; //: delete
  }

  //: units transaction delete workers
  readonly #at: { readonly way: Way; readonly level: Level; readonly runner: Runner };

  /** Runs `work` with a database whose statements are one unit. What it throws undoes all of them. */
  unit<T>(work: (tx: UnitDatabase) => Promise<T>): Promise<T> {
    const { way, level, runner } = this.#at;
    return level.unit(runner, (inner, unit) => work(new (this.constructor as typeof UnitDatabase)(way, inner, unit)));
  }

  /** Runs builders of this database in order as one unit. */
  batch(list: any[]): Promise<unknown[]> {
  //: end
    const { way, level } = this.#at, { together } = way.database; //: workers
    if (together) return level.statement(() => together(way, list)); //: workers
  //: units transaction delete workers
    return this.unit(async (tx) => {
      const out: unknown[] = [];
      for (const query of list) {
        query.session = tx.session;
        out.push(await query);
      }
      return out;
    });
  }
  //: end
  //: transaction

  transaction<T>(work: (tx: any) => Promise<T>): Promise<T> {
    return this.unit((tx) => this.#at.level.around(tx.#at.level, () => work(tx)));
  }
  rollback(): never { throw new Refused('the transaction was rolled back'); }
  //: end
  //: raw

  /** Rows of a raw statement. */
  execute(statement: any): Promise<unknown[]> { return (this as any).all(statement); }
  //: end
  //: delete workers

  /** Runs a builder's statements before its own, and that, as one unit. */
  [AFTER](query: any, run: () => Promise<unknown>): Promise<unknown> {
  //: end
    if (this.#at.way.database.together) return this.batch([query]).then(([rows]) => rows); //: workers
  //: delete workers
    return this.unit(async (tx) => {
      for (const { text, params } of query[BEFORE]()) await tx.#at.level.statement(() => tx.#at.runner.all(text, params));
      query.session = tx.session;
      return run();
    });
  }
  //: end
}

class GatedDatabase extends UnitDatabase {
  // Drizzle's own would go past the gate, or not hold.
  static {
    const own: any = this.prototype, drizzle: any = BaseSQLiteDatabase.prototype;
    for (const name of ['$count', 'batch', 'delete', 'execute', 'transaction', 'with']) if (own[name] === drizzle[name]) own[name] = leftOut(`db.${name}`);
  }

  insert(table: any): any { return insertion(super.insert(table)); }

  //: delete
  delete(table: any): any {
    return cascading(super.delete(table), table, (this as any).dialect.caller, this);
  }
  //: end

  //: with
  with(...list: any[]): any {
    const base = super.with(...list);
    return {
      ...base,
      insert: (table: any) => insertion(base.insert(table)),
      delete: (table: any) => cascading(base.delete(table), table, (this as any).dialect.caller, this),
    };
  }
  //: end

  //: count
  $count(source: any, filter?: SQL): any {
    const query = (this as any).select({ n: sql<number>`count(*)`.as('n') }).from(source);
    return new Count(filter ? query.where(filter) : query);
  }
  //: end
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

function insertion(builder: any): any {
  builder.select = leftOut('db.insert().select()');
  selecting(builder); //: insertSelect
  upserting(builder); //: upsert
  return builder;
}

/** Lets a builder insert what a query of this gate selects: to a callback Drizzle hands its own, ungated query builder. */
function selecting(builder: any): void {
  builder.select = (given: any) => SQLiteInsertBuilder.prototype.select.call(builder, typeof given === 'function' ? given(new QueryBuilder(builder.dialect)) : given);
}

/** Lets what a builder inserts change the caller's own row instead. */
function upserting(builder: any): void {
  for (const method of ['values', 'select']) {
    const begin = builder[method];
    builder[method] = (given: any) => {
      const insert = begin.call(builder, given), original = insert.onConflictDoUpdate.bind(insert), { dialect: gate, config: { table } } = insert;
      insert.onConflictDoUpdate = ({ target, targetWhere, setWhere, where, set }: any) => {
        const free: any[] = [];
        gate.scan([target, targetWhere], free);
        const changed = Object.fromEntries(Object.entries(gate.set(table, set, free)).map(([name, value]) => [name, is(value, Param) ? sql`${value}` : value]));
        original({ target, targetWhere, set: changed, setWhere: gate.within(table, setWhere ?? where, free) });
        gate.accept([insert.config.onConflict].flat().at(-1), free);
        return insert;
      };
      return insert;
    };
  }
}

function sessionOf(way: Way, level: Level, runner: Runner): any {
  const session: any = new SQLiteRemoteSession(sender(level, runner), way.dialect, undefined, undefined, {});
  const prepare = session.prepareQuery.bind(session);
  session.prepareQuery = (...given: any[]): any => {
    const prepared = prepare(...given), tag = taggerOf(way, prepared);
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
export function taggerOf(way: Way, prepared: any): Tagger | undefined {
  const selection = way.dialect.selections?.get(prepared.query); //: relational unsafe
  if (selection) return relationTagger(way.tables, selection); //: relational unsafe
  return fieldTagger(way.tables, prepared.fields);
}

/** Marks the rows of an answer. */
export function tagged(answer: any, method: string, tag: Tagger | undefined): any {
  if (Array.isArray(answer)) answer.forEach((row) => tag?.(row));
  else if (answer && method !== 'run') tag?.(answer);
  return answer;
}

// Where the values of a row came from: rows carry it under a symbol, which copies made with `{ ...row }` keep and JSON leaves out, so that an action's
// answer can be masked by the masks of the tables it was read from. A column, by its property name, that a value is (`direct`) or was computed from.
export interface Origin { readonly table: object; readonly column: string; readonly direct: boolean }
/** By key of the row, or by index of an array. */
export type Origins = ReadonlyMap<string, readonly Origin[]>;
export type Tagger = (row: any) => void;

const ORIGINS = Symbol('origins');
/** What a row carries is an empty object: a handler that logs a row sees nothing of tables and columns. */
const known = new WeakMap<object, Origins>();

/** What a row carries; undefined for objects that did not come from the scoped db. */
export function originsOf(row: object): Origins | undefined {
  return known.get((row as { readonly [ORIGINS]?: object })[ORIGINS] ?? {});
}

/** Makes what marks rows with their origins. */
export function marker(origins: Origins): Tagger {
  const value = Object.freeze({});
  known.set(value, origins);
  return (row) => { Object.defineProperty(row, ORIGINS, { value, enumerable: true, writable: true, configurable: true }); };
}

/** Tags rows of a select or a returning clause: `fields` is Drizzle's ordered list of paths and expressions. */
export function fieldTagger(tables: Tables, fields: readonly any[] | undefined): Tagger | undefined {
  if (!fields?.length) return undefined;
  const origins = fields.map(({ field }) => originsIn(tables, field));
  const parents = new Map<string, readonly string[]>(fields.map(({ path }) => [JSON.stringify(path.slice(0, -1)), path.slice(0, -1)]));
  const places = [...parents].map(([key, path]) => {
    const own = fields.flatMap((f, i) => (JSON.stringify(f.path.slice(0, -1)) === key ? [[f.path.at(-1), origins[i] ?? []] as const] : []));
    return { path, mark: marker(new Map(own)) };
  });
  const array = marker(new Map(origins.map((list, i) => [String(i), list])));
  return (row) => {
    if (Array.isArray(row)) return array(row);
    for (const { path, mark } of places) {
      const target = path.reduce((value, key) => value?.[key], row);
      if (target) mark(target);
    }
  };
}

/** The columns of tables with a policy that a selected expression reads. */
export function originsIn(tables: Tables, field: any, direct = true): readonly Origin[] {
  const within = (items: readonly any[]): readonly Origin[] => items.flatMap((item) => originsIn(tables, item, false));
  if (is(field, Column)) {
    const { resource } = tables.get((field.table as Table & { readonly [SELF]?: object })[SELF] ?? {}) ?? {};
    const column = resource && [...resource.columns.values()].find((c) => c.dbName === field.name);
    return column ? [{ table: resource.table, column: column.name, direct }] : [];
  }
  if (is(field, SQL.Aliased)) return within([field.getSQL()]);
  if (is(field, SQL)) return within(field.queryChunks);
  if (Array.isArray(field)) return within(field);
  // A builder used as a value: what it selects counts, not what it filters by.
  return typeof field?.getSelectedFields === 'function' ? within(Object.values(field.getSelectedFields())) : [];
}
