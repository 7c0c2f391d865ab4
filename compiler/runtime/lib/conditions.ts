// Conditions on columns, in both forms: a WHERE clause for queries and a test of a row already read.
import type { AnyContext } from './context.ts';
import { contextValue } from './context.ts';
import type { Column, Columns } from './columns.ts';
import { affine, OPERATORS, own, stored, type Operator, type OperatorName, type Stored } from './operators.ts';
import { every, isRef, listValues, type Source, type Sql } from './sql.ts';

/** A row as the database returned it, by property name. */
export type RawRow = Readonly<Record<string, unknown>>;

export interface Test {
  readonly sql: Sql;
  readonly js: (row: RawRow, ctx: AnyContext) => boolean;
}
type Given = Readonly<Record<string, unknown>>;

const SINGLE = new Set(Object.keys(OPERATORS).filter((name) => name !== 'differs' && name !== 'contains'));

/** The conditions of a `where` or of `rows`. Throws at load on whatever it does not know: a condition never falls away. */
export function whereOf(columns: Columns, where: Given, about: string): Test {
  const tests = Object.entries(where).map(([name, condition]) => {
    const column = columns.get(name);
    if (!column) throw new Error(`${about}: no column ${name}`);
    return conditionOf(column, condition as Given, `${about}.${name}`);
  });
  if (!tests.length) throw new Error(`${about}: no condition`);
  return { sql: every(tests.map((t) => t.sql)), js: (row, ctx) => tests.every((t) => t.js(row, ctx)) };
}

/** The condition on one column. */
export function conditionOf(column: Column, condition: Given, about: string): Test {
  const tests = Object.entries(condition).filter(([name]) => name !== 'unless').map(([name, operand]): Test => {
    if (name === 'isNull') return isNull(column, operand, about);
    if (!SINGLE.has(name)) throw new Error(`${about}: unknown operator ${name}`);
    const operator = OPERATORS[name as OperatorName];
    return operator.list ? inList(column, operator, operand, about) : single(column, operator, operand, about);
  });
  if (!tests.length) throw new Error(`${about}: no operator`);
  return { sql: every(tests.map((t) => t.sql)), js: (row, ctx) => tests.every((t) => t.js(row, ctx)) };
}

function isNull(column: Column, operand: unknown, about: string): Test {
  if (typeof operand !== 'boolean') throw new Error(`${about}: isNull is true or false`);
  return {
    sql: { text: `${column.sql} is ${operand ? '' : 'not '}null`, params: [] },
    js: (row) => (row[column.name] === null) === operand && row[column.name] !== undefined,
  };
}

function single(column: Column, operator: Operator, operand: unknown, about: string): Test {
  const holds = (row: RawRow, value: Stored | undefined): boolean => value !== undefined && apply(operator, column, row[column.name], value, []);
  if (isRef(operand)) {
    const path = pathOf(operand, about);
    return {
      sql: present(operator, column, { path, column }),
      js: (row, ctx) => holds(row, stored(column, contextValue(ctx, path))),
    };
  }
  const value = literal(column, operand, about);
  return { sql: { text: operator.sql(column.sql), params: [{ value }] }, js: (row) => holds(row, value) };
}

function inList(column: Column, operator: Operator, operand: unknown, about: string): Test {
  const list = operand === '$ctx.roles' ? operand : listOf(column, operand, about);
  const source: Source = { list, column, every: operator.onNull };
  return {
    sql: present(operator, column, source),
    js: (row, ctx) => {
      const values = listValues(list, column, operator.onNull, ctx);
      return values !== undefined && apply(operator, column, row[column.name], '', values);
    },
  };
}

function listOf(column: Column, operand: unknown, about: string): (Stored | `$ctx.${string}`)[] {
  if (!Array.isArray(operand) || !operand.length) throw new Error(`${about}: a list with at least one value`);
  return operand.map((item: unknown) => {
    if (!isRef(item)) return literal(column, item, about);
    pathOf(item, about);
    return item;
  });
}

/** A negation holds for NULL and for the empty list: with a value missing from the context it must not hold at all. */
function present(operator: Operator, column: Column, source: Source): Sql {
  if (!operator.onNull) return { text: operator.sql(column.sql), params: [source] };
  return { text: `? is not null and (${operator.sql(column.sql)})`, params: [source, source] };
}

function apply(operator: Operator, column: Column, value: unknown, operand: Stored, list: readonly Stored[]): boolean {
  if (value === null) return operator.onNull;
  const known = own(value);
  if (known === undefined) return false; // a column that was not read satisfies nothing
  return operator.js(affine(column, known), affine(column, operand), column.numeric ? list.map((x) => affine(column, x)) : list);
}

function literal(column: Column, value: unknown, about: string): Stored {
  const out = stored(column, value);
  if (out === undefined) throw new Error(`${about}: ${JSON.stringify(value)} is no value of a ${column.kind} column`);
  return out;
}

/** The path of a `$ctx.` reference. One that no context has is missing in every request, and so never holds. */
export function pathOf(ref: `$ctx.${string}`, about: string): string {
  const path = ref.slice(5);
  if (!/^\w+(\.\w+)*$/.test(path) || path === 'roles') throw new Error(`${about}: ${ref} is no single value of the context`);
  return path;
}
