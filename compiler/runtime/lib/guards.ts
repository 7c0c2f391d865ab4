// Which fields a body may set. All offending fields are reported at once, under the gravest reason among them.
import { fail, type ErrorCode } from './errors.ts';
import type { Resource } from './resource.ts';

type Body = Readonly<Record<string, unknown>>;
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
  const onCreate = (field: string): Reason | undefined => {
    if (system(field)) return 'GUARD_SYSTEM_MANAGED';
    if (field === own) return undefined;
    return closed.has(field) ? 'GUARD_FIELD_PROTECTED' : creatable.has(field) ? undefined : 'GUARD_FIELD_NOT_CREATEABLE';
  };
  const onUpdate = (field: string): Reason | undefined => {
    if (system(field)) return 'GUARD_SYSTEM_MANAGED';
    if (field === own || immutable.includes(field)) return 'GUARD_FIELD_IMMUTABLE';
    return closed.has(field) ? 'GUARD_FIELD_PROTECTED' : updatable.has(field) ? undefined : 'GUARD_FIELD_NOT_UPDATABLE';
  };
  const check = (rule: (field: string) => Reason | undefined) => (body: Body): void => {
    const found = ORDER.map((reason) => [reason, Object.keys(body).filter((field) => rule(field) === reason)] as const).filter(([, fields]) => fields.length);
    const [worst] = found;
    if (!worst) return;
    const [reason, fields] = worst, actions = reason === 'GUARD_FIELD_PROTECTED' ? { actions: Object.fromEntries(fields.map((f) => [f, closed.get(f)])) } : {};
    fail(reason, { fields, ...actions, ...(found.length > 1 ? { violations: Object.fromEntries(found) } : {}) });
  };
  return { create: check(onCreate), update: check(onUpdate) };
}
