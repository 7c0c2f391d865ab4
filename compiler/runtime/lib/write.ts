// Writing records: a body becomes values by guards, column types, defaults and stamps, and those a statement that repeats the firewall and the
// record's conditions, so that nothing can change in between.
import { missing } from './access.ts';
import { presenterOf, written } from './answer.ts';
import { guardsOf, readObject, type Body } from './body.ts';
import type { Column } from './columns.ts';
import { bind, stored, type RawRow, type Sql } from './conditions.ts';
import { missingReferences, referring, violation } from './constraints.ts';
import { contextValue, type AnyContext } from './context.ts';
import type { Statement } from './driver.ts';
import { ApiError, fail } from './errors.ts';
import type { BatchOperation } from './policy.ts';
import { allow, allowNew, find, keyOf, reach, still } from './read.ts';
import type { Resource } from './resource.ts';
import { enter, gateFor, type Entry, type Op, type Runtime } from './routes.ts';
import { fromBody, Invalid, ruleOf } from './values.ts';

/** Stored values by property name: what an INSERT or UPDATE sets. */
export type Values = Readonly<Record<string, unknown>>;
/** What the write of one record sets, and the statements that do it: the last one answers with the row. */
export interface Plan { readonly values: Values; readonly statements: readonly Statement[] }
/** Prepares a kind of write. `before` is the record that `id` names, inside the firewall and its conditions. Plans throw what the API answers. */
export type Planner = (r: Resource, rt: Runtime) => (entry: Entry, given: { readonly body: Body; readonly before: RawRow | undefined; readonly id: unknown; readonly now: Date }) => Promise<Plan>;

/** `POST /`. */
export const creating: Planner = (r, rt) => {
  const guards = guardsOf(r);
  return async (entry, { body, now }) => {
    guards.create(body);
    const id = r.policy.id && rt.newId(r.policy.id), named = id === undefined ? {} : { [keyOf(r).name]: id };
    const values = { ...filled(r, complete(r, body), 'onCreate'), ...named, ...scopes(r, entry.ctx), ...stamps(r, entry.ctx, now, 'created', 'modified') };
    await allowNew(entry, { ...initial([...r.columns.values()]), ...values }, true);
    return { values, statements: [insertOf(r, rt, values, entry.ctx)] };
  };
};
export const create: Op<'create'> = single('create', creating, async () => undefined);

/** `PATCH /:id`. */
export const updating: Planner = (r, rt) => {
  const guards = guardsOf(r);
  return async (entry, { body, before = {}, now }) => {
    if (!Object.keys(body).length) fail('VALIDATION_FAILED', { fields: {} }, { error: 'Nothing to update' });
    guards.update(body);
    const values = { ...filled(r, parse(r, body), 'onUpdate'), ...stamps(r, entry.ctx, now, 'modified') };
    await allowNew(entry, { ...before, ...values }, false);
    return { values, statements: [updateOf(r, rt, values, still(r, entry, before), entry.ctx)] };
  };
};
export const update: Op<'update'> = single('update', updating, find);

/** An operation on one record. `locate` reads the one of the path; what it throws comes before the body is looked at. */
export function single<K extends BatchOperation>(operation: K, planner: Planner, locate: (rt: Runtime, r: Resource, entry: Entry, id: unknown) => Promise<RawRow | undefined>): Op<K> {
  return {
    operation,
    bind(r, rt) {
      const gate = gateFor(r, operation), plan = planner(r, rt), present = presenterOf(r, rt);
      return async (c) => {
        const entry = enter(c, r, gate), { ctx } = entry, id = c.req.param('id');
        const { row, before } = await rt.traced(c, r, ctx, operation, async () => {
          const before = await locate(rt, r, entry, id);
          if (before) await allow(r, entry, before);
          const made = await plan(entry, { body: operation === 'delete' ? {} : await readObject(c.req.raw), before, id, now: rt.now() });
          return { row: (await run(rt, r, ctx, made, operation)) ?? (await lost(rt, r, entry, id)), before };
        });
        if (operation === 'delete') return written({ data: { id: row['id'], deleted: true } });
        const [data] = await present(ctx, [row], r.answers.fields(ctx, 'write'));
        return written({ data }, before ? 200 : 201);
      };
    },
  };
}

/** Does what is planned for one record and answers with its row, if there still is one. Throws what the API answers. */
export async function run(rt: Runtime, r: Resource, ctx: AnyContext, { statements, values }: Plan, operation: BatchOperation): Promise<RawRow | undefined> {
  const [only, ...more] = statements;
  try {
    return (only && !more.length ? await rt.db.all(only.text, only.params) : (await rt.db.atomic(statements)).at(-1))?.[0];
  } catch (error) {
    const found = violation(r, error, operation), wrongKeys = operation !== 'delete' && found instanceof ApiError && found.code === 'FK_NOT_FOUND';
    throw (wrongKeys && (await missingReferences(r, rt, ctx, [values]))[0]) || found; // all of them, where they are still missing
  }
}

