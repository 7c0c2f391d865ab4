// bun:sqlite. One connection with one lock: CRUD statements, sessions, Better Auth and handlers' transactions take turns on it.
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Database as Connection, type SQLQueryBindings, type Statement as Prepared } from 'bun:sqlite';
import { drizzle as drizzleBun } from 'drizzle-orm/bun-sqlite';
import { migrate } from 'drizzle-orm/bun-sqlite/migrator';
import { drizzle as drizzleProxy } from 'drizzle-orm/sqlite-proxy';
import type { Database, Driver, Rows, Statement } from './driver.ts';
import { inTransaction, Level, type Native } from './transaction.ts';

const STATEMENTS = 512; // texts are few: one per filter shape and per statement of a handler

/** Opens a file (its folder is made when missing) or ':memory:' in WAL mode with foreign keys enforced. Throws what SQLite says. */
export function openSqlite(path: string): Database {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
  const database = new Connection(path, { create: true });
  database.run('pragma journal_mode = wal');
  database.run('pragma synchronous = normal');
  database.run('pragma foreign_keys = on');
  database.run('pragma busy_timeout = 5000');
  const native = nativeOf(database);
  const level = new Level();
  return {
    native, level,
    driver: driverOf(native, level),
    // Not drizzle-orm/bun-sqlite: its statements would run inside whatever transaction a handler has open.
    plain: drizzleProxy((text, params, method) => level.statement(() => ({ rows: answer(native.values(text, params as unknown[]), method) }))),
    migrate: async (folder) => { applyMigrations(database, folder); },
    close: () => database.close(),
  };
}

/** Drizzle's proxy takes one row as the row itself. */
function answer(rows: unknown[][], method: string): unknown[] {
  return method === 'get' ? (rows[0] as unknown[]) : rows;
}

/** Rebuilding a table drops the old one, which would delete its children: keys are checked after, not during. */
function applyMigrations(database: Connection, folder: string): void {
  database.run('pragma foreign_keys = off');
  try {
    migrate(drizzleBun(database), { migrationsFolder: folder });
    const broken = database.query('pragma foreign_key_check').all() as { table: string }[];
    if (broken.length) throw new Error(`after the migrations rows refer to missing rows in ${[...new Set(broken.map((b) => b.table))].join(', ')}`);
  } finally {
    database.run('pragma foreign_keys = on');
  }
}

function nativeOf(database: Connection): Native {
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
