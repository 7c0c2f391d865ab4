// resource() and internal() join a table with its policy. What the types cannot say is checked here, when the module loads.
import { columnsOf, nameOf, type Column, type Columns } from './columns.ts';
import type { AnyRow, BatchOperation, Operation, Policy, TablePolicy } from './policy.ts';

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
  return (table: object, policy: TablePolicy<R>): Resource<never> =>
    join(table, { ...(policy as unknown as TablePolicy<AnyRow>), access: {} }, true) as Resource<never>;
}

function join(table: object, policy: Policy<AnyRow>, internal: boolean): Resource<never> {
  const columns = columnsOf(table);
  const primary = [...columns.values()].filter((c) => c.primary);
  return { name: policy.name, table, from: nameOf(table), columns, key: primary.length === 1 ? primary[0] : undefined, policy, internal };
}