/** The row changed between reading and writing: answer what is true now. */
async function lost(rt: Runtime, r: Resource, entry: Entry, id: unknown): Promise<never> {
  await reach(rt, r, entry, id);
  return fail('ACCESS_CONDITION_FAILED');
}

/** Both fail when a foreign key points to no row of the caller's. */
export function insertOf(r: Resource, rt: Runtime, values: Values, ctx: AnyContext): Statement {
  const set = assigned(r, rt, values, ctx);
  const into = set.length ? `(${set.map((s) => s.name).join(', ')}) values (${set.map((s) => s.to.text).join(', ')})` : 'default values';
  return { text: `insert into ${r.from} ${into} returning ${r.answers.everything}`, params: set.flatMap((s) => bind(s.to, ctx)) };
}
export function updateOf(r: Resource, rt: Runtime, values: Values, where: Sql, ctx: AnyContext, returning = ` returning ${r.answers.everything}`): Statement {
  const set = assigned(r, rt, values, ctx), to = set.map((s) => `${s.name} = ${s.to.text}`).join(', ');
  return { text: `update ${r.from} set ${to} where ${where.text}${returning}`, params: [...set.flatMap((s) => bind(s.to, ctx)), ...bind(where, ctx)] };
}
function assigned(r: Resource, rt: Runtime, values: Values, ctx: AnyContext): readonly { readonly name: string; readonly to: Sql }[] {
  return Object.entries(values).map(([name, value]) => ({ name: r.columns.get(name)?.sql ?? fail('INTERNAL_ERROR'), to: referring(r, rt, ctx, name, value) }));
}

/** A body as stored values. Every field is checked, and all that fail are reported. */
export function parse(r: Resource, body: Body, absent: readonly Column[] = []): Values {
  const out: Record<string, unknown> = {}, failed: Record<string, string> = Object.fromEntries(absent.map((c) => [c.name, 'is required']));
  for (const [name, value] of Object.entries(body)) {
    const column = r.columns.get(name), read = column ? fromBody(column, ruleOf(column, r.policy.values?.[name], r.audit), value) : new Invalid('unknown field');
    if (read instanceof Invalid) failed[name] = read.reason;
    else out[name] = read;
  }
  if (Object.keys(failed).length) fail('VALIDATION_FAILED', { fields: failed });
  return out;
}

/** A body as a whole row, with the policy's defaults. */
export function complete(r: Resource, body: Body): Values {
  const { write, id, values } = r.policy, whole = typeof write === 'object' ? { ...write.defaults, ...body } : body;
  const required = (c: Column): boolean => {
    if (c.generated || r.audit.has(c.name) || r.scopes.has(c.name)) return false;
    return c.primary ? id?.generate === false : values?.[c.name]?.required === true || !(c.nullable || c.hasDefault);
  };
  return parse(r, whole, [...r.columns.values()].filter((c) => !Object.hasOwn(whole, c.name) && required(c)));
}

/** What columns hold that nobody names. */
export const initial = (columns: readonly Column[]): Values => Object.fromEntries(columns.map((c) => [c.name, c.initial]));

/** Adds what the table's own code fills in. */
export function filled(r: Resource, values: Values, when: 'onCreate' | 'onUpdate'): Values {
  const left = [...r.columns.values()].filter((c) => c[when] && !(c.name in values));
  return { ...values, ...Object.fromEntries(left.map((c) => [c.name, c.encode(c[when]?.())])) };
}

/** Scope columns come from the session alone. */
export function scopes(r: Resource, ctx: AnyContext): Values {
  return Object.fromEntries([...r.scopes].map(([name, path]) => {
    const column = r.columns.get(name);
    return [name, (column && stored(column, contextValue(ctx, path))) ?? missing(ctx, path)];
  }));
}

/** Who and when, from the session and the clock alone. */
export function stamps(r: Resource, ctx: AnyContext, now: Date, ...what: readonly ('created' | 'modified' | 'deleted')[]): Values {
  const columns = what.flatMap((done) => [`${done}At`, `${done}By`]).flatMap((name) => (r.audit.has(name) ? r.columns.get(name) ?? [] : []));
  return Object.fromEntries(columns.map((c) => {
    if (c.name.endsWith('By')) return [c.name, stored(c, ctx.authenticated ? ctx.userId : undefined) ?? null];
    return [c.name, c.kind === 'text' ? now.toISOString() : c.kind === 'date' ? c.encode(now) : now.getTime()];
  }));
}
