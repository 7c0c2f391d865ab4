// A foreign key must point to a row that exists for the caller: one query per column, inside the target's firewall.
import { contextValue, type AnyContext } from './context.ts';
import { ApiError } from './errors.ts';
import { keyIn } from './record.ts';
import type { Resource } from './resource.ts';
import type { Runtime } from './runtime.ts';
import { bind, every } from './sql.ts';

/** For each row the error of its foreign keys, or nothing. */
export async function missingReferences(
  r: Resource, rt: Runtime, ctx: AnyContext, list: readonly Readonly<Record<string, unknown>>[],
): Promise<readonly (ApiError | undefined)[]> {
  const bad: string[][] = list.map(() => []);
  for (const [name, targetName] of Object.entries(r.policy.references ?? {})) {
    if (targetName === undefined || r.scopes.has(name) || r.audit.has(name)) continue;
    const target = rt.registry.get(targetName);
    if (!target) throw new Error(`${r.name}.${name}: no table ${targetName}`);
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

async function visible(rt: Runtime, target: Resource, ctx: AnyContext, ids: readonly unknown[]): Promise<ReadonlySet<unknown>> {
  const wall = target.firewall.wall(ctx);
  if (wall.needs.some((path) => contextValue(ctx, path) === undefined)) return new Set();
  const where = every([wall.where, keyIn(target, ids)]);
  const rows = await rt.db.all(`select ${target.key?.sql} as "key" from ${target.from} where ${where.text}`, bind(where, ctx));
  return new Set(rows.map((row) => row['key']));
}
