// One table of operators with two columns: what SQL does and what JavaScript does with a row already read. A property
// test holds them together. Both see values as the database stores them; NULL satisfies only the negations and isNull.
import type { Column } from './columns.ts';

/** A value in the database's own form. */
export type Stored = string | number | bigint;

export interface Operator {
  /** The condition on a column's SQL name; it has exactly one parameter, for lists a JSON array. */
  readonly sql: (column: string) => string;
  readonly js: (value: Stored, operand: Stored, list: readonly Stored[]) => boolean;
  /** What it says of NULL. */
  readonly onNull: boolean;
  readonly list: boolean;
}
const scalar = (sign: string, js: (order: number) => boolean): Operator =>
  ({ sql: (c) => `${c} ${sign} ?`, js: (value, operand) => js(compare(value, operand)), onNull: false, list: false });

export const OPERATORS = {
  equals: scalar('=', (o) => o === 0),
  notEquals: { sql: (c) => `${c} <> ? or ${c} is null`, js: (value, operand) => compare(value, operand) !== 0, onNull: true, list: false },
  differs: scalar('<>', (o) => o !== 0),
  lessThan: scalar('<', (o) => o < 0),
  lessThanOrEqual: scalar('<=', (o) => o <= 0),
  greaterThan: scalar('>', (o) => o > 0),
  greaterThanOrEqual: scalar('>=', (o) => o >= 0),
  in: { sql: (c) => `${c} in (select value from json_each(?))`, js: (value, _, list) => list.some((x) => compare(value, x) === 0), onNull: false, list: true },
  notIn: { sql: (c) => `${c} not in (select value from json_each(?)) or ${c} is null`, js: (value, _, list) => list.every((x) => compare(value, x) !== 0), onNull: true, list: true },
  /** Contains, whatever the case of ASCII letters. */
  contains: { sql: (c) => `instr(lower(${c}), lower(?)) > 0`, js: (value, operand) => lower(String(value)).includes(lower(String(operand))), onNull: false, list: false },
} as const satisfies Readonly<Record<string, Operator>>;
export type OperatorName = keyof typeof OPERATORS;

const lower = (s: string): string => s.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

/** Order as SQLite has it: numbers before text, text by code point. */
export function compare(a: Stored, b: Stored): number {
  const textA = typeof a === 'string', textB = typeof b === 'string';
  if (!textA && !textB) return a < b ? -1 : a > b ? 1 : 0;
  if (!textA || !textB) return textA ? 1 : -1;
  if (a === b) return 0;
  const left = [...a], right = [...b];
  for (let i = 0; i < left.length && i < right.length; i++) {
    const order = (left[i]?.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? 0);
    if (order) return order;
  }
  return left.length - right.length;
}

/** A policy's or context's value in the stored form of a column; undefined when it is missing or does not fit. */
export function stored(column: Column, value: unknown): Stored | undefined {
  if (value === undefined || value === null) return undefined;
  switch (column.kind) {
    case 'text': return typeof value === 'string' ? value : String(value);
    case 'number': case 'integer': case 'bigint': {
      if (value === '' || typeof value === 'boolean') return undefined;
      const number = Number(value);
      return Number.isFinite(number) ? number : undefined;
    }
    case 'boolean': return typeof value === 'boolean' ? own(column.encode(value)) : undefined;
    case 'date': {
      const date = value instanceof Date ? value : typeof value === 'string' ? new Date(value) : undefined;
      return date && !Number.isNaN(date.getTime()) ? own(column.encode(date)) : undefined;
    }
    default: return undefined;
  }
}

const NUMERAL = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i;
/** A value as the database compares it with others of this column. */
export function affine(column: Pick<Column, 'numeric'>, value: Stored): Stored {
  return column.numeric && typeof value === 'string' && NUMERAL.test(value) ? Number(value) : value;
}

/** What came from the database or an encoder; booleans of PostgreSQL compare as 0 and 1. */
export function own(value: unknown): Stored | undefined {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (value instanceof Date) return value.toISOString();
  return undefined;
}
