// Whose turn it is. Drizzle's own transactions commit at the first await on synchronous SQLite, so rows stay after an error; here a transaction
// holds its level's lock for its whole life, and every other statement on the connection, whoever sends it, waits for it.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Runner, Unit } from './driver.ts';

/** A statement or a use of the database that the library does not let through. Never shown to a caller: the answer is INTERNAL_ERROR. */
export class Refused extends Error { override name = 'Refused'; }
/** Stands for what no definition called when they were compiled. */
export const leftOut = (what: string) => (): never => { throw new Refused(`${what} is left out, because no definition called it: compile them again`); };

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
