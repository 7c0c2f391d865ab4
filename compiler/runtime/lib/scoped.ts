// The database that handlers get: Drizzle over the gate, asynchronous on every runtime, with transactions and batches that hold. `any` stands for
// Drizzle's builders and sessions, which are patched here in the places that the dialect does not see: inserts, upserts, $count, deletes that go on
// to other tables, and the rows of answers.
import { createTableRelationsHelpers, extractTablesRelationalConfig, is, Param, SQL, sql } from 'drizzle-orm';
import { QueryBuilder } from 'drizzle-orm/sqlite-core';
import type { AnyContext } from './context.ts';
import type { Database } from './driver.ts';
import { Gate } from './gate.ts';
import { Caller, guardedTables, type Call } from './gate-tables.ts';
import type { Runtime } from './routes.ts';
import { cascading } from './scoped-delete.ts';
import { UnitDatabase, type Together } from './scoped-unit.ts';

/** The database of one call. `end` makes every statement that was kept refuse. */
export interface Scoped { readonly db: object; end(): void }
/** Opens the database for one call of an action. */
export type OpenScoped = (ctx: AnyContext, call?: Omit<Call, 'ctx'>) => Scoped;

/** Prepares a schema for gated databases. Throws when a policy does not fit its table. */
export function scopedDatabases(database: Database, schema: Readonly<Record<string, unknown>>, runtime: Runtime, together?: Together): OpenScoped {
  const relational = relationalSchema(schema), tables = guardedTables(runtime);
  return (ctx, call = {}) => {
    const dialect = new Gate(new Caller(tables, runtime, { ctx, ...call }));
    return { db: new GatedDatabase({ database, together, dialect, relational, alive: () => dialect.alive, ...dialect.rows(tables) }), end: () => { dialect.alive = false; } };
  };
}

/** Drizzle's own description of a schema, for relational queries. */
export function relationalSchema(full: any): any {
  const config = extractTablesRelationalConfig(full, createTableRelationsHelpers);
  return { fullSchema: full, schema: config.tables, tableNamesMap: config.tableNamesMap };
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
