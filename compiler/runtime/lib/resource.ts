// resource() and internal() join a table with its policy. What the types cannot say is checked here, when the module loads.
import { firewallOf, gateOf, type Gate } from './access.ts';
import { answersOf, maskingOf } from './answer.ts';
import { columnsOf, nameOf } from './columns.ts';
import { isRef } from './conditions.ts';
import { fault } from './errors.ts';
import type { Access, AnyRow, BatchOperation, Operation, Policy, TablePolicy } from './policy.ts';
import { pattern } from './values.ts';

/** What of a table needs no other part of it. */
export type Basis = ReturnType<typeof basisOf>;
/** A table with its policy. */
export type Resource = ReturnType<typeof join>;

interface TableOf<C> { readonly _: { readonly columns: C } }
/** The rows of a table, by its columns alone: policies keyed by a Drizzle table make tsc slow with 500 resources. */
type RowOf<C> = { readonly [K in keyof C]: C[K] extends { readonly _: { readonly data: infer V; readonly notNull: infer N } } ? V | (N extends true ? never : null) : never };

/** Joins a table with its policy. Throws when the policy names what the table has not. */
export function resource<C>(table: TableOf<C>) {
  return <O extends Operation = never, V extends string = never, A extends string = never, B extends BatchOperation = never>(
    policy: Policy<RowOf<C>, O, V, A, B>,
  ): Resource => join(table, policy as unknown as Policy<AnyRow>);
}

/** A table without routes: handlers reach it inside `rows`, foreign keys and cascades know it. */
export function internal<C>(table: TableOf<C>) {
  return (policy: TablePolicy<RowOf<C>>): Resource => join(table, { ...(policy as unknown as TablePolicy<AnyRow>), access: {} });
}

export const AUDIT = ['createdAt', 'createdBy', 'modifiedAt', 'modifiedBy', 'deletedAt', 'deletedBy'];

function join(table: object, policy: Policy<AnyRow>) {
  const basis = basisOf(table, policy);
  return { ...basis, answers: answersOf(basis) };
}

function basisOf(table: object, policy: Policy<AnyRow>) {
  const { name, rows, stamped = {}, values = {} } = policy, columns = columnsOf(table);
  const primary = [...columns.values()].filter((c) => c.primary);
  for (const rule of Object.values(values)) if (rule?.pattern !== undefined) pattern(rule.pattern);
  for (const column of named(policy)) if (!columns.has(column)) fault(`${name}: no column ${column}`);
  if (policy.delete === 'soft' && (rows === 'unscoped' || rows['deletedAt']?.isNull !== true)) fault(`${name}: a soft delete needs rows.deletedAt`);
  const equal = [...Object.entries(rows === 'unscoped' ? {} : rows).map(([column, rule]) => [column, rule?.equals] as const), ...Object.entries(stamped)];
  return {
    name, table, columns, policy,
    /** Its SQL name, quoted. */
    from: nameOf(table),
    /** The primary key; undefined when it is composite or absent. */
    key: primary.length === 1 ? primary[0] : undefined,
    /** What a new row holds where nobody names a value. */
    initial: Object.fromEntries([...columns.values()].map((c) => [c.name, c.initial])) as AnyRow,
    firewall: firewallOf(columns, rows, `${name}.rows`),
    masking: maskingOf(policy),
    /** What may be done: operations, `batch:x`, `view:x`, `action:x`. What is not here nobody may, and has no route. */
    gates: new Map(accesses(policy).map(([op, access]) => [op, gateOf(columns, access, `${name}.${op}`)])) as ReadonlyMap<string, Gate>,
    audit: new Set(policy.audit === false ? [] : AUDIT.filter((a) => columns.has(a))) as ReadonlySet<string>,
    /** Scope columns and the context path each is stamped with. */
    scopes: new Map(equal.flatMap(([column, ref]) => (isRef(ref) ? [[column, ref.slice(5)] as const] : []))) as ReadonlyMap<string, string>,
  };
}

/** Every access rule by the name a route asks for; a batch without its own follows its operation. */
function accesses({ access, views = {}, actions = {}, batch }: Policy<AnyRow>): readonly (readonly [string, Access<AnyRow>])[] {
  const rules: readonly (readonly [string, Access<AnyRow> | undefined])[] = [
    ...Object.entries(access), ...Object.entries(views).map(([view, rule]) => [`view:${view}`, rule.access] as const),
    ...Object.entries(actions).map(([action, rule]) => [`action:${action}`, rule.access] as const),
    ...Object.entries(batch ?? {}).map(([op, rule]) => [`batch:${op}`, rule.access ?? access[op as BatchOperation]] as const),
  ];
  return rules.filter((rule): rule is readonly [string, Access<AnyRow>] => rule[1] !== undefined);
}

/** Every column a policy names, apart from those in conditions. */
function named({ write, list, get, views = {}, masks = {}, ...policy }: Policy<AnyRow>): readonly string[] {
  /** A name or sort key, a list of them, or an object by name. */
  const names = (given: unknown): readonly string[] => {
    if (typeof given === 'string') return [given.replace(/^-/, '')];
    return Array.isArray(given) ? given.flatMap(names) : Object.keys(given ?? {});
  };
  const reading = [list, get, ...Object.values(views).flatMap((v) => [v, v.query])] as readonly (Readonly<Record<string, unknown>> | undefined)[];
  return [
    ...Object.values(typeof write === 'object' ? write : {}), masks, ...Object.values(masks).map((m) => m?.show.owner),
    ...reading.flatMap((q) => [q?.['fields'], q?.['sort'], q?.['defaultSort'], q?.['filterable'], q?.['searchable'], q?.['sortable']]),
    policy.stamped, policy.values, policy.references, policy.label,
  ].flatMap(names);
}
