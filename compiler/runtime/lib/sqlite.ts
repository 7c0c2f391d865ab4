// bun:sqlite. One connection with one lock: CRUD statements, sessions, Better Auth and handlers' transactions take turns on it.
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Database, type SQLQueryBindings, type Statement as Prepared } from 'bun:sqlite';
import type { Driver, Rows, Statement } from './driver.ts';
import { inTransaction, Level, type Native } from './transaction.ts';

/** An open SQLite database. */
export interface Sqlite {
  readonly driver: Driver;
  readonly native: Native;
  readonly level: Level;
  close(): void;
}

const STATEMENTS = 512; // texts are few: one per filter shape and per statement of a handler

/** Opens a file (its folder is made when missing) or ':memory:' in WAL mode with foreign keys enforced. Throws what SQLite says. */
export function openSqlite(path: string): Sqlite {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
  const database = new Database(path, { create: true });
  database.run('pragma journal_mode = wal');
  database.run('pragma synchronous = normal');
  database.run('pragma foreign_keys = on');
  database.run('pragma busy_timeout = 5000');
  const native = nativeOf(database);
  const level = new Level();
  return { native, level, driver: driverOf(native, level), close: () => database.close() };
}

function nativeOf(database: Database): Native {
  const cache = new Map<string, Prepared<Record<string, unknown>, SQLQueryBindings[]>>();
  const prepare = (text: string): Prepared<Record<string, unknown>, SQLQueryBindings[]> => {
    const known = cache.get(text);
    if (known) return known;
    const oldest = cache.size >= STATEMENTS ? cache.keys().next().value : undefined;
    if (oldest !== undefined) {
      cache.get(oldest)?.finalize();
      cache.delete(oldest);
    }
    const made = database.prepare<Record<string, unknown>, SQLQueryBindings[]>(text);
    cache.set(text, made);
    return made;
  };
  return {
    exec: (text) => { database.exec(text); },
    all: (text, params) => prepare(text).all(...(params as SQLQueryBindings[])),
    values: (text, params) => prepare(text).values(...(params as SQLQueryBindings[])),
    get inTransaction() { return database.inTransaction; },
  };
}

function driverOf(native: Native, level: Level): Driver {
  return {
    all: (text, params): Rows | Promise<Rows> => (level.idle ? native.all(text, params) : level.statement(() => native.all(text, params))),
    atomic: (list: readonly Statement[]): Promise<Rows[]> =>
      inTransaction(native, level, async () => list.map((s) => native.all(s.text, s.params))),
  };
}
