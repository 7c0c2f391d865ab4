// POST, PATCH, PUT and DELETE /batch: each row for itself, or with options.atomic all or none.
import { answersFor } from './answer.ts';
import { isObject, readObject, type Body } from './body.ts';
import type { RawRow } from './conditions.ts';
import { enter, gateFor, type Entry } from './entry.ts';
import { ApiError, fail } from './errors.ts';
import { presenterOf } from './labels.ts';
import type { BatchOperation, BatchRule, AnyRow } from './policy.ts';
import { hiddenRow, replace } from './put.ts';
import { allow, allowNew, keyIn, keyValue, load, still } from './record.ts';
import { removerOf } from './removal.ts';
import type { Resource } from './resource.ts';
import { written } from './respond.ts';
import type { Op } from './routes.ts';
import type { Runtime } from './runtime.ts';
import { traced } from './trail.ts';
import { settle, type Step } from './unit.ts';
import { writerOf, type Values, type Writer } from './write.ts';

/** `POST /batch` with `{ records, options? }`. */
export const batchCreate: Op<'batch:create'> = {
  operation: 'batch:create',
  bind(r, rt) {
    const writer = writerOf(r, rt);
    return batch(r, rt, 'create', async (entry, { records }) => {
      const now = rt.now();
      return withReferences(writer, entry, await Promise.all(records.map((record) => attempt(async () => {
        const values = writer.insertion(entry.ctx, objectOf(record), now);
        await allowNew(entry, writer.row(values), true);
        return { values, statement: writer.insert(values, entry.ctx) };
      }))));
    });
  },
};

/** `PATCH /batch`: every record names its id. */
export const batchUpdate: Op<'batch:update'> = {
  operation: 'batch:update',
  bind(r, rt) {
    const writer = writerOf(r, rt), key = r.key?.name ?? 'id';
    return batch(r, rt, 'update', async (entry, { records, ids }) => {
      const now = rt.now(), known = await byKey(rt, r, entry, ids);
      return withReferences(writer, entry, await Promise.all(records.map((record, i) => attempt(async () => {
        const { [key]: _, ...body } = objectOf(record);
        const before = known.get(keyValue(r, ids[i])) ?? gone(ids[i]);
        await allow(r, entry, before);
        const values = writer.change(entry.ctx, body, now);
        await allowNew(entry, { ...before, ...values }, false);
        return { values, statement: writer.update(values, still(r, entry, before[key]), entry.ctx) };
      }))));
    });
  },
};

/** `PUT /batch`: creates what is not there, replaces what is. */
export const batchPut: Op<'batch:put'> = {
  operation: 'batch:put',
  bind(r, rt) {
    const writer = writerOf(r, rt);
    return batch(r, rt, 'put', async (entry, { records, ids }) => {
      const now = rt.now(), known = await byKey(rt, r, entry, ids);
      return withReferences(writer, entry, await Promise.all(records.map((record, i) =>
        attempt(() => replace(r, entry, writer, known.get(keyValue(r, ids[i])), ids[i], record, now)))));
    });
  },
};

/** `DELETE /batch` with `{ ids, options? }`. */
export const batchDelete: Op<'batch:delete'> = {
  operation: 'batch:delete',
  bind(r, rt) {
    const remover = removerOf(r, rt), key = r.key?.name ?? 'id';
    return batch(r, rt, 'delete', async (entry, { ids }) => {
      const now = rt.now(), known = await byKey(rt, r, entry, ids);
      return Promise.all(ids.map((id) => attempt(async () => {
        const before = known.get(keyValue(r, id)) ?? gone(id);
        await allow(r, entry, before);
        return remover(still(r, entry, before[key]), entry.ctx, now);
      })));
    });
  },
};

interface Request {
  readonly records: readonly unknown[];
  readonly ids: readonly unknown[];
  readonly atomic: boolean;
}
type Prepare = (entry: Entry, request: Request) => Promise<Step[]>;

