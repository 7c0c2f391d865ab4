// What an action answers: data masked by the tables it was read from, files, streams and Responses as they are.
import type { AnyContext } from './context.ts';
import type { Resource } from './resource.ts';
import type { Runtime } from './runtime.ts';
import { written } from './respond.ts';
import { originsOf, type Origin, type Origins } from './scoped-rows.ts';

type Values = Record<string, unknown>;

/** A file to download. */
interface File {
  readonly file: BodyInit;
  readonly filename: string;
  readonly contentType: string;
}

/** The answer as it stands, or undefined for data. */
export function passed(result: unknown): Response | undefined {
  if (result instanceof Response) return result;
  if (result instanceof ReadableStream) return new Response(result, { headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' } });
  return isFile(result) ? download(result) : undefined;
}

function isFile(value: unknown): value is File {
  if (typeof value !== 'object' || value === null) return false;
  const { file, filename, contentType } = value as Partial<File>;
  return file !== undefined && file !== null && typeof filename === 'string' && typeof contentType === 'string';
}

function download({ file, filename, contentType }: File): Response {
  const plain = filename.replace(/[^\w. -]/g, '_'), encoded = encodeURIComponent(filename).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return new Response(file, { headers: { 'content-type': contentType, 'content-disposition': `attachment; filename="${plain}"; filename*=UTF-8''${encoded}` } });
}

/** Masks data for callers of one action. */
export function maskerOf(bound: Resource, rt: Runtime): (ctx: AnyContext, data: unknown) => unknown {
  const byTable = new Map([...rt.registry.values()].map((r) => [r.table, r]));
  const walk = (ctx: AnyContext, value: unknown): unknown => {
    if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Uint8Array) return value;
    if ('toJSON' in value && typeof value.toJSON === 'function') return walk(ctx, (value.toJSON as () => unknown)());
    const origins = originsOf(value);
    if (Array.isArray(value)) return value.map((item: unknown, i) => walk(ctx, origins?.get(String(i))?.length ? traced(ctx, value as unknown as Values, String(i), origins) : item));
    const out: Values = named(ctx, bound, value as Values);
    for (const [key, given] of Object.entries(value)) {
      if (origins?.get(key)?.length) {
        const masked = traced(ctx, value as Values, key, origins);
        if (masked === HIDDEN) delete out[key];
        else out[key] = walk(ctx, masked);
      } else if (out[key] === given) out[key] = walk(ctx, given);
    }
    return out;
  };
  const traced = (ctx: AnyContext, row: Values, key: string, origins: Origins): unknown => {
    let value = row[key];
    for (const origin of origins.get(key) ?? []) {
      const table = byTable.get(origin.table);
      if (!table) continue;
      if (!ctx.authenticated && origin.direct && (table.audit.has(origin.column) || table.scopes.has(origin.column))) return HIDDEN;
      value = maskedBy(ctx, table, origin, value, row, origins);
    }
    return value;
  };
  return walk;
}

/** A column that callers without a session do not get. */
const HIDDEN = Symbol('hidden');

/** Masks the properties that have the name of a masked column of the action's table: what a handler put together from its rows. */
function named(ctx: AnyContext, bound: Resource, row: Values): Values {
  const out = { ...row };
  bound.masking.apply(ctx, [out]);
  return out;
}

function maskedBy(ctx: AnyContext, table: Resource, { column, direct }: Origin, value: unknown, row: Values, origins: Origins): unknown {
  const { masking } = table;
  if (!masking.steps(ctx).some((s) => s.field === column)) return value;
  // A number computed from a text is a count or a length, not the text.
  if (!direct && typeof value !== 'string' && table.columns.get(column)?.kind === 'text') return value;
  const whole: Values = {};
  for (const [key, sources] of origins) for (const source of sources) if (source.direct && source.table === table.table) whole[source.column] = row[key];
  whole[column] = value;
  masking.apply(ctx, [whole]);
  return whole[column];
}

/** Data as the API answers it. */
export function answered(data: unknown): Response {
  return written({ success: true, data: data === undefined ? null : data }, 200);
}
