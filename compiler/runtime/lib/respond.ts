// Answers that succeed: whole rows as records, the labels of their foreign keys, and responses with a weak ETag of what the caller sees.
import { createHash } from 'node:crypto';
import { bind, every, plain, type RawRow, type Sql } from './conditions.ts';
import type { Context } from './context.ts';
import type { Resource } from './resource.ts';
import type { Call } from './routes.ts';
import type { Runtime } from './runtime.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

/** A readable answer, or 304 when the caller has it already. */
export function respond(c: Call, value: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  const body = JSON.stringify(value), etag = `W/"${createHash('sha1').update(body).digest('base64url')}"`;
  const known = c.req.header('if-none-match')?.split(',').some((tag) => tag.trim() === etag || tag.trim() === '*');
  return known ? new Response(null, { status: 304, headers: { etag, ...headers } }) : new Response(body, { headers: { ...JSON_TYPE, etag, ...headers } });
}

export function written(value: unknown, status = 200): Response {
  return new Response(JSON.stringify(value), { status, headers: JSON_TYPE });
}

/** Prepares the answers of whole rows: decoded, masked, projected, labelled. */
export function presenterOf(r: Resource, rt: Runtime) {
  const labels = labelsOf(r, rt);
  return async (ctx: Context, rows: readonly RawRow[], fields: readonly string[]): Promise<Record<string, unknown>[]> => {
    const out = rows.map((row) => r.answers.one(ctx, row, fields));
    await labels?.(ctx, out, fields);
    return out;
  };
}

/** Prepares what adds `x_label` for each `xId` among the fields; undefined for a table without foreign keys. One query per column. */
export function labelsOf(r: Resource, rt: Runtime) {
  const references = Object.entries(r.policy.references ?? {}).filter(([name]) => !r.scopes.has(name) && !r.audit.has(name));
  if (!references.length) return undefined;
  return async (ctx: Context, rows: Record<string, unknown>[], fields: readonly string[]): Promise<void> => {
    for (const [name, of = ''] of references) {
      const target = rt.registry.get(of), as = `${name.replace(/_?Id$|_id$/, '')}_label`;
      const found = target && fields.includes(name) ? await labelsFor(rt, target, ctx, rows.map((row) => row[name])) : undefined;
      if (found) for (const row of rows) row[as] = row[name] === null ? null : found.get(row[name]) ?? null;
    }
  };
}

async function labelsFor(rt: Runtime, target: Resource, ctx: Context, ids: readonly unknown[]): Promise<ReadonlyMap<unknown, unknown> | undefined> {
  const { answers, key, policy: { label } } = target;
  const rows = label === undefined ? undefined : readable(target, ctx, label);
  if (!rows || !key || label === undefined) return undefined;
  const wanted = [...new Set(ids)].filter((id) => id !== null && id !== undefined);
  if (!wanted.length) return new Map();
  const owners = target.masking.steps(ctx).flatMap((s) => (s.field === label && s.owner !== undefined ? [s.owner] : []));
  const names = [...new Set([key.name, label, ...owners])], where = every([rows, plain(`${key.sql} in (select value from json_each(?))`, JSON.stringify(wanted))]);
  const found = await rt.db.all(`select ${answers.select(names)} from ${target.from} where ${where.text}`, bind(where, ctx));
  answers.many(ctx, found, answers.decoders(names));
  return new Map(found.map((row) => [row[key.name], row[label]]));
}

/** The rows of the target of which get or list would show the column; undefined when neither would, or only code could say. */
function readable(target: Resource, ctx: Context, column: string): Sql | undefined {
  const wall = target.firewall.wall(ctx);
  if (wall.missing(ctx) !== undefined) return undefined;
  for (const operation of ['get', 'list'] as const) {
    const grant = target.answers.fields(ctx, operation).includes(column) && target.gates.get(operation)?.may(ctx);
    if (grant && grant.rows) return every([wall.where, grant.rows]);
  }
  return undefined;
}
