// Which fields a body may set. All offending fields are reported at once, under the gravest reason among them.
import type { Columns } from './columns.ts';
import { fail, type Details, type ErrorCode } from './errors.ts';
import type { Resource } from './resource.ts';

export interface Guards {
  /** Throws a GUARD_ error when the body sets what it may not. */
  create(body: Readonly<Record<string, unknown>>): void;
  update(body: Readonly<Record<string, unknown>>): void;
}
type Reason = Extract<ErrorCode, `GUARD_${string}`>;
const ORDER: readonly Reason[] = [
  'GUARD_SYSTEM_MANAGED', 'GUARD_FIELD_IMMUTABLE', 'GUARD_FIELD_PROTECTED', 'GUARD_FIELD_NOT_CREATEABLE', 'GUARD_FIELD_NOT_UPDATABLE',
];

/** Prepares the guards of a resource. Without `write` no field is open. */
export function guardsOf(r: Resource): Guards {
  const { write = {}, id } = r.policy;
  const open = write === 'open' ? new Set(columnNames(r.columns)) : undefined;
  const lists = write === 'open' ? {} : write;
  const closed = new Map<string, readonly string[] | 'any'>(Object.entries(lists.protected ?? {}).map(([field, by]) => [field, by ?? 'any']));
  const immutable = new Set<string>(lists.immutable ?? []);
  const creatable = open ?? new Set<string>([...(lists.create ?? []), ...immutable]);
  const updatable = open ?? new Set<string>(lists.update ?? []);
  const own = id?.generate === false ? r.key?.name : undefined; // the client names the id
  const system = (field: string): boolean => {
    const column = r.columns.get(field);
    return r.audit.has(field) || r.scopes.has(field) || column?.generated === true || (column?.primary === true && field !== own);
  };

  const onCreate = (field: string): Reason | undefined =>
    (system(field) ? 'GUARD_SYSTEM_MANAGED' : field === own ? undefined : closed.has(field) ? 'GUARD_FIELD_PROTECTED'
      : creatable.has(field) ? undefined : 'GUARD_FIELD_NOT_CREATEABLE');
  const onUpdate = (field: string): Reason | undefined =>
    (system(field) ? 'GUARD_SYSTEM_MANAGED' : field === own || immutable.has(field) ? 'GUARD_FIELD_IMMUTABLE' : closed.has(field) ? 'GUARD_FIELD_PROTECTED'
      : updatable.has(field) ? undefined : 'GUARD_FIELD_NOT_UPDATABLE');
  return { create: (body) => check(body, onCreate, closed), update: (body) => check(body, onUpdate, closed) };
}

function columnNames(columns: Columns): readonly string[] {
  return [...columns.keys()];
}

function check(body: Readonly<Record<string, unknown>>, rule: (field: string) => Reason | undefined, closed: ReadonlyMap<string, readonly string[] | 'any'>): void {
  const found = new Map<Reason, string[]>();
  for (const field of Object.keys(body)) {
    const reason = rule(field);
    if (reason) found.set(reason, [...(found.get(reason) ?? []), field]);
  }
  const worst = ORDER.find((reason) => found.has(reason));
  if (!worst) return;
  const fields = found.get(worst) ?? [];
  const details: Record<string, unknown> = { fields };
  if (worst === 'GUARD_FIELD_PROTECTED') {
    details['actions'] = Object.fromEntries(fields.map((f) => [f, closed.get(f)]));
  }
  if (found.size > 1) details['violations'] = Object.fromEntries(ORDER.filter((r) => found.has(r)).map((r) => [r, found.get(r)]));
  fail(worst, details as Details);
}
