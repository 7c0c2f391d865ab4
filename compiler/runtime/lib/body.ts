// Request bodies: JSON of a bounded size and depth, and which fields one may set.
import { fail, type ErrorCode } from './errors.ts';
import type { Resource } from './resource.ts';

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

type Reason = Extract<ErrorCode, `GUARD_${string}`>;
const ORDER: readonly Reason[] = ['GUARD_SYSTEM_MANAGED', 'GUARD_FIELD_IMMUTABLE', 'GUARD_FIELD_PROTECTED', 'GUARD_FIELD_NOT_CREATEABLE', 'GUARD_FIELD_NOT_UPDATABLE'];

/** Prepares the guards of a resource; they throw when a body sets what it may not. Without `write` no field is open. */
export function guardsOf({ policy: { write = {}, id }, columns, key, audit, scopes }: Resource) {
  const lists = write === 'open' ? {} : write, immutable = lists.immutable ?? [];
  const closed = new Map(Object.entries(lists.protected ?? {}).map(([field, by]) => [field, by ?? 'any'] as const));
  const open = (names: readonly string[] = []): ReadonlySet<string> => new Set(write === 'open' ? columns.keys() : names);
  const creatable = open([...(lists.create ?? []), ...immutable]), updatable = open(lists.update);
  const own = id?.generate === false ? key?.name : undefined; // the client names the id
  const system = (field: string): boolean => {
    const column = columns.get(field);
    return audit.has(field) || scopes.has(field) || column?.generated === true || (column?.primary === true && field !== own);
  };
  const reasonOf = (field: string, creating: boolean): Reason | undefined => {
    if (system(field)) return 'GUARD_SYSTEM_MANAGED';
    if (field === own || (!creating && immutable.includes(field))) return creating ? undefined : 'GUARD_FIELD_IMMUTABLE';
    if (closed.has(field)) return 'GUARD_FIELD_PROTECTED';
    if (creating) return creatable.has(field) ? undefined : 'GUARD_FIELD_NOT_CREATEABLE';
    return updatable.has(field) ? undefined : 'GUARD_FIELD_NOT_UPDATABLE';
  };
  const check = (creating: boolean) => (body: Body): void => {
    const found = ORDER.map((reason) => [reason, Object.keys(body).filter((field) => reasonOf(field, creating) === reason)] as const).filter(([, fields]) => fields.length);
    if (!found[0]) return;
    const [reason, fields] = found[0], actions = reason === 'GUARD_FIELD_PROTECTED' ? { actions: Object.fromEntries(fields.map((f) => [f, closed.get(f)])) } : {};
    fail(reason, { fields, ...actions, ...(found.length > 1 ? { violations: Object.fromEntries(found) } : {}) });
  };
  return { create: check(true), update: check(false) };
}
