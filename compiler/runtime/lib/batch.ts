// POST, PATCH, PUT and DELETE /batch: each row for itself, or with options.atomic all or none. The statements of a row hold or fall together either way.
import { presenterOf, written } from './answer.ts';
import { isObject, readObject, type Body } from './body.ts';
import type { RawRow } from './conditions.ts';
import type { AnyContext } from './context.ts';
import type { Statement } from './driver.ts';
import { ApiError, fail, messages } from './errors.ts';
import type { AnyRow, BatchOperation, BatchRule } from './policy.ts';
import { allow, keyValue, load } from './read.ts';
import type { Resource } from './resource.ts';
import { enter, gateFor, type Entry, type Op, type Runtime } from './routes.ts';
import { creating, missingReferences, removing, run, updating, violation, type Plan, type Planner } from './write.ts';

/** `POST /batch` with `{ records, options? }`, `PATCH /batch`, where every record names its id, and `DELETE /batch` with `{ ids, options? }`. */
export const batchCreate: Op<'batch:create'> = batch('create', creating);
export const batchUpdate: Op<'batch:update'> = batch('update', updating);
export const batchDelete: Op<'batch:delete'> = batch('delete', removing);

/** What is done to a row, or why it can not be; and the row that came of it, or why none did. */
type Step = Plan | ApiError;
type Outcome = RawRow | ApiError;

export function batch<K extends BatchOperation>(kind: K, planner: Planner): Op<`batch:${K}`> {
  return {
    operation: `batch:${kind}`,
    bind(r, rt) {
      const rule = r.policy.batch?.[kind] ?? { max: 100 }, gate = gateFor(r, `batch:${kind}`), plan = planner(r, rt), present = presenterOf(r, rt);
      return async (c) => {
        const entry = enter(c, r, gate), { ctx } = entry;
        return rt.traced(c, r, ctx, `batch.${kind}`, async () => {
          const asked = requestOf(r, rule, kind, await readObject(c.req.raw)), { records, ids, atomic } = asked;
          const steps = await prepared(r, rt, kind, plan, entry, asked), tell = (error: ApiError, index: number): object => reported(error, ids[index]);
          const outcomes = await (atomic ? together(rt, r, steps, kind, tell) : apart(rt, r, ctx, steps, kind));
          const done = outcomes.filter((o): o is RawRow => !(o instanceof ApiError));
          const success = kind === 'delete' ? done.map((row) => deletion(r, entry, row)) : await present(ctx, done, r.answers.fields(ctx, 'write'));
          const errors = outcomes.flatMap((o, index) =>
            (o instanceof ApiError ? [{ index, ...(kind === 'delete' ? { id: ids[index] } : { record: records[index] }), error: tell(o, index) }] : []));
          const meta = { total: outcomes.length, succeeded: success.length, failed: errors.length, atomic };
          return written({ success, errors, meta }, errors.length ? 207 : kind === 'create' || kind === 'put' ? 201 : 200);
        });
      };
    },
  };
}

function requestOf(r: Resource, rule: BatchRule<AnyRow>, kind: BatchOperation, body: Body) {
  const name = kind === 'delete' ? 'ids' : 'records', list = body[name], options = body['options'];
  if (!Array.isArray(list)) fail('VALIDATION_FAILED', { fields: { [name]: 'must be an array' } });
  if (list.length > rule.max) fail('BATCH_SIZE_EXCEEDED', { max: rule.max, actual: list.length });
  const atomic = isObject(options) ? options['atomic'] : options;
  if (atomic !== undefined && typeof atomic !== 'boolean') fail('VALIDATION_FAILED', { fields: { 'options.atomic': 'must be true or false' } });
  if (atomic && rule.atomic === false) fail('VALIDATION_FAILED', { fields: { 'options.atomic': 'is not available here' } });
  const records: readonly unknown[] = list;
  const ids: readonly unknown[] = kind === 'delete' ? records : kind === 'create' ? [] : records.map((record) => (isObject(record) ? record[r.key?.name ?? 'id'] : undefined));
  const indices = ids.flatMap((id, i) => (typeof id === 'number' || (typeof id === 'string' && id !== '') ? [] : [i]));
  if (indices.length) fail('BATCH_MISSING_IDS', { indices });
  return { records, ids, atomic: atomic === true };
}

