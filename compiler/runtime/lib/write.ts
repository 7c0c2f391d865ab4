// Writing records: a body becomes values by guards, column types, defaults and stamps, and those statements that repeat the firewall and the record's
// conditions, so that nothing can change in between. A soft delete marks what hangs on a record first, deepest table first, and the record last.
import { missing } from './access.ts';
import { presenterOf, written } from './answer.ts';
import { guardsOf, readObject, type Body } from './body.ts';
import type { Column } from './columns.ts';
import { bind, every, plain, some, stored, TRUE, type RawRow, type Sql } from './conditions.ts';
import { contextValue, type AnyContext } from './context.ts';
import type { Statement } from './driver.ts';
import { ApiError, fail, fault, messages } from './errors.ts';
import type { BatchOperation } from './policy.ts';
import { allow, allowNew, find, keyOf, reach, still } from './read.ts';
import type { Resource } from './resource.ts';
import { enter, gateFor, notFound, type Entry, type Op, type Runtime } from './routes.ts';
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
    await allowNew(entry, { ...r.initial, ...values }, true);
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
          const row = await run(rt, r, ctx, made, operation);
          if (row) return { row, before };
          await reach(rt, r, entry, id); // it changed between reading and writing: what is true now is the answer
          return fail('ACCESS_CONDITION_FAILED');
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

/** Plans deletion; the last statement answers with the row's key as `id`, and the stamps of a soft delete. */
export const removing: Planner = (r, rt) => {
  const key = `${keyOf(r).sql} as "id"`;
  if (r.policy.delete !== 'hard' && !r.audit.has('deletedAt')) fault(`${r.name}: a soft delete needs the column deletedAt`);
  const returning = ` returning ${[key, r.answers.select(['deletedAt', 'deletedBy'].filter((n) => r.audit.has(n)))].filter(Boolean).join(', ')}`;
  return async (entry, { before = {}, now }) => {
    const which = still(r, entry, before), { ctx } = entry;
    if (r.policy.delete === 'hard') return { values: {}, statements: [{ text: `delete from ${r.from} where ${which.text} returning ${key}`, params: bind(which, ctx) }] };
    return { values: {}, statements: [...descend(r, rt, selected(r, which), ctx, now, [r.name]), mark(r, rt, rooted(r, which), ctx, now, returning)] };
  };
};

/** `DELETE /:id`. */
export const remove: Op<'delete'> = single('delete', removing, find);

/** The statements that soft-delete what hangs on the rows of a condition, but not those rows: they come before, while the condition still holds. */
export function below(r: Resource, rt: Runtime, which: Sql, ctx: AnyContext, now: Date): Statement[] {
  const hanging = descend(r, rt, selected(r, which), ctx, now, [r.name]);
  if (linksOf(r, r).length) hanging.push(mark(r, rt, every([treeOf(r, which), { text: `not (${which.text})`, params: which.params }]), ctx, now)); //: trees
  return hanging;
}

function mark(r: Resource, rt: Runtime, which: Sql, ctx: AnyContext, now: Date, returning = ''): Statement {
  return updateOf(r, rt, stamps(r, ctx, now, 'modified', 'deleted'), which, ctx, returning);
}

/** Marks what hangs on the parents, a query for their keys; what hangs on that comes before. */
function descend(parent: Resource, rt: Runtime, parents: Sql, ctx: AnyContext, now: Date, path: readonly string[]): Statement[] {
  return Object.keys(parent.policy.cascades ?? {}).flatMap((name): Statement[] => {
    const child = rt.registry.get(name) ?? fault(`${parent.name}: no ${name} to cascade to`);
    if (path.includes(name) || !child.audit.has('deletedAt')) return []; // a hard-delete child is left alone
    const linked = linksOf(parent, child).map((link) => ({ text: `${link} in (${parents.text})`, params: parents.params }));
    const hanging = every([some(linked), living(child, ctx)]);
    const deeper = child.key ? descend(child, rt, selected(child, hanging), ctx, now, [...path, name]) : [];
    return [...deeper, mark(child, rt, child.key ? rooted(child, hanging) : hanging, ctx, now)];
  });
}

/** Rows that are not deleted yet, of the caller's organisation where the table has one. */
function living(r: Resource, ctx: AnyContext): Sql {
  const scope = [...r.scopes].find(([, path]) => path === 'activeOrgId')?.[0] ?? '', column = r.columns.get(scope);
  return every([plain(`${r.columns.get('deletedAt')?.sql} is null`), column && ctx.activeOrgId !== undefined ? plain(`${column.sql} = ?`, ctx.activeOrgId) : TRUE]);
}

/** The SQL names of a child's foreign keys to a parent. A table that cascades to itself takes the whole tree below. */
function linksOf(parent: Resource, child: Resource): readonly string[] {
  return (parent.policy.cascades?.[child.name] ?? []).map((name) => (child.columns.get(name) ?? fault(`no ${child.name}.${name} to cascade to`)).sql);
}

/** A query for the keys of these rows. */
function selected(r: Resource, which: Sql): Sql {
  const { text, params } = rooted(r, which);
  return { text: `select ${keyOf(r).sql} from ${r.from} where ${text}`, params };
}
/** These rows and, in a table that refers to itself, all rows below them. */
function rooted(r: Resource, which: Sql): Sql {
  if (!linksOf(r, r).length) return which;
  return treeOf(r, which); //: trees
  fault(`${r.name}: no rows of their own table hang on others here`);
}
function treeOf(r: Resource, { text, params }: Sql): Sql {
  const key = keyOf(r).sql, on = linksOf(r, r).map((link) => `t.${link} = "tree"."id"`).join(' or ');
  const step = `select t.${key} from ${r.from} as t join "tree" on ${on} where t.${r.columns.get('deletedAt')?.sql} is null`;
  return { text: `${key} in (with recursive "tree"("id") as (select ${key} from ${r.from} where ${text} union ${step}) select "id" from "tree")`, params };
}

