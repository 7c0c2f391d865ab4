// Foreign keys come with the label of their target: one query per column, inside the target's own firewall and masks,
// and only for callers whose role could read the target.
import { answersFor } from './answer.ts';
import type { Grant } from './access.ts';
import type { AnyContext, Context } from './context.ts';
import type { RawRow } from './conditions.ts';
import { ApiError } from './errors.ts';
import type { Resource } from './resource.ts';
import type { Runtime } from './runtime.ts';
import { contextValue } from './context.ts';
import { bind, every, type Sql } from './sql.ts';

/** Adds `x_label` for each `xId` that is among the fields. */
export type Labels = (ctx: Context, rows: Record<string, unknown>[], fields: readonly string[]) => Promise<void>;

/** Prepares the labels of a table; undefined when it has none. */
export function labelsOf(r: Resource, rt: Runtime): Labels | undefined {
  const references = Object.entries(r.policy.references ?? {}).filter(([name]) => !r.scopes.has(name) && !r.audit.has(name))
    .map(([name, target]) => ({ name, target, as: labelName(name) }));
  if (!references.length) return undefined;
  return async (ctx, rows, fields) => {
    for (const { name, target: of, as } of references) {
      const target = of === undefined ? undefined : rt.registry.get(of);
      if (!target || !fields.includes(name)) continue;
      const found = await labelsFor(rt, target, ctx, rows.map((row) => row[name]));
      if (found) for (const row of rows) row[as] = row[name] === null ? null : found.get(row[name]) ?? null;
    }
  };
}

function labelName(column: string): string {
  return `${column.replace(/_?Id$|_id$/, '')}_label`;
}

async function labelsFor(rt: Runtime, target: Resource, ctx: Context, ids: readonly unknown[]): Promise<ReadonlyMap<unknown, unknown> | undefined> {
  const { label } = target.policy, key = target.key?.name;
  const column = label === undefined ? undefined : target.columns.get(label);
  const rows = column && readable(target, ctx, column.name);
  if (!column || !key || !rows) return undefined;
  const wanted = [...new Set(ids)].filter((id) => id !== null && id !== undefined);
  if (!wanted.length) return new Map();
  const answers = answersFor(target);
  const owners = target.masking.steps(ctx).flatMap((s) => (s.field === column.name && s.owner !== undefined ? [s.owner] : []));
  const names = [...new Set([key, column.name, ...owners])];
  const where = every([rows, { text: `${target.key?.sql} in (select value from json_each(?))`, params: [{ value: JSON.stringify(wanted) }] }]);
  const found = await rt.db.all(`select ${answers.select(names)} from ${target.from} where ${where.text}`, bind(where, ctx));
  answers.many(ctx, found, answers.decoders(names), []);
  return new Map(found.map((row) => [row[key], row[column.name]]));
}

/** The rows of the target of which get or list would show the column; undefined when neither would, or only code could say. */
function readable(target: Resource, ctx: AnyContext, column: string): Sql | undefined {
  const wall = target.firewall.wall(ctx);
  if (wall.needs.some((path) => contextValue(ctx, path) === undefined)) return undefined;
  for (const operation of ['get', 'list'] as const) {
    if (!answersFor(target).fields(ctx, operation).includes(column)) continue;
    const grant = admitted(target, operation, ctx);
    if (grant && !grant.code) return every([wall.where, grant.rows]);
  }
  return undefined;
}

function admitted(target: Resource, operation: string, ctx: AnyContext): Grant | undefined {
  try {
    return target.gates.get(operation)?.admit(ctx);
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}

/** Whole rows as answers: decoded, masked, projected, labelled. */
export type Present = (ctx: Context, rows: readonly RawRow[], fields: readonly string[]) => Promise<Record<string, unknown>[]>;

/** Prepares the answers of operations on single records. */
export function presenterOf(r: Resource, rt: Runtime): Present {
  const answers = answersFor(r), labels = labelsOf(r, rt);
  return async (ctx, rows, fields) => {
    const out = rows.map((row) => answers.one(ctx, row, fields));
    if (labels) await labels(ctx, out, fields);
    return out;
  };
}
