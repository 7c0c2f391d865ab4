// bun:sqlite.
import { Database as Handle } from 'bun:sqlite';
import { drizzle } from 'drizzle-orm/bun-sqlite';
import { migrate } from 'drizzle-orm/bun-sqlite/migrator';
import { databaseOn, openFile, type Database, type Native } from './driver.ts';

/** Opens a file (its folder is made when missing) or ':memory:'. Throws what SQLite says. */
export function openSqlite(path: string): Database<Native> {
  return databaseOn(openFile(path, (name) => new Handle(name, { create: true }), applyMigrations));
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
