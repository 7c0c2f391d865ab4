// SQLite in a file, on a connection that answers at once: bun:sqlite's, or libSQL's own. Statements stay prepared. One connection with one lock:
// CRUD statements, sessions, Better Auth and handlers' transactions take turns on it.
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Rows } from './driver.ts';

/** An open file, as a runtime's own module has it. */
export interface Handle {
  readonly inTransaction: boolean;
  prepare(text: string): Prepared;
  exec(text: string): unknown;
  close(): unknown;
}
export interface Prepared {
  all(...params: readonly unknown[]): Rows;
  values(...params: readonly unknown[]): unknown[][];
  finalize?(): void;
}
export type Native = ReturnType<typeof openFile>;

const STATEMENTS = 512; // texts are few: one per filter shape and per statement of a handler

/** Opens a file (its folder is made when missing) or ':memory:' in WAL mode with foreign keys enforced. Throws what SQLite says. */
export function openFile<H extends Handle>(path: string, open: (path: string) => H, migrate: (handle: H, folder: string) => Promise<void>) {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
  const handle = open(path), cache = new Map<string, Prepared>();
  for (const setting of ['busy_timeout = 5000', 'journal_mode = wal', 'synchronous = normal', 'foreign_keys = on']) handle.exec(`pragma ${setting}`);
  const prepare = (text: string): Prepared => {
    const known = cache.get(text), [oldest] = known || cache.size < STATEMENTS ? [] : cache;
    if (known) return known;
    if (oldest && cache.delete(oldest[0])) oldest[1].finalize?.();
    const made = handle.prepare(text);
    cache.set(text, made);
    return made;
  };
  const exec = (text: string): void => { handle.exec(text); };
  const all = (text: string, params: readonly unknown[]): Rows => prepare(text).all(...params);
  const values = (text: string, params: readonly unknown[]): unknown[][] => prepare(text).values(...params);
  return {
    serial: true, exec, all, values,
    begin() {
      exec('begin immediate');
      return { all, values, commit: () => exec('commit'), rollback: () => { if (handle.inTransaction) exec('rollback'); } };
    },
    migrate: (folder: string) => migrate(handle, folder),
    close: (): void => { handle.close(); },
  };
}
