// What an action answers: data masked by the tables it was read from, files, streams and Responses as they are.
import { base64 } from './columns.ts';
import type { AnyContext } from './context.ts';
import type { ApiError } from './errors.ts';
import type { Resource } from './resource.ts';
import type { Runtime } from './routes.ts';
import { originsOf, type Origin, type Origins } from './scoped-rows.ts';

type Values = Record<string, unknown>;

/** Whether an answer is a Response, a stream or a file, and no data. */
export function passes(result: unknown): boolean {
  if (result instanceof Response || result instanceof ReadableStream) return true;
  const { file, filename, contentType } = (result ?? {}) as Values;
  return file !== undefined && file !== null && typeof filename === 'string' && typeof contentType === 'string';
}

/** It, as it stands. `broke` logs why a stream of events ends early, and answers what is told of it. */
export function passed(result: unknown, broke: (error: unknown) => ApiError): Response {
  if (result instanceof Response) return result;
  if (result instanceof ReadableStream) return new Response(ending(result as ReadableStream<unknown>, broke), { headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' } });
  const { file, filename, contentType } = result as { readonly file: BodyInit; readonly filename: string; readonly contentType: string };
  const plain = filename.replace(/[^\w. -]/g, '_'), encoded = encodeURIComponent(filename).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return new Response(file, { headers: { 'content-type': contentType, 'content-disposition': `attachment; filename="${plain}"; filename*=UTF-8''${encoded}` } });
}

/** A stream that fails ends with an event of the name `error`: its head is sent, and not every runtime breaks the connection. */
function ending(stream: ReadableStream<unknown>, broke: (error: unknown) => ApiError): ReadableStream<unknown> {
  const reader = stream.getReader();
  let failed: { readonly error: unknown } | undefined;
  return new ReadableStream<unknown>({
    async pull(controller) {
      if (failed) return controller.error(failed.error); // only now: an error takes what waits in the queue along
      try {
        const { done, value } = await reader.read();
        return done ? controller.close() : controller.enqueue(value);
      } catch (error) {
        failed = { error };
        // The line break ends a line that was begun: its event becomes this one.
        controller.enqueue(new TextEncoder().encode(`\nevent: error\ndata: ${JSON.stringify(broke(error).body)}\n\n`));
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

/** A column that callers without a session do not get. */
const HIDDEN = Symbol('hidden');

/** Masks data for callers of one action. */
export function maskerOf(bound: Resource, rt: Runtime): (ctx: AnyContext, data: unknown) => unknown {
  const byTable = new Map([...rt.registry.values()].map((r) => [r.table, r]));
  const walk = (ctx: AnyContext, value: unknown): unknown => {
    if (typeof value === 'bigint') return String(value); // as lists answer it: JSON has no such numbers, and no bytes
    if (value instanceof Uint8Array) return base64(value);
    if (typeof value !== 'object' || value === null || value instanceof Date) return value;
    if ('toJSON' in value && typeof value.toJSON === 'function') return walk(ctx, (value.toJSON as () => unknown)());
    const origins = originsOf(value), known = (key: string): readonly Origin[] => origins?.get(key) ?? [];
    const masked = (key: string, given: unknown): unknown => (origins && known(key).length ? traced(ctx, value as Values, key, origins) : given);
    if (Array.isArray(value)) return value.map((item: unknown, i) => walk(ctx, masked(String(i), item)));
    // What has the name of a masked column of the action's table: what a handler put together from its rows.
    const out: Values = { ...(value as Values) };
    bound.masking.apply(ctx, [out]);
    for (const [key, given] of Object.entries(value)) {
      const shown = masked(key, given);
      if (shown === HIDDEN) delete out[key];
      else if (known(key).length || out[key] === given) out[key] = walk(ctx, shown);
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

function maskedBy(ctx: AnyContext, { masking, table, columns }: Resource, { column, direct }: Origin, value: unknown, row: Values, origins: Origins): unknown {
  // A number computed from a text is a count or a length, not the text.
  if (!direct && typeof value !== 'string' && columns.get(column)?.kind === 'text') return value;
  const whole: Values = {};
  for (const [key, sources] of origins) for (const source of sources) if (source.direct && source.table === table) whole[source.column] = row[key];
  whole[column] = value;
  masking.apply(ctx, [whole]);
  return whole[column];
}
