// A foreign key must point to a row that exists for the caller, inside the target's firewall. The statement that writes it asks, so that nothing
// can go in between; what is asked before or after that tells which keys are wrong.
import { contextValue, type AnyContext } from './context.ts';
import { ApiError } from './errors.ts';
import { keyIn, keyIs } from './record.ts';
import type { Resource } from './resource.ts';
import type { Runtime } from './runtime.ts';
import { bind, every, type Sql } from './sql.ts';

/** For each row the error of its foreign keys, or nothing. */
export async function missingReferences(
  r: Resource, rt: Runtime, ctx: AnyContext, list: readonly Readonly<Record<string, unknown>>[],
): Promise<readonly (ApiError | undefined)[]> {
  const bad: string[][] = list.map(() => []);
  for (const name of Object.keys(r.policy.references ?? {})) {
    const target = targetOf(r, rt, name);
    if (!target) continue;
    const ids = [...new Set(list.map((values) => values[name]).filter((v) => v !== undefined && v !== null))];
    if (!ids.length) continue;
    const known = await visible(rt, target, ctx, ids);
    for (const [i, values] of list.entries()) {
      const id = values[name];
      if (id !== undefined && id !== null && !known.has(id)) bad[i]?.push(name);
    }
  }
  return bad.map((fields) => (fields.length ? new ApiError('FK_NOT_FOUND', { fields }) : undefined));
}

const MISSING = `json_extract('{}', 'FK_NOT_FOUND ' || ?)`;

/** The value of a column as a statement writes it: a foreign key that points to no row of the caller's is an error that names it. */
export function referring(r: Resource, rt: Runtime, ctx: AnyContext, name: string, value: unknown): Sql {
  const plain: Sql = { text: '?', params: [{ value }] }, target = targetOf(r, rt, name);
  if (!target || value === null || value === undefined) return plain;
  const wall = target.firewall.wall(ctx);
  if (wall.needs.some((path) => contextValue(ctx, path) === undefined)) return { text: MISSING, params: [{ value: name }] };
  const where = every([wall.where, keyIs(target, value)]);
  return { text: `case when exists (select 1 from ${target.from} where ${where.text}) then ? else ${MISSING} end`, params: [...where.params, { value }, { value: name }] };
}

/** The table that a column of the caller's refers to; undefined for all other columns. */
function targetOf(r: Resource, rt: Runtime, name: string): Resource | undefined {
  const named = r.policy.references?.[name];
  if (named === undefined || r.scopes.has(name) || r.audit.has(name)) return undefined;
  const target = rt.registry.get(named);
  if (!target) throw new Error(`${r.name}.${name}: no table ${named}`);
  return target;
}

async function visible(rt: Runtime, target: Resource, ctx: AnyContext, ids: readonly unknown[]): Promise<ReadonlySet<unknown>> {
  const wall = target.firewall.wall(ctx);
  if (wall.needs.some((path) => contextValue(ctx, path) === undefined)) return new Set();
  const where = every([wall.where, keyIn(target, ids)]);
  const rows = await rt.db.all(`select ${target.key?.sql} as "key" from ${target.from} where ${where.text}`, bind(where, ctx));
  return new Set(rows.map((row) => row['key']));
}
