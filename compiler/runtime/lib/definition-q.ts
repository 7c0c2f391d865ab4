// What definitions that are written with q or feature import besides: chains of columns, and features in one call.
import type { Action, Coded, RowOf } from './definition.ts';

export * from './definition.ts';

type Steps<Row, I> = { readonly [K in keyof I]: Action<Row, I[K]> };
type Feature<P> = { readonly policy: P; readonly actions: P extends { readonly actions: infer A } ? A : Record<never, never> };
const beside = (policy: object): PropertyDescriptorMap => ({ policy: { value: policy }, actions: { value: (policy as { actions?: unknown }).actions ?? {} } });

/** A feature in one call, with columns written with `q`. */
export function feature<P extends object, I>(_: string, policy: P & Coded & { readonly actions?: Steps<Record<string, unknown>, I> }): Feature<P> {
  return Object.defineProperties({}, beside(policy)) as Feature<P>;
}
/** The same in a project, where a feature is its emitted table too. `tables` has them by the features' names. */
export function featuresOf<T extends object>(tables: T) {
  return <N extends keyof T, P extends object, I>(name: N, policy: P & Coded & { readonly actions?: Steps<RowOf<T[N]>, I> }): T[N] & Feature<P> => {
    if (!Object.hasOwn(tables, name)) throw new Error(`the schema has no table "${String(name)}": compile the definitions again`);
    return Object.create(tables[name] as object, beside(policy)) as T[N] & Feature<P>;
  };
}

type Word =
  | 'id' | 'text' | 'int' | 'real' | 'bool' | 'enum' | 'json' | 'datetime' | 'timestamp' | 'date' | 'url' | 'email' | 'uuid' | 'scope' | 'table'
  | 'required' | 'optional' | 'default' | 'defaultNow' | 'unique' | 'index' | 'references' | 'protected' | 'immutable' | 'filterable' | 'searchable' | 'sortable' | 'masked';
/** A chain of any length: columns written with it are compiled into the schema. */
type Chain = { readonly [W in Word]: Chain } & ((...args: unknown[]) => Chain);
export const q: Chain = new Proxy((() => q) as unknown as Chain, { get: () => q, apply: () => q });

/** `q` of a project: a table declared with it is the emitted table, with its policy and its injected columns. `tables` has them by the name in the definition. */
export type ProjectQ<T> = Omit<Chain, 'table'> & {
  table<N extends keyof T>(name: N, columns: object | ((q: Chain) => object), extra?: (table: T[N]) => unknown): T[N];
};
export function tablesOf<T extends object>(tables: T): ProjectQ<T> {
  const table = (name: keyof T): T[keyof T] => {
    if (!Object.hasOwn(tables, name)) throw new Error(`the schema has no table "${String(name)}": compile the definitions again`);
    return tables[name];
  };
  return new Proxy(q, { get: (_, word) => (word === 'table' ? table : q) }) as unknown as ProjectQ<T>;
}
