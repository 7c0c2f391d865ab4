// What the database holds together. A foreign key must point to a row that exists for the caller: the statement that writes it asks, so that nothing
// can go in between, and what is asked before or after that tells which keys are wrong. What else is refused is said in the words of the definition.
import { bind, every, plain, type Sql } from './conditions.ts';
import type { AnyContext } from './context.ts';
import { ApiError, messages } from './errors.ts';
import type { BatchOperation } from './policy.ts';
import { keyOf } from './read.ts';
import type { Resource } from './resource.ts';
import { notFound, type Runtime } from './routes.ts';

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
