// Request bodies: JSON objects of a bounded size.
import { fail } from './errors.ts';

export const BODY_LIMIT = 1024 * 1024;
export type Body = Readonly<Record<string, unknown>>;

/** Reads a JSON object. Throws PAYLOAD_TOO_LARGE as soon as the limit is passed, and INVALID_JSON. */
export async function readObject(request: Request, limit = BODY_LIMIT): Promise<Body> {
  const value = parse(await readText(request, limit));
  if (!isObject(value)) fail('INVALID_JSON', undefined, { error: 'The body must be a JSON object' });
  return value;
}

export function isObject(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return fail('INVALID_JSON');
  }
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
