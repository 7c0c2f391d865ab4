// Successful answers: one JSON.stringify, one Response, and a weak ETag of what the caller sees.
import type { Call } from './routes.ts';
import type { Runtime } from './runtime.ts';

/** A readable answer, or 304 when the caller has it already. */
export function respond(c: Call, rt: Pick<Runtime, 'etag'>, value: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  const body = JSON.stringify(value);
  if (!rt.etag) return new Response(body, { headers: { 'content-type': 'application/json', ...headers } });
  const etag = `W/"${fingerprint(body)}"`;
  const known = c.req.header('if-none-match');
  if (known !== undefined && known.split(',').some((tag) => tag.trim() === etag || tag.trim() === '*')) {
    return new Response(null, { status: 304, headers: { etag, ...headers } });
  }
  return new Response(body, { headers: { 'content-type': 'application/json', etag, ...headers } });
}

/** The answer to a write. */
export function written(value: unknown, status: number): Response {
  return new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json' } });
}

/** 64 bits over the text: two multiplying hashes with different seeds, and its length. */
function fingerprint(text: string): string {
  let a = 0xdeadbeef, b = 0x41c6ce57;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 2654435761);
    b = Math.imul(b ^ unit, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return `${(a >>> 0).toString(36)}${(b >>> 0).toString(36)}-${text.length.toString(36)}`;
}
