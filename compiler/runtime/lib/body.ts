// Request bodies: JSON of a bounded size and depth.
import { fail } from './errors.ts';

/** Bodies larger than this answer 413. */
export const BODY_LIMIT = 1_048_576;
export type Body = Readonly<Record<string, unknown>>;

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
  let level = text.length > 2 * DEPTH ? [value] : [];
  const inner = (item: unknown): unknown[] => (typeof item === 'object' && item !== null ? Object.values(item).filter((v) => typeof v === 'object' && v !== null) : []);
  for (let depth = 0; level.length; depth++) {
    if (depth > DEPTH) fail('INVALID_JSON', undefined, { error: 'The body is nested too deeply' });
    level = level.flatMap(inner);
  }
  return value;
}

/** The body as text. The app counts a body before it is read; this is for routes that are mounted elsewhere. */
export async function readText(request: Request): Promise<string> {
  const text = Number(request.headers.get('content-length')) > BODY_LIMIT ? undefined : await request.text();
  return text === undefined || text.length > BODY_LIMIT ? fail('PAYLOAD_TOO_LARGE', { limit: BODY_LIMIT }) : text;
}

/** Reads a JSON object. */
export async function readObject(request: Request): Promise<Body> {
  const value = parseJson(await readText(request));
  return isObject(value) ? value : fail('INVALID_JSON', undefined, { error: 'The body must be a JSON object' });
}

export function isObject(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
