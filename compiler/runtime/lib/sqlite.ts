// bun:sqlite. One connection with one lock: CRUD statements, sessions, Better Auth and handlers' transactions take turns on it.
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Database as Handle, type SQLQueryBindings, type Statement as Prepared } from 'bun:sqlite';
import { drizzle } from 'drizzle-orm/bun-sqlite';
import { migrate } from 'drizzle-orm/bun-sqlite/migrator';
import { databaseOn, type Connection, type Database, type Rows } from './driver.ts';

const STATEMENTS = 512; // texts are few: one per filter shape and per statement of a handler

/** A connection that answers at once. */
export interface Native extends Connection {
  exec(text: string): void;
  all(text: string, params: readonly unknown[]): Rows;
  values(text: string, params: readonly unknown[]): unknown[][];
  migrate(folder: string): Promise<void>;
  close(): void;
}

/** Opens a file (its folder is made when missing) or ':memory:' in WAL mode with foreign keys enforced. Throws what SQLite says. */
export function openSqlite(path: string): Database<Native> {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
  const handle = new Handle(path, { create: true });
  handle.run('pragma journal_mode = wal');
  handle.run('pragma synchronous = normal');
  handle.run('pragma foreign_keys = on');
  handle.run('pragma busy_timeout = 5000');
  return databaseOn(nativeOf(handle));
}

/** Rebuilding a table drops the old one, which would delete its children: keys are checked after, not during. */
function applyMigrations(handle: Handle, folder: string): void {
  handle.run('pragma foreign_keys = off');
  try {
    migrate(drizzle(handle), { migrationsFolder: folder });
    const broken = handle.query('pragma foreign_key_check').all() as { table: string }[];
    if (broken.length) throw new Error(`after the migrations rows refer to missing rows in ${[...new Set(broken.map((b) => b.table))].join(', ')}`);
  } finally {
    handle.run('pragma foreign_keys = on');
  }
}

function nativeOf(handle: Handle): Native {
  const cache = new Map<string, Prepared<Record<string, unknown>, SQLQueryBindings[]>>();
  const prepare = (text: string): Prepared<Record<string, unknown>, SQLQueryBindings[]> => {
    const known = cache.get(text);
    if (known) return known;
    const oldest = cache.size >= STATEMENTS ? cache.keys().next().value : undefined;
    if (oldest !== undefined) {
      cache.get(oldest)?.finalize();
      cache.delete(oldest);
    }
    const made = handle.prepare<Record<string, unknown>, SQLQueryBindings[]>(text);
    cache.set(text, made);
    return made;
  };
  const all = (text: string, params: readonly unknown[]): Rows => prepare(text).all(...(params as SQLQueryBindings[]));
  const values = (text: string, params: readonly unknown[]): unknown[][] => prepare(text).values(...(params as SQLQueryBindings[]));
  return {
    serial: true, all, values,
    exec: (text) => { handle.exec(text); },
    begin() {
      handle.exec('begin immediate');
      return { all, values, commit: () => { handle.exec('commit'); }, rollback: () => { if (handle.inTransaction) handle.exec('rollback'); } };
    },
    migrate: async (folder) => { applyMigrations(handle, folder); },
    close: () => handle.close(),
  };
}
