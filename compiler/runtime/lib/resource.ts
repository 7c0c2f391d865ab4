// resource() and internal() join a table with its policy. What the types cannot say is checked here, when the module loads.
import { gateOf, type Gate } from './access.ts';
import { columnsOf, nameOf, type Column, type Columns } from './columns.ts';
import { firewallOf, type Firewall } from './firewall.ts';
import { maskingOf, type Masking } from './mask.ts';
import type { Access, AnyRow, BatchOperation, Operation, Policy, TablePolicy } from './policy.ts';
import { isRef } from './sql.ts';
import { pattern } from './values.ts';

/** A table with its policy. G lists what may be routed: operations, `batch:x`, `view:x`, `action:x`. */
export interface Resource<G extends string = string> {
  readonly name: string;
  /** The Drizzle table. */
  readonly table: object;
  /** Its SQL name, quoted. */
  readonly from: string;
  readonly columns: Columns;
  /** The primary key; undefined when it is composite or absent. */
  readonly key: Column | undefined;
  readonly policy: Policy<AnyRow>;
  readonly firewall: Firewall;
  /** What may be done, by the names of G. What is not here nobody may. */
  readonly gates: ReadonlyMap<string, Gate>;
  readonly masking: Masking;
  /** Audit columns the table has. */
  readonly audit: ReadonlySet<string>;
  /** Scope columns and the context path each is stamped with. */
  readonly scopes: ReadonlyMap<string, string>;
  /** An internal table has no routes. */
  readonly internal: boolean;
  readonly grants?: G;
}
type Granted<O extends string, V extends string, A extends string, B extends string> = O | `view:${V}` | `action:${A}` | `batch:${B}`;

/** Joins a table with its policy; `R` is the interface of its rows. Throws when the policy names what the table has not. */
export function resource<R>() {
  return <O extends Operation = never, V extends string = never, A extends string = never, B extends BatchOperation = never>(
    table: object, policy: Policy<R, O, V, A, B>,
  ): Resource<Granted<O, V, A, B>> => join(table, policy as unknown as Policy<AnyRow>, false);
}

/** A table without routes: handlers reach it inside `rows`, foreign keys and cascades know it. */
export function internal<R>() {
  return (table: object, policy: TablePolicy<R>): Resource<never> => join(table, { ...(policy as unknown as TablePolicy<AnyRow>), access: {} }, true);
}

export const AUDIT = ['createdAt', 'createdBy', 'modifiedAt', 'modifiedBy', 'deletedAt', 'deletedBy'] as const;

function join(table: object, policy: Policy<AnyRow>, internal: boolean): Resource<never> {
  const { name, rows } = policy;
  const columns = columnsOf(table);
  const primary = [...columns.values()].filter((c) => c.primary);
  for (const { pattern: source } of Object.values(policy.values ?? {}).flatMap((rule) => rule ?? [])) if (source !== undefined) pattern(source);
  for (const column of named(policy)) if (!columns.has(column)) throw new Error(`${name}: no column ${column}`);
  if (policy.delete === 'soft' && (rows === 'unscoped' || rows['deletedAt']?.isNull !== true)) throw new Error(`${name}: a soft delete needs rows.deletedAt`);
  const scopes = rows === 'unscoped' ? [] : Object.entries(rows).flatMap(([column, rule]): [string, string][] =>
    (isRef(rule?.equals) ? [[column, rule.equals.slice(5)]] : []));
  for (const [column, path] of Object.entries(policy.stamped ?? {})) if (path) scopes.push([column, path.slice(5)]);
  return {
    name, table, from: nameOf(table), columns, policy, internal,
    key: primary.length === 1 ? primary[0] : undefined,
    firewall: firewallOf(columns, rows, `${name}.rows`),
    masking: maskingOf(policy),
    gates: new Map(accesses(policy).map(([op, access]) => [op, gateOf(columns, access, `${name}.${op}`)])),
    audit: new Set(policy.audit === false ? [] : AUDIT.filter((a) => columns.has(a))),
    scopes: new Map(scopes),
  };
}

/** Every access rule by the name a route asks for; a batch without its own follows its operation. */
function accesses(policy: Policy<AnyRow>): [string, Access<AnyRow>][] {
  const out: [string, Access<AnyRow>][] = [];
  const add = (op: string, access: Access<AnyRow> | undefined): void => { if (access) out.push([op, access]); };
  for (const [op, access] of Object.entries(policy.access)) add(op, access);
  for (const [view, rule] of Object.entries(policy.views ?? {})) add(`view:${view}`, rule.access);
  for (const [action, rule] of Object.entries(policy.actions ?? {})) add(`action:${action}`, rule.access);
  for (const [op, rule] of Object.entries(policy.batch ?? {})) add(`batch:${op}`, rule.access ?? policy.access[op as BatchOperation]);
  return out;
}

/** Every column a policy names, apart from those in conditions. */
function named(policy: Policy<AnyRow>): readonly string[] {
  const { write, list, get, views = {}, masks = {}, values = {}, references = {}, label } = policy;
  const guards = write && write !== 'open' ? write : {};
  const sort = (keys: string | readonly string[] | undefined): string[] => [keys ?? []].flat().map((k) => k.replace(/^-/, ''));
  const query = (q: { filterable?: object; searchable?: readonly string[]; sortable?: readonly string[] } | undefined): string[] =>
    [...(Array.isArray(q?.filterable) ? (q.filterable as string[]) : Object.keys(q?.filterable ?? {})), ...(q?.searchable ?? []), ...(q?.sortable ?? [])];
  return [
    ...(guards.create ?? []), ...(guards.update ?? []), ...(guards.immutable ?? []), ...Object.keys(guards.protected ?? {}), ...Object.keys(guards.defaults ?? {}),
    ...(list?.fields ?? []), ...sort(list?.sort), ...query(list), ...(get?.fields ?? []),
    ...Object.values(views).flatMap((v) => [...v.fields, ...query(v.query), ...sort(v.query?.defaultSort)]),
    ...Object.keys(policy.stamped ?? {}), ...Object.keys(masks), ...Object.values(masks).flatMap((m) => m?.show.owner ?? []),
    ...Object.keys(values), ...Object.keys(references), ...(label === undefined ? [] : [label]),
  ];
}
