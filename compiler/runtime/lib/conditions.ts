// Conditions on columns in both forms: SQL for queries, and a test of a row already read. One table of operators has a column for each, and a
// property test holds the two together.
import type { Column, Columns } from './columns.ts';
import { contextValue, type AnyContext } from './context.ts';
import { fault } from './errors.ts';

/** A value in the database's own form. */
export type Stored = string | number | bigint;
/** A row as the database returned it, by property name. */
export type RawRow = Readonly<Record<string, unknown>>;

/** The value of a parameter: of the context, or one of those that the request brings. */
type Source = (ctx: AnyContext, slots: readonly unknown[]) => unknown;
/** SQL with one '?' per parameter. Its text comes from policies and tables alone; whatever a request says is a parameter. */
export interface Sql { readonly text: string; readonly params: readonly Source[] }
export const TRUE: Sql = { text: '1 = 1', params: [] };
export const FALSE: Sql = { text: '1 = 0', params: [] };

export const plain = (text: string, ...values: readonly unknown[]): Sql => ({ text, params: values.map((value) => () => value) });
/** All of them hold. Every operand is parenthesised: an `or` in one can not swallow its neighbour. */
export const every = (parts: readonly Sql[]): Sql => joined(parts.filter((p) => p !== TRUE), ' and ', TRUE);
export const some = (parts: readonly Sql[]): Sql => joined(parts, ' or ', FALSE);
function joined(parts: readonly Sql[], word: string, none: Sql): Sql {
  if (parts.length < 2) return parts[0] ?? none;
  return { text: parts.map((p) => `(${p.text})`).join(word), params: parts.flatMap((p) => p.params) };
}
/** The values of the parameters in one request. */
export const bind = (sql: Sql, ctx: AnyContext, slots: readonly unknown[] = []): unknown[] => sql.params.map((source) => source(ctx, slots));

export interface Operator {
  /** The condition on a column's SQL name, with one parameter; for lists that is a JSON array. */
  readonly sql: (column: string) => string;
  readonly js: (value: Stored, ...operands: readonly Stored[]) => boolean;
  /** It holds for NULL. */
  readonly onNull?: true;
  readonly list?: true;
}
const scalar = (sign: string, holds: (order: number) => boolean): Operator =>
  ({ sql: (c) => `${c} ${sign} ?`, js: (value, operand = '') => holds(compare(value, operand)) });
const lower = (value: Stored): string => String(value).replace(/[A-Z]/g, (letter) => letter.toLowerCase());

export type OperatorName = keyof typeof OPERATORS;
export const OPERATORS = {
  equals: scalar('=', (o) => o === 0),
  differs: scalar('<>', (o) => o !== 0),
  lessThan: scalar('<', (o) => o < 0),
  lessThanOrEqual: scalar('<=', (o) => o <= 0),
  greaterThan: scalar('>', (o) => o > 0),
  greaterThanOrEqual: scalar('>=', (o) => o >= 0),
  notEquals: { sql: (c) => `${c} <> ? or ${c} is null`, js: (value, operand = '') => compare(value, operand) !== 0, onNull: true },
  in: { sql: (c) => `${c} in (select value from json_each(?))`, js: (value, ...list) => list.some((x) => compare(value, x) === 0), list: true },
  notIn: { sql: (c) => `${c} not in (select value from json_each(?)) or ${c} is null`, js: (value, ...list) => !list.some((x) => compare(value, x) === 0), onNull: true, list: true },
  /** Whatever the case of ASCII letters. */
  contains: { sql: (c) => `instr(lower(${c}), lower(?)) > 0`, js: (value, operand = '') => lower(value).includes(lower(operand)) },
} satisfies Readonly<Record<string, Operator>>;

/** Order as SQLite has it: numbers before text, text by its bytes. */
export function compare(a: Stored, b: Stored): number {
  if (typeof a === 'string' && typeof b === 'string') return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
  if (typeof a === 'string' || typeof b === 'string') return typeof a === 'string' ? 1 : -1;
  return a < b ? -1 : a > b ? 1 : 0;
}

export interface Test { readonly sql: Sql; readonly js: (row: RawRow, ctx: AnyContext) => boolean }
type Given = Readonly<Record<string, unknown>>;

/** The conditions of a `where`. Throws at load on whatever it does not know: a condition never falls away. */
export function whereOf(columns: Columns, where: Given, about: string): Test {
  const tests = Object.entries(where).map(([name, condition]) =>
    conditionOf(columns.get(name) ?? fault(`${about}: no column ${name}`), condition as Given, `${about}.${name}`));
  return all(tests, about);
}

