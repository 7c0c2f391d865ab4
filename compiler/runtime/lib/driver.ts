// What the library asks of a database: one statement, or several that hold or fall together. Everything above speaks this, so a runtime is one file.
import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { drizzle } from 'drizzle-orm/sqlite-proxy';
import type { Together } from './scoped.ts';

/** Rows keyed by the names the statement gave its columns, values as the database returned them. */
export type Rows = Record<string, unknown>[];
/** At once where the database is synchronous. */
export type Soon<T> = T | Promise<T>;
export interface Statement { readonly text: string; readonly params: readonly unknown[] }

/** A database for CRUD and sessions. Errors of the database itself are thrown as they came. */
export interface Driver {
  /** One statement. Waits for an open transaction; answers at once (no promise) where the database is synchronous and nobody holds it. */
  all(text: string, params: readonly unknown[]): Soon<Rows>;
  /** All statements in order, or none of them. */
  atomic(list: readonly Statement[]): Promise<Rows[]>;
}

/** What runs statements: a connection, or a transaction that is open on one. `values` are rows as arrays, in the statement's column order. */
export interface Runner {
  all(text: string, params: readonly unknown[]): Soon<Rows>;
  values(text: string, params: readonly unknown[]): Soon<unknown[][]>;
}
/** An open transaction. Another one inside of it is a savepoint. */
export interface Unit extends Runner { begin?: () => Soon<Unit>; commit(): Soon<void>; rollback(): Soon<void> }
/** A runtime's way to its database. */
export interface Connection extends Runner {
  /** One connection for all: statements take turns, and wait for an open transaction. */
  readonly serial: boolean;
  /** Opens a transaction that others can not see into. Absent where the database has none (D1). */
  readonly begin?: () => Soon<Unit>;
  /** All statements in order, or none of them, in one round trip. Where absent, a transaction is opened. */
  readonly batch?: (list: readonly Statement[]) => Promise<Rows[]>;
  /** Applies the migrations of a folder in drizzle's own format that the database has not seen. Absent where deployment does it. */
  readonly migrate?: (folder: string) => Promise<void>;
  close?(): void;
}

/** An open database, as a runtime's module makes it. */
export interface Database<C extends Connection = Connection> {
  readonly driver: Driver;
  /** The connection and its lock, on which the gated database of handlers is built. */
  readonly native: C;
  readonly level: Level;
  /** Drizzle without a gate, for Better Auth's adapter only. Its statements take turns with all others. */
  readonly plain: object;
  //: workers
  /** Handlers' batches, where no transaction stays open: together.ts. */
  readonly together?: Together;
  //: end
}

/** What sends the statements of Drizzle's proxy, each in its turn. The proxy takes one row as the row itself. */
export function sender(level: Level, runner: Runner) {
  return (text: string, params: unknown[], method: string): Promise<{ rows: any[] }> => level.statement(async () => { // any: as Drizzle types it
    const rows = await runner.values(text, params);
    return { rows: method === 'get' ? (rows[0] as unknown[]) : rows };
  });
}

/** Puts the lock, the driver and Better Auth's database around a connection. */
export function databaseOn<C extends Connection>(native: C): Database<C> {
  const level = new Level(0, native.serial);
  const oneByOne = (list: readonly Statement[]): Promise<Rows[]> => level.unit(native, async (_, unit) => {
    const out: Rows[] = [];
    for (const { text, params } of list) out.push(await unit.all(text, params));
    return out;
  });
  return {
    native, level,
    driver: {
      all: (text, params) => (level.idle ? native.all(text, params) : level.statement(() => native.all(text, params))),
      atomic: (list) => (native.batch && !native.serial ? native.batch(list) : oneByOne(list)),
    },
    // Drizzle's own drivers would run these statements inside whatever transaction a handler has open.
    plain: drizzle(sender(level, native)),
  };
}

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

// Opens SQLite in a file (its folder is made when missing) or ':memory:' in WAL mode with foreign keys enforced. Statements stay prepared, and all that
// is asked of the database takes turns on this connection, which answers at once. Throws what SQLite says.
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

