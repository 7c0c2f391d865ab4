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
  for (const setting of ['journal_mode = wal', 'synchronous = normal', 'foreign_keys = on', 'busy_timeout = 5000']) handle.run(`pragma ${setting}`);
  return databaseOn(nativeOf(handle));
}

/** Rebuilding a table drops the old one, which would delete its children: keys are checked after, not during. */
async function applyMigrations(handle: Handle, migrationsFolder: string): Promise<void> {
  handle.run('pragma foreign_keys = off');
  try {
    migrate(drizzle(handle), { migrationsFolder });
    const broken = handle.query('pragma foreign_key_check').all() as { table: string }[];
    if (broken.length) throw new Error(`after the migrations rows refer to missing rows in ${[...new Set(broken.map((b) => b.table))].join(', ')}`);
  } finally {
    handle.run('pragma foreign_keys = on');
  }
}

function nativeOf(handle: Handle): Native {
  const cache = new Map<string, Prepared<Record<string, unknown>, SQLQueryBindings[]>>();
  const prepare = (text: string): Prepared<Record<string, unknown>, SQLQueryBindings[]> => {
    const known = cache.get(text), [oldest] = known || cache.size < STATEMENTS ? [] : cache;
    if (known) return known;
    if (oldest && cache.delete(oldest[0])) oldest[1].finalize();
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
    migrate: (folder) => applyMigrations(handle, folder),
    close: () => handle.close(),
  };
}