export function conditionOf(column: Column, condition: Given, about: string): Test {
  return all(Object.entries(condition).filter(([name]) => name !== 'unless').map(([name, operand]): Test => {
    if (name === 'isNull') return isNull(column, typeof operand === 'boolean' ? operand : fault(`${about}: isNull is true or false`));
    if (!Object.hasOwn(OPERATORS, name) || name === 'differs' || name === 'contains') fault(`${about}: unknown operator ${name}`);
    return operation(column, OPERATORS[name as OperatorName], operand, about);
  }), about);
}

function all(tests: readonly Test[], about: string): Test {
  if (!tests.length) fault(`${about}: no condition`);
  return { sql: every(tests.map((t) => t.sql)), js: (row, ctx) => tests.every((t) => t.js(row, ctx)) };
}

function isNull(column: Column, operand: boolean): Test {
  return { sql: plain(`${column.sql} is ${operand ? '' : 'not '}null`), js: (row) => (row[column.name] === null) === operand && row[column.name] !== undefined };
}

function operation(column: Column, operator: Operator, operand: unknown, about: string): Test {
  const operands = operandsOf(column, operator, operand, about), text = operator.sql(column.sql);
  const source: Source = (ctx) => {
    const values = operands(ctx);
    return values && operator.list ? JSON.stringify(values) : values?.[0] ?? null;
  };
  return {
    // A negation holds for NULL and for the empty list: with a value missing from the context it must not hold at all.
    sql: operator.onNull ? { text: `? is not null and (${text})`, params: [source, source] } : { text, params: [source] },
    js(row, ctx) {
      const values = operands(ctx), value = own(row[column.name]);
      if (!values || row[column.name] === undefined) return false; // a column that was not read satisfies nothing
      return value === undefined ? operator.onNull === true : operator.js(affine(column, value), ...values.map((x) => affine(column, x)));
    },
  };
}

/** The operands in one request; undefined when one that decides is missing from the context. */
function operandsOf(column: Column, { list, onNull }: Operator, operand: unknown, about: string): (ctx: AnyContext) => readonly Stored[] | undefined {
  if (list && operand === '$ctx.roles') return (ctx) => (ctx.authenticated ? ctx.roles : onNull ? undefined : []);
  if (list && (!Array.isArray(operand) || !operand.length)) fault(`${about}: a list with at least one value`);
  const items = (list ? (operand as readonly unknown[]) : [operand]).map((item) => {
    if (!isRef(item)) {
      const value = stored(column, item) ?? fault(`${about}: ${JSON.stringify(item)} is no value of a ${column.kind} column`);
      return () => value;
    }
    const path = item.slice(5);
    if (!/^\w+(\.\w+)*$/.test(path) || path === 'roles') fault(`${about}: ${item} is no single value of the context`);
    return (ctx: AnyContext) => stored(column, contextValue(ctx, path));
  });
  return (ctx) => {
    const values = items.flatMap((item) => item(ctx) ?? []);
    return values.length < items.length && (onNull || !list) ? undefined : values;
  };
}

export function isRef(value: unknown): value is `$ctx.${string}` {
  return typeof value === 'string' && value.startsWith('$ctx.');
}

/** A policy's or context's value in the stored form of a column; undefined when it is missing or does not fit. */
export function stored(column: Column, value: unknown): Stored | undefined {
  if (value === undefined || value === null) return undefined;
  switch (column.kind) {
    case 'text': return String(value);
    case 'bigint': //: bigint
    case 'number': case 'integer': return value !== '' && typeof value !== 'boolean' && Number.isFinite(Number(value)) ? Number(value) : undefined;
    case 'boolean': return typeof value === 'boolean' ? own(column.encode(value)) : undefined;
    case 'date': {
      const date = value instanceof Date ? value : new Date(typeof value === 'string' ? value : NaN);
      return Number.isNaN(date.getTime()) ? undefined : own(column.encode(date));
    }
    default: return undefined;
  }
}

/** A value as the database compares it with others of this column. */
function affine(column: Column, value: Stored): Stored {
  return column.numeric && typeof value === 'string' && /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(value) ? Number(value) : value;
}

/** What came from the database or an encoder, undefined for NULL. */
function own(value: unknown): Stored | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' ? value : undefined;
}
