// Which fields a body may set. All offending fields are reported at once, under the gravest reason among them.
import type { Body } from './body.ts';
import { fail, type ErrorCode } from './errors.ts';
import type { Resource } from './resource.ts';

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