function batch(r: Resource, rt: Runtime, kind: BatchOperation, prepare: Prepare): ReturnType<Op<string>['bind']> {
  const rule = r.policy.batch?.[kind] ?? { max: 100 }, gate = gateFor(r, `batch:${kind}`), answers = answersFor(r), present = presenterOf(r, rt);
  return async (c) => {
    const entry = enter(c, r, gate), { ctx } = entry;
    return traced(c, r, rt, ctx, `batch.${kind}`, async () => {
      const request = requestOf(r, rule, kind, await readObject(c.req.raw));
      const steps = await prepare(entry, request);
      const outcomes = await settle(rt, r, steps, request.atomic, kind === 'delete', (error, index) => reported(r, kind, error, request.ids[index]));
      const done = outcomes.filter((o): o is RawRow => !(o instanceof ApiError));
      const success = kind === 'delete' ? done.map((row) => deletion(r, entry, row)) : await present(ctx, done, answers.fields(ctx, 'write'));
      const errors = outcomes.flatMap((outcome, index) => {
        if (!(outcome instanceof ApiError)) return [];
        const given = kind === 'delete' ? { id: request.ids[index] } : { record: request.records[index] };
        return [{ index, ...given, error: reported(r, kind, outcome, request.ids[index]) }];
      });
      const meta = { total: outcomes.length, succeeded: success.length, failed: errors.length, atomic: request.atomic };
      return written({ success, errors, meta }, errors.length ? 207 : kind === 'create' || kind === 'put' ? 201 : 200);
    });
  };
}

function requestOf(r: Resource, rule: BatchRule<AnyRow>, kind: BatchOperation, body: Body): Request {
  const name = kind === 'delete' ? 'ids' : 'records', list = body[name], options = body['options'];
  if (!Array.isArray(list)) fail('VALIDATION_FAILED', { fields: { [name]: 'must be an array' } });
  if (list.length > rule.max) fail('BATCH_SIZE_EXCEEDED', { max: rule.max, actual: list.length });
  const atomic = isObject(options) ? options['atomic'] : options;
  if (atomic !== undefined && typeof atomic !== 'boolean') fail('VALIDATION_FAILED', { fields: { 'options.atomic': 'must be true or false' } });
  if (atomic && rule.atomic === false) fail('VALIDATION_FAILED', { fields: { 'options.atomic': 'is not available here' } });
  const records = list as readonly unknown[];
  const ids = kind === 'delete' ? records : kind === 'create' ? [] : records.map((record) => (isObject(record) ? record[r.key?.name ?? 'id'] : undefined));
  const indices = ids.flatMap((id, i) => (typeof id === 'number' || (typeof id === 'string' && id !== '') ? [] : [i]));
  if (indices.length) fail('BATCH_MISSING_IDS', { indices });
  return { records, ids, atomic: atomic === true };
}

function objectOf(record: unknown): Body {
  return isObject(record) ? record : fail('VALIDATION_FAILED', { fields: {} }, { error: 'A record must be an object' });
}

/** The row is out of reach, as documented for batches: not found, in the firewall's name. */
function gone(id: unknown): never {
  return fail('NOT_FOUND', { id }, { error: 'Not found' });
}
function reported(r: Resource, kind: BatchOperation, error: ApiError, id: unknown): object {
  const shown = kind === 'put' && error.code === 'UNIQUE_VIOLATION' ? hiddenRow(r, error) : error;
  const { body } = shown instanceof ApiError ? shown : error;
  return body.code === 'NOT_FOUND' || body.code === 'FIREWALL_NOT_FOUND' ? { error: 'Not found', layer: 'firewall', code: 'NOT_FOUND', details: { id } } : body;
}

async function byKey(rt: Runtime, r: Resource, entry: Entry, ids: readonly unknown[]): Promise<ReadonlyMap<unknown, RawRow>> {
  const wanted = ids.map((id) => keyValue(r, id)).filter((id) => id !== undefined);
  const rows = wanted.length ? await load(rt, r, entry, keyIn(r, wanted)) : [];
  return new Map(rows.map((row) => [row[r.key?.name ?? ''], row]));
}

/** What is answerable becomes the row's own error; anything else ends the request. */
async function attempt<T>(prepare: () => Promise<T>): Promise<T | ApiError> {
  try {
    return await prepare();
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
}

type Planned = { readonly values: Values; readonly statement: { readonly text: string; readonly params: readonly unknown[] } };
async function withReferences(writer: Writer, entry: Entry, plans: readonly (Planned | ApiError)[]): Promise<Step[]> {
  const missing = await writer.missingReferences(entry.ctx, plans.map((p) => (p instanceof ApiError ? {} : p.values)));
  return plans.map((plan, i) => (plan instanceof ApiError ? plan : missing[i] ?? [plan.statement]));
}

/** What is left to say of a deleted row: the stamps of a soft delete, to callers with a session. */
function deletion(r: Resource, { ctx }: Entry, row: RawRow): Values {
  const { id, ...stamps } = answersFor(r).record(row);
  return ctx.authenticated ? { id, ...stamps } : { id };
}
