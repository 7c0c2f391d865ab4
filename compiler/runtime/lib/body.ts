// Request bodies: JSON objects of a bounded size.
import { fail } from './errors.ts';

export const BODY_LIMIT = 1024 * 1024;
export type Body = Readonly<Record<string, unknown>>;

/** Reads a JSON object. Throws PAYLOAD_TOO_LARGE as soon as the limit is passed, and INVALID_JSON. */
export async function readObject(request: Request, limit = BODY_LIMIT): Promise<Body> {
  const value = parseJson(await readText(request, limit));
  if (!isObject(value)) fail('INVALID_JSON', undefined, { error: 'The body must be a JSON object' });
  return value;
}

export function isObject(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Deeper JSON can be read but not written again: stored, it would end every list that shows it. */
const DEPTH = 200;

/** Reads JSON of a bounded depth. Throws INVALID_JSON. */
export function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return fail('INVALID_JSON');
  }
  if (text.length > 2 * DEPTH && !shallow(value)) fail('INVALID_JSON', undefined, { error: 'The body is nested too deeply' });
  return value;
}

function shallow(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length; depth++) {
    if (depth > DEPTH) return false;
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item).filter((inner) => typeof inner === 'object' && inner !== null) : []));
  }
  return true;
}

/** The body as text. A length that is announced is checked first, one that is not while it arrives. */
export async function readText(request: Request, limit = BODY_LIMIT): Promise<string> {
  if (Number(request.headers.get('content-length') ?? 0) > limit) fail('PAYLOAD_TOO_LARGE', { limit });
  if (!request.body) return '';
  const reader = request.body.getReader() as ReadableStreamDefaultReader<Uint8Array>;
  const decoder = new TextDecoder();
  let size = 0, text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.byteLength;
    if (size > limit) {
      await reader.cancel();
      fail('PAYLOAD_TOO_LARGE', { limit });
    }
    text += decoder.decode(value, { stream: true });
  }
}
