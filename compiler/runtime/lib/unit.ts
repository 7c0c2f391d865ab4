// Running a batch: one atomic unit for all rows, or each row in its own. The statements of a row hold or fall together either way.
import type { RawRow } from './conditions.ts';
import type { Statement } from './driver.ts';
import { ApiError } from './errors.ts';
import type { Resource } from './resource.ts';
import type { Runtime } from './runtime.ts';
import { violation } from './violation.ts';

/** The statements of one row, whose last answers with the row; or why it can not be done. */
export type Step = readonly Statement[] | ApiError;
type Outcome = RawRow | ApiError;
/** What a caller is told of the row that failed. */
type Tell = (error: ApiError, index: number) => object;

/** Ends a unit when the statement before it changed nothing: SQLite does not take `lost` for JSON. */
const MUST_CHANGE: Statement = { text: `select json(case when changes() > 0 then '1' else 'lost' end)`, params: [] };
/** Ends a unit in any case: the smallest integer has no absolute value. */
const ABORT: Statement = { text: 'select abs(-9223372036854775807 - 1)', params: [] };

function says(error: unknown, words: RegExp): boolean {
  for (let e = error, depth = 0; e instanceof Error && depth < 5; e = e.cause, depth++) if (words.test(e.message)) return true;
  return false;
}

/** What became of each row, in order. Throws BATCH_ATOMIC_FAILED when all were to hold and one does not. */
export async function settle(rt: Runtime, r: Resource, steps: readonly Step[], atomic: boolean, removing: boolean, tell: Tell): Promise<Outcome[]> {
  return atomic ? together(rt, r, steps, removing, tell) : apart(rt, r, steps, removing);
}

async function together(rt: Runtime, r: Resource, steps: readonly Step[], removing: boolean, tell: Tell): Promise<Outcome[]> {
  const bad = steps.findIndex((s) => s instanceof ApiError);
  if (bad >= 0) throw refused(steps[bad] as ApiError, bad, tell);
  const rows = steps as readonly (readonly Statement[])[];
  const unit = rows.map((statements) => [...statements, MUST_CHANGE]);
  try {
    return pick(unit, await rt.db.atomic(unit.flat()), 2);
  } catch (error) {
    const reason = says(error, /malformed JSON/i) ? gone() : violation(r, error, removing);
    if (!(reason instanceof ApiError)) throw error;
    throw refused(reason, await culprit(rt, unit), tell);
  }
}

function refused(reason: ApiError, failedAt: number, tell: Tell): ApiError {
  return new ApiError('BATCH_ATOMIC_FAILED', { failedAt, reason: tell(reason, failedAt) });
}

/** Not every database says which statement of a unit failed: ask by halves, with units that always end in an abort. */
async function culprit(rt: Runtime, unit: readonly (readonly Statement[])[]): Promise<number> {
  const holds = async (count: number): Promise<boolean> => {
    try {
      await rt.db.atomic([...unit.slice(0, count).flat(), ABORT]);
      return false;
    } catch (error) {
      return says(error, /integer overflow/i);
    }
  };
  let low = 0, high = unit.length; // the first `low` rows hold, the first `high` do not
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (await holds(middle)) low = middle;
    else high = middle;
  }
  return high - 1;
}

async function apart(rt: Runtime, r: Resource, steps: readonly Step[], removing: boolean): Promise<Outcome[]> {
  const good = steps.filter((s): s is readonly Statement[] => !(s instanceof ApiError));
  let rows: Outcome[];
  try {
    rows = good.length ? pick(good, await rt.db.atomic(good.flat()), 1) : [];
  } catch {
    rows = [];
    for (const statements of good) rows.push(await alone(rt, r, statements, removing)); // one of them fails: find out which
  }
  let next = 0;
  return steps.map((step) => (step instanceof ApiError ? step : rows[next++] ?? gone()));
}

async function alone(rt: Runtime, r: Resource, statements: readonly Statement[], removing: boolean): Promise<Outcome> {
  try {
    return (await rt.db.atomic(statements)).at(-1)?.[0] ?? gone();
  } catch (error) {
    const reason = violation(r, error, removing);
    if (!(reason instanceof ApiError)) throw error;
    return reason;
  }
}

/** The row each group of statements answered with, `fromEnd` statements before the group's end. */
function pick(groups: readonly (readonly Statement[])[], results: readonly (readonly RawRow[])[], fromEnd: number): Outcome[] {
  let end = 0;
  return groups.map((group) => {
    end += group.length;
    return results[end - fromEnd]?.[0] ?? gone();
  });
}

function gone(): ApiError {
  return new ApiError('NOT_FOUND', undefined, { error: 'Not found' });
}
