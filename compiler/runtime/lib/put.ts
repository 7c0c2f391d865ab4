// PUT: the client names the id; the record is created, or replaced whole.
import { guardsOf } from './body.ts';
import { fail } from './errors.ts';
import { batch } from './batch.ts';
import { allowNew, keyOf, keyValue, load, still } from './read.ts';
import type { Op } from './routes.ts';
import { complete, creating, filled, single, stamps, updateOf, type Planner } from './write.ts';

/** Plans a PUT. What the body omits goes to its default or null. */
export const putting: Planner = (r, rt) => {
  const guards = guardsOf(r), create = creating(r, rt), { name } = keyOf(r);
  if (r.policy.id?.generate !== false) throw new Error(`${r.name}: put needs ids that the client names`);
  return async (entry, given) => {
    const { body, before, id, now } = given, key = keyValue(r, id);
    if (name in body && keyValue(r, body[name]) !== key) fail('GUARD_FIELD_IMMUTABLE', { fields: [name] });
    const whole = { ...body, [name]: key };
    if (!before) return create(entry, { ...given, body: whole });
    guards.create(whole);
    const { [name]: _, ...made } = filled(r, filled(r, complete(r, whole), 'onUpdate'), 'onCreate');
    const rest = [...r.columns.values()].filter((c) => !c.primary && !c.generated && !r.audit.has(c.name) && !r.scopes.has(c.name));
    const values = { ...Object.fromEntries(rest.map((c) => [c.name, c.initial])), ...made, ...stamps(r, entry.ctx, now, 'modified') };
    await allowNew(entry, { ...before, ...values }, false);
    return { values, statements: [updateOf(r, rt, values, still(r, entry, before), entry.ctx)] };
  };
};

/** `PUT /:id`. */
export const put: Op<'put'> = single('put', putting, async (rt, r, entry, id) => {
  const key = keyValue(r, id);
  return key === undefined ? fail('VALIDATION_FAILED', { fields: { [keyOf(r).name]: 'is not a valid id' } }) : (await load(rt, r, entry, [key]))[0];
});

/** `PUT /batch`: creates what is not there, replaces what is. */
export const batchPut: Op<'batch:put'> = batch('put', putting);