/** Plans every row. */
async function prepared(r: Resource, rt: Runtime, kind: BatchOperation, plan: ReturnType<Planner>, entry: Entry, { records, ids }: ReturnType<typeof requestOf>): Promise<readonly Step[]> {
  const now = rt.now(), key = r.key?.name ?? 'id', wanted = ids.map((id) => keyValue(r, id)).filter((id) => id !== undefined);
  const known = new Map((wanted.length ? await load(rt, r, entry, wanted) : []).map((row) => [row[key], row]));
  const one = async (record: unknown, id: unknown): Promise<Plan> => {
    const before = known.get(keyValue(r, id));
    if (!before && (kind === 'update' || kind === 'delete')) throw gone();
    if (before) await allow(r, entry, before);
    if (kind !== 'delete' && !isObject(record)) fail('VALIDATION_FAILED', { fields: {} }, { error: 'A record must be an object' });
    const { [key]: own, ...body } = record as Body;
    return plan(entry, { body: kind === 'create' && own !== undefined ? { ...body, [key]: own } : body, before, id, now });
  };
  const plans = await Promise.all(records.map((record, i) => one(record, ids[i]).catch(answerable)));
  const missing = await missingReferences(r, rt, entry.ctx, plans.map((p) => (p instanceof ApiError ? {} : p.values)));
  return plans.map((p, i) => (p instanceof ApiError ? p : missing[i] ?? p));
}

/** Of what was thrown, what can be the answer for one row; anything else ends the request. */
function answerable(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  throw error;
}

/** The row is out of reach, as documented for batches: not found, in the firewall's name. */
const gone = (): ApiError => new ApiError('NOT_FOUND');
function reported({ code, body }: ApiError, id: unknown): object {
  return code === 'NOT_FOUND' || code === 'FIREWALL_NOT_FOUND' ? { error: 'Not found', layer: 'firewall', code: 'NOT_FOUND', details: { id } } : body;
}

/** What is left to say of a deleted row: the stamps of a soft delete, to callers with a session. */
function deletion(r: Resource, { ctx }: Entry, row: RawRow): object {
  const { id, ...stamps } = r.answers.record(row);
  return ctx.authenticated ? { id, ...stamps } : { id };
}

/** Ends a unit when the statement before it changed nothing: SQLite does not take `lost` for JSON. */
const MUST_CHANGE: Statement = { text: `select json(case when changes() > 0 then '1' else 'lost' end)`, params: [] };
/** Ends a unit in any case: the smallest integer has no absolute value. */
const ABORT: Statement = { text: 'select abs(-9223372036854775807 - 1)', params: [] };

/** All rows as one unit. Throws BATCH_ATOMIC_FAILED when one of them does not hold. */
async function together(rt: Runtime, r: Resource, steps: readonly Step[], kind: BatchOperation, tell: (error: ApiError, index: number) => object): Promise<readonly Outcome[]> {
  const refused = (reason: ApiError, failedAt: number): ApiError => new ApiError('BATCH_ATOMIC_FAILED', { failedAt, reason: tell(reason, failedAt) });
  const unit = steps.map((step, i) => {
    if (step instanceof ApiError) throw refused(step, i);
    return [...step.statements, MUST_CHANGE];
  });
  try {
    return answersOf(unit, await rt.db.atomic(unit.flat()), 2);
  } catch (error) {
    const reason = /malformed JSON/i.test(messages(error)) ? gone() : violation(r, error, kind);
    throw reason instanceof ApiError ? refused(reason, await culprit(rt, unit)) : error;
  }
}

/** Not every database says which statement of a unit failed: ask by halves, with units that always end in an abort. */
async function culprit(rt: Runtime, unit: readonly (readonly Statement[])[], low = 0, high = unit.length): Promise<number> {
  if (high - low < 2) return low; // the first `low` rows hold, the first `high` do not
  const middle = (low + high) >> 1, first = [...unit.slice(0, middle).flat(), ABORT];
  const hold = await rt.db.atomic(first).then(() => false, (error: unknown) => /integer overflow/i.test(messages(error)));
  return hold ? culprit(rt, unit, middle, high) : culprit(rt, unit, low, middle);
}

/** Each row for itself: in one unit while all hold, else one by one to find out which do not. */
async function apart(rt: Runtime, r: Resource, ctx: AnyContext, steps: readonly Step[], kind: BatchOperation): Promise<readonly Outcome[]> {
  const good = steps.filter((s): s is Plan => !(s instanceof ApiError)), unit = good.map((plan) => plan.statements), rows: (Outcome | undefined)[] = [];
  try {
    if (good.length) rows.push(...answersOf(unit, await rt.db.atomic(unit.flat()), 1));
  } catch {
    for (const plan of good) rows.push(await run(rt, r, ctx, plan, kind).catch(answerable));
  }
  return steps.map((step) => (step instanceof ApiError ? step : rows.shift() ?? gone()));
}

/** The row each group of statements answered with, `fromEnd` statements before the group's end. */
function answersOf(groups: readonly (readonly Statement[])[], results: readonly (readonly RawRow[])[], fromEnd: number): readonly Outcome[] {
  let end = 0;
  return groups.map((group) => results[(end += group.length) - fromEnd]?.[0] ?? gone());
}
