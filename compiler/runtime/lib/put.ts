// PUT /:id: the client names the id; the record is created, or replaced whole.
import { answersFor } from './answer.ts';
import { isObject, readObject } from './body.ts';
import { enter, gateFor, notFound, type Entry } from './entry.ts';
import { fail } from './errors.ts';
import { allow, allowNew, keyIs, keyValue, load, lost, still } from './record.ts';
import type { Resource } from './resource.ts';
import { presenterOf } from './labels.ts';
import { written } from './respond.ts';
import type { Op } from './routes.ts';
import type { Runtime } from './runtime.ts';
import { ApiError } from './errors.ts';
import type { RawRow } from './conditions.ts';
import type { Statement } from './driver.ts';
import { traced } from './trail.ts';
import { writerOf, type Writer } from './write.ts';

export const put: Op<'put'> = {
  operation: 'put',
  bind(r, rt) {
    const gate = gateFor(r, 'put'), answers = answersFor(r), writer = writerOf(r, rt), present = presenterOf(r, rt);
    if (r.policy.id?.generate !== false) throw new Error(`${r.name}: put needs ids that the client names`);
    return async (c) => {
      const entry = enter(c, r, gate), { ctx } = entry, id = c.req.param('id');
      const { row, created } = await traced(c, r, rt, ctx, 'put', async () => {
        const prior = await existing(rt, r, entry, id);
        const plan = await replace(r, entry, writer, prior, id, await readObject(c.req.raw), rt.now());
        try {
          return { row: (await rt.db.all(plan.statement.text, plan.statement.params))[0] ?? (await lost(rt, r, entry, id)), created: !prior };
        } catch (error) {
          throw hiddenRow(r, await writer.refusal(error, plan.values, ctx));
        }
      });
      const [data] = await present(ctx, [row], answers.fields(ctx, 'write'));
      return written({ data }, created ? 201 : 200);
    };
  },
};

async function existing(rt: Runtime, r: Resource, entry: Entry, id: unknown): Promise<RawRow | undefined> {
  const key = keyValue(r, id);
  if (key === undefined) fail('VALIDATION_FAILED', { fields: { [r.key?.name ?? 'id']: 'is not a valid id' } });
  return (await load(rt, r, entry, keyIs(r, key)))[0];
}

/** What replaces or creates one record. */
export async function replace(
  r: Resource, entry: Entry, writer: Writer, prior: RawRow | undefined, id: unknown, body: unknown, now: Date,
): Promise<{ readonly values: Readonly<Record<string, unknown>>; readonly statement: Statement }> {
  const key = r.key?.name ?? '';
  if (!isObject(body)) fail('VALIDATION_FAILED', { fields: {} }, { error: 'A record must be an object' });
  if (key in body && keyValue(r, body[key]) !== keyValue(r, id)) fail('GUARD_FIELD_IMMUTABLE', { fields: [key] });
  const whole = { ...body, [key]: keyValue(r, id) };
  if (!prior) {
    const values = writer.insertion(entry.ctx, whole, now);
    await allowNew(entry, writer.row(values), true);
    return { values, statement: writer.insert(values, entry.ctx) };
  }
  await allow(r, entry, prior);
  const { [key]: _, ...values } = writer.replacement(entry.ctx, whole, now);
  await allowNew(entry, { ...prior, ...values }, false);
  return { values, statement: writer.update(values, still(r, entry, prior[key]), entry.ctx) };
}

/** The id is taken by a row the caller can not see: the answer is that of any row out of reach. */
export function hiddenRow(r: Resource, error: unknown): unknown {
  if (!(error instanceof ApiError) || error.code !== 'UNIQUE_VIOLATION') return error;
  const { fields } = error.body.details ?? {};
  if (!Array.isArray(fields) || fields.length !== 1 || fields[0] !== r.key?.name) return error;
  try {
    return notFound(r);
  } catch (gone) {
    return gone;
  }
}