/** A statement or a use of the database that the library does not let through. Never shown to a caller: the answer is INTERNAL_ERROR. */
export class Refused extends Error { override name = 'Refused'; }
/** Stands for what no definition called when they were compiled. */
export const leftOut = (what: string) => (): never => { throw new Refused(`${what} is left out, because no definition called it: compile them again`); };

// Whose turn it is. Drizzle's own transactions commit at the first await on synchronous SQLite, so rows stay after an error; here a transaction holds its
// level's lock for its whole life, and every other statement on the connection, whoever sends it, waits for it.
// One depth of transactions: the connection itself is the root, each transaction or savepoint a child. A statement takes its level's lock for
// itself, a child for its whole life. A level that is over refuses late statements.
export class Level {
  #tail: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #over = false;

  /** `serial` is false for a pool of connections, where there is nothing to wait for. */
  constructor(readonly depth = 0, readonly serial = true) {}

  /** Whether a statement may run now, without waiting. */
  get idle(): boolean { return this.#waiting === 0 && !this.#over; }

  /** Runs one statement in its turn. */
  async statement<T>(work: () => T | Promise<T>): Promise<T> {
    if (this.#within()) throw new Refused('inside db.transaction use its tx, not the outer db'); //: transaction
    const checked = (): T | Promise<T> => {
      if (this.#over) throw new Refused('the transaction is over');
      return work();
    };
    return this.#over || !this.serial ? checked() : this.#turn(checked);
  }

  // Runs `work` with a level of its own inside BEGIN IMMEDIATE … COMMIT, or inside a savepoint when this level is a transaction already; other
  // statements of this level wait until it is over. An error undoes all of it. `native` is what this level's statements run on. Throws Refused
  // where the database has no transactions.
  unit<T>(native: Runner & Pick<Unit, 'begin'>, work: (inner: Level, unit: Runner) => Promise<T>): Promise<T> {
    return this.statement(async () => {
      const unit = await native.begin?.(), inner = new Level(this.depth + 1);
      if (!unit) throw new Refused('this database has no transactions that stay open: use db.batch');
      unit.begin = () => savepoint(unit, `level_${inner.depth}`); //: transaction delete
      try {
        const result = await work(inner, unit);
        await inner.#finish();
        await unit.commit();
        return result;
      } catch (error) {
        await inner.#finish();
        await unit.rollback();
        throw error;
      }
    });
  }

  //: transaction
  static readonly #inside = new AsyncLocalStorage<readonly Level[]>();
  readonly #children = new Set<Level>();

  // Runs code of others inside of a child. What it sends to this level meanwhile is refused: it would wait for itself for ever, and where there is
  // nothing to wait for it would not belong to the transaction.
  async around<T>(child: Level, work: () => Promise<T>): Promise<T> {
    this.#children.add(child);
    try {
      return await Level.#inside.run([...(Level.#inside.getStore() ?? []), child], work);
    } finally {
      this.#children.delete(child);
    }
  }

  #within(): boolean { return Level.#inside.getStore()?.some((level) => this.#children.has(level)) ?? false; }
  //: end

  /** Lets the statements that were sent finish, then refuses all others. */
  #finish(): Promise<void> { return this.#turn(() => { this.#over = true; }); }

  /** First come, first served. */
  #turn<T>(work: () => T | Promise<T>): Promise<T> {
    this.#waiting++;
    const turn = this.#tail.then(work).finally(() => { this.#waiting--; });
    this.#tail = turn.catch(() => {});
    return turn;
  }
}

async function savepoint(native: Runner, name: string): Promise<Unit> {
  const run = async (...texts: readonly string[]): Promise<void> => { for (const text of texts) await native.all(text, []); };
  await run(`savepoint ${name}`);
  return {
    all: (text, params) => native.all(text, params), values: (text, params) => native.values(text, params),
    commit: () => run(`release ${name}`), rollback: () => run(`rollback to ${name}`, `release ${name}`),
  };
}
