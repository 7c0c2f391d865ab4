// Values between JSON or a query string and the database: each by its column's type and the rules of the policy.
import type { Column } from './columns.ts';
import type { Stored } from './operators.ts';
import type { ValueRule } from './policy.ts';

/** What became of a value: its stored form, or why it is refused. Reasons never repeat the value. */
export type Parsed = { readonly ok: true; readonly stored: unknown } | { readonly ok: false; readonly reason: string };
const ok = (value: unknown): Parsed => ({ ok: true, stored: value });
const no = (reason: string): Parsed => ({ ok: false, reason });

/** Reads a value of a body. `undefined` (absent) is the caller's matter. */
export function fromBody(column: Column, rule: ValueRule, value: unknown): Parsed {
  if (value === null) return column.nullable && !rule.required ? ok(null) : no('must not be null');
  switch (column.kind) {
    case 'text': return typeof value === 'string' ? text(column, rule, value) : no('must be a string');
    case 'number': return typeof value === 'number' && Number.isFinite(value) ? number(rule, value) : no('must be a number');
    case 'integer': return Number.isSafeInteger(value) ? number(rule, value as number) : no('must be an integer');
    case 'bigint': return integral(value) ? ok(column.encode(BigInt(value))) : no('must be an integer');
    case 'boolean': return typeof value === 'boolean' ? ok(column.encode(value)) : no('must be true or false');
    case 'date': {
      const date = dateOf(value);
      return date ? ok(column.encode(date)) : no('must be an ISO 8601 date');
    }
    case 'json': return finite(value) ? ok(column.encode(value)) : no('must have finite numbers');
    case 'bytes': {
      const bytes = typeof value === 'string' ? bytesOf(value) : undefined;
      return bytes ? ok(bytes) : no('must be base64');
    }
  }
}

/** Whether JSON can be written again as it was read: an infinity would become null. Bodies are not deep. */
function finite(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value !== 'object' || value === null || Object.values(value).every(finite);
}

function integral(value: unknown): value is number | string {
  return Number.isSafeInteger(value) || (typeof value === 'string' && /^-?\d{1,19}$/.test(value));
}

function number(rule: ValueRule, value: number): Parsed {
  if (rule.min !== undefined && value < rule.min) return no(`must be at least ${rule.min}`);
  if (rule.max !== undefined && value > rule.max) return no(`must be at most ${rule.max}`);
  if (rule.enum && !rule.enum.includes(value)) return no(`must be one of ${rule.enum.join(', ')}`);
  return ok(value);
}

function text(column: Column, rule: ValueRule, value: string): Parsed {
  const allowed = rule.enum ?? column.values;
  if (allowed && !allowed.includes(value)) return no(`must be one of ${allowed.join(', ')}`);
  const max = Math.min(rule.maxLength ?? Infinity, column.maxLength ?? Infinity), min = rule.minLength ?? 0;
  const length = max < Infinity || min > 0 ? [...value].length : 0; // characters, as JSON Schema counts them
  if (length > max) return no(`must have at most ${max} characters`);
  if (length < min) return no(`must have at least ${min} characters`);
  if (rule.pattern !== undefined && !pattern(rule.pattern).test(value)) return no('does not have the required form');
  return rule.format ? format(rule.format, value) : ok(value);
}

/** Characters are code points; what such a pattern may not say, as `\-` outside of a class, is read the older way. Throws on what is no pattern at all. */
function compiled(source: string): RegExp {
  try {
    return new RegExp(source, 'u');
  } catch {
    return new RegExp(source);
  }
}

const patterns = new Map<string, RegExp>(); // as many as policies name
export function pattern(source: string): RegExp {
  let made = patterns.get(source);
  if (!made) patterns.set(source, (made = compiled(source)));
  return made;
}

function format(name: NonNullable<ValueRule['format']>, value: string): Parsed {
  switch (name) {
    case 'email': return /^[^\s@]+@[^\s@]+\.[^\s@.]+$/u.test(value) ? ok(value) : no('must be an email address');
    case 'uuid': return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value) ? ok(value) : no('must be a UUID');
    case 'url': return /^https?:$/.test(protocolOf(value)) ? ok(value) : no('must be an http or https URL');
    case 'date': return /^\d{4}-\d{2}-\d{2}$/.test(value) && dateOf(value) ? ok(value) : no('must be a date (YYYY-MM-DD)');
    case 'datetime': {
      const date = dateOf(value);
      return date ? ok(date.toISOString()) : no('must be an ISO 8601 date and time');
    }
  }
}

function protocolOf(url: string): string {
  try {
    return new URL(url).protocol;
  } catch {
    return '';
  }
}

const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?)?$/;
/** An ISO 8601 text (UTC where no zone is given) or milliseconds since 1970; undefined for anything else, February 30 included. */
export function dateOf(value: unknown): Date | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && Math.abs(value) <= 8.64e15 ? new Date(value) : undefined;
  const parts = typeof value === 'string' ? ISO.exec(value) : null;
  if (!parts) return undefined;
  const [whole, year, month, day, zone] = parts;
  if (Number(day) > new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()) return undefined;
  const date = new Date(whole.length === 10 || zone ? whole : `${whole}Z`);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function bytesOf(base64: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  } catch {
    return undefined;
  }
}

/** Reads one value of a filter; undefined when it is no value of the column's type. */
export function fromQuery(column: Column, rule: ValueRule, value: string): Stored | undefined {
  switch (column.kind) {
    case 'text': {
      const allowed = rule.enum ?? column.values;
      if (allowed) return allowed.includes(value) ? value : undefined;
      return rule.format === 'datetime' ? dateOf(value)?.toISOString() : value;
    }
    case 'number': case 'integer': return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value) && Number.isFinite(Number(value)) ? Number(value) : undefined;
    case 'bigint': return /^-?\d{1,19}$/.test(value) ? BigInt(value) : undefined;
    case 'boolean': return value === 'true' || value === '1' ? 1 : value === 'false' || value === '0' ? 0 : undefined;
    case 'date': {
      const date = dateOf(/^-?\d{6,}$/.test(value) ? Number(value) : value);
      return date && (column.encode(date) as Stored);
    }
    default: return undefined;
  }
}

/** The rule of a column: audit timestamps kept as text are read like any date. */
export function ruleOf(column: Column, rule: ValueRule | undefined, audit: ReadonlySet<string>): ValueRule {
  return !rule && column.kind === 'text' && column.name.endsWith('At') && audit.has(column.name) ? { format: 'datetime' } : rule ?? {};
}