// A foreign key must point to a row that exists for the caller: the statement that writes it asks, so that nothing can go in between, and what is
// asked before or after that tells which keys are wrong. What else the database refuses is said in the words of the definition.
/** For each row the error of its foreign keys, or nothing: one query per column, inside the target's firewall. */
export async function missingReferences(r: Resource, rt: Runtime, ctx: AnyContext, list: readonly Readonly<Record<string, unknown>>[]): Promise<readonly (ApiError | undefined)[]> {
  const bad: string[][] = list.map(() => []);
  const given = (value: unknown): boolean => value !== undefined && value !== null;
  for (const name of Object.keys(r.policy.references ?? {})) {
    const target = targetOf(r, rt, name), ids = [...new Set(list.map((values) => values[name]).filter(given))];
    if (!target || !ids.length) continue;
    const known = await visible(rt, target, ctx, ids);
    for (const [i, { [name]: id }] of list.entries()) if (given(id) && !known.has(id)) bad[i]?.push(name);
  }
  return bad.map((fields) => (fields.length ? new ApiError('FK_NOT_FOUND', { fields }) : undefined));
}

/** The value of a column as a statement writes it: a foreign key that points to no row of the caller's is an error that names it. */
export function referring(r: Resource, rt: Runtime, ctx: AnyContext, name: string, value: unknown): Sql {
  const target = value === null || value === undefined ? undefined : targetOf(r, rt, name), wall = target?.firewall.wall(ctx);
  if (!target || !wall) return plain('?', value);
  if (wall.missing(ctx) !== undefined) return plain(MISSING, name);
  const where = every([wall.where, plain(`${keyOf(target).sql} = ?`, value)]);
  return { text: `case when exists (select 1 from ${target.from} where ${where.text}) then ? else ${MISSING} end`, params: [...where.params, () => value, () => name] };
}
const MISSING = `json_extract('{}', 'FK_NOT_FOUND ' || ?)`;

/** The table that a column of the caller's refers to; undefined for all other columns. */
function targetOf(r: Resource, rt: Runtime, name: string): Resource | undefined {
  const of = r.scopes.has(name) || r.audit.has(name) ? undefined : r.policy.references?.[name], target = rt.registry.get(of ?? '');
  if (of !== undefined && !target) throw new Error(`${r.name}.${name}: no table ${of}`);
  return target;
}

async function visible(rt: Runtime, target: Resource, ctx: AnyContext, ids: readonly unknown[]): Promise<ReadonlySet<unknown>> {
  const wall = target.firewall.wall(ctx), key = keyOf(target).sql;
  if (wall.missing(ctx) !== undefined) return new Set();
  const where = every([wall.where, plain(`${key} in (select value from json_each(?))`, JSON.stringify(ids))]);
  const rows = await rt.db.all(`select ${key} as "key" from ${target.from} where ${where.text}`, bind(where, ctx));
  return new Set(rows.map((row) => row['key']));
}

const REFUSALS = [
  [/UNIQUE constraint failed: ([^\n]+?)(?:: SQLITE|\n|$)/, 'UNIQUE_VIOLATION'],
  [/NOT NULL constraint failed: (\S+?)(?::|\s|$)/, 'NOT_NULL_VIOLATION'],
  [/CHECK constraint failed: (\S+?)(?::|\s|$)/, 'CHECK_VIOLATION'],
  [/(FOREIGN KEY) constraint failed/, 'FK_NOT_FOUND'],
] as const;

/** The API error for a constraint that failed; anything else comes back as it is. */
export function violation(r: Resource, error: unknown, operation?: BatchOperation): unknown {
  if (error instanceof ApiError) return error;
  const foreign = /FK_NOT_FOUND (\w+)/.exec(messages(error))?.[1];
  if (foreign !== undefined) return new ApiError('FK_NOT_FOUND', { fields: [foreign] });
  for (const [pattern, code] of REFUSALS) {
    const what = pattern.exec(messages(error))?.[1];
    if (what === undefined) continue;
    if (code === 'CHECK_VIOLATION') return new ApiError(code, { constraint: what });
    if (code === 'FK_NOT_FOUND') return operation === 'delete' ? new ApiError(code, undefined, STILL_REFERRED) : new ApiError(code);
    const fields = fieldsOf(r, what);
    // The id of a PUT is taken by a row that the caller can not see: the answer is that of any row out of reach.
    return operation === 'put' && fields.join() === r.key?.name ? notFound(r) : new ApiError(code, { fields });
  }
  return error;
}
const STILL_REFERRED = { status: 409, error: 'Other records still refer to this one', hint: 'Delete or change those first' };

/** `candidates.organization_id, candidates.email` by the definition's names. */
function fieldsOf(r: Resource, list: string): string[] {
  const byName = new Map([...r.columns.values()].map((c) => [c.dbName, c.name]));
  return list.split(',').flatMap((part) => byName.get((part.trim().split('.').at(-1) ?? '').replaceAll('"', '')) ?? []);
}
