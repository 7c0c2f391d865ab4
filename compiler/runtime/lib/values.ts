// Values between JSON or a query string and the database: each by its column's type and the rules of the policy.
import type { Column } from './columns.ts';
import type { ValueRule } from './policy.ts';

/** Why a value is refused. Reasons never repeat the value. */
export class Invalid {
  constructor(readonly reason: string) {}
}
const no = (reason: string): Invalid => new Invalid(reason);

/** The stored form of a value of a body, or why it is refused. `undefined` (absent) is the caller's matter. */
export function fromBody(column: Column, rule: ValueRule, value: unknown): unknown {
  if (value === null) return column.nullable && !rule.required ? null : no('must not be null');
  switch (column.kind) {
    case 'text': return typeof value === 'string' ? text(column, rule, value) : no('must be a string');
    case 'number': return typeof value === 'number' && Number.isFinite(value) ? number(rule, value) : no('must be a number');
    case 'integer': return Number.isSafeInteger(value) ? number(rule, value as number) : no('must be an integer');
    case 'bigint': return Number.isSafeInteger(value) || (typeof value === 'string' && INTEGER.test(value)) ? column.encode(BigInt(value as string)) : no('must be an integer'); //: bigint
    case 'boolean': return typeof value === 'boolean' ? column.encode(value) : no('must be true or false');
    case 'date': return encoded(column, dateOf(value)) ?? no('must be an ISO 8601 date');
    case 'json': return finite(value) ? column.encode(value) : no('must have finite numbers'); //: json
    case 'bytes': return typeof value === 'string' && BASE64.test(value) ? new Uint8Array(Buffer.from(value, 'base64')) : no('must be base64'); //: bytes
  }
}

const INTEGER = /^-?\d{1,19}$/;
const NUMERIC = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const BASE64 = /^([A-Za-z\d+/]{4})*([A-Za-z\d+/]{2}(==)?|[A-Za-z\d+/]{3}=?)?$/;
const encoded = (column: Column, date: Date | undefined): string | number | undefined => date && (column.encode(date) as string | number);

/** Whether JSON can be written again as it was read: an infinity would become null. Bodies are not deep. */
function finite(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value !== 'object' || value === null || Object.values(value).every(finite);
}

function number(rule: ValueRule, value: number): number | Invalid {
  if (rule.min !== undefined && value < rule.min) return no(`must be at least ${rule.min}`);
  if (rule.max !== undefined && value > rule.max) return no(`must be at most ${rule.max}`);
  if (rule.enum && !rule.enum.includes(value)) return no(`must be one of ${rule.enum.join(', ')}`);
  return value;
}

/** Half a character and NUL are stored as something else, by each database as something of its own; one of them ends the text at NUL. */
export const storable = (value: string): boolean => !/[\p{Surrogate}\0]/u.test(value);

function text(column: Column, rule: ValueRule, value: string): string | Invalid {
  if (!storable(value)) return no('must be well-formed Unicode without NUL');
  if (column.primary && /^\.{0,2}$/.test(value)) return no('is not a valid id'); // no path can name it
  if (column.numeric && !NUMERIC.test(value)) return no('must be a number, as text'); //: numeric
  const allowed = rule.enum ?? column.values;
  if (allowed && !allowed.includes(value)) return no(`must be one of ${allowed.join(', ')}`);
  const max = Math.min(rule.maxLength ?? Infinity, column.maxLength ?? Infinity), min = rule.minLength ?? 0;
  const length = max < Infinity || min > 0 ? [...value].length : 0; // characters, as JSON Schema counts them
  if (length > max) return no(`must have at most ${max} characters`);
  if (length < min) return no(`must have at least ${min} characters`);
  if (rule.pattern !== undefined && !pattern(rule.pattern).test(value)) return no('does not have the required form');
  if (rule.format === undefined) return value;
  const [read, reason] = FORMATS[rule.format];
  return read(value) ?? no(reason);
}

const patterns = new Map<string, RegExp>(); // as many as policies name
/** Characters are code points; what such a pattern may not say, as `\-` outside of a class, is read the older way. Throws on what is no pattern at all. */
export function pattern(source: string): RegExp {
  let made = patterns.get(source);
  try {
    made ??= new RegExp(source, 'u');
  } catch {
    made = new RegExp(source);
  }
  patterns.set(source, made);
  return made;
}

const matching = (form: RegExp) => (value: string): string | undefined => (form.test(value) ? value : undefined);
/** What is stored of a text of each format, and what is said of one that is not. */
const FORMATS = {
  email: [matching(/^[^\s@]+@[^\s@]+\.[^\s@.]+$/u), 'must be an email address'],
  uuid: [matching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i), 'must be a UUID'], //: formats
  url: [(value) => (URL.canParse(value) && /^https?:$/.test(new URL(value).protocol) ? value : undefined), 'must be an http or https URL'], //: formats
  date: [(value) => (/^\d{4}-\d{2}-\d{2}$/.test(value) && dateOf(value) ? value : undefined), 'must be a date (YYYY-MM-DD)'], //: formats
  datetime: [(value) => dateOf(value)?.toISOString(), 'must be an ISO 8601 date and time'],
} satisfies Readonly<Record<string, readonly [(value: string) => string | undefined, string]>>;
export type Format = keyof typeof FORMATS;

const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?)?$/;
/** The years 0 to 9999, in milliseconds: others have six digits as text, which does not sort among these. */
const FIRST = Date.parse('0000-01-01'), LAST = Date.parse('9999-12-31T23:59:59.999Z');
/** An ISO 8601 text (UTC where no zone is given) or milliseconds since 1970; undefined for anything else, February 30 included. */
function dateOf(value: unknown): Date | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value >= FIRST && value <= LAST ? new Date(value) : undefined;
  const parts = typeof value === 'string' ? ISO.exec(value) : null;
  if (!parts) return undefined;
  const [whole, year, month, day, zone] = parts;
  if (Number(day) > new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()) return undefined;
  const date = new Date(whole.length === 10 || zone ? whole : `${whole}Z`);
  return date.getTime() >= FIRST && date.getTime() <= LAST ? date : undefined;
}

/** What is stored as bytes has no order and is equal to no value of a query. */
const comparable = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** Reads one value of a filter; undefined when it is no value of the column's type. */
export function fromQuery(column: Column, rule: ValueRule, value: string): string | number | undefined {
  const allowed = rule.enum ?? column.values;
  switch (column.kind) {
    case 'text':
      if (!storable(value) || (allowed && !allowed.includes(value))) return undefined;
      if (column.numeric && !NUMERIC.test(value)) return undefined; //: numeric
      return !allowed && rule.format === 'datetime' ? dateOf(value)?.toISOString() : value;
    case 'number': case 'integer': return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value) && Number.isFinite(Number(value)) ? Number(value) : undefined;
    case 'bigint': return INTEGER.test(value) ? comparable(column.encode(BigInt(value))) : undefined; //: bigint
    case 'boolean': return value === 'true' || value === '1' ? 1 : value === 'false' || value === '0' ? 0 : undefined;
    case 'date': return encoded(column, dateOf(/^-?\d{6,}$/.test(value) ? Number(value) : value));
    default: return undefined;
  }
}

/** The rule of a column: audit timestamps kept as text are read like any date. */
export function ruleOf(column: Column, rule: ValueRule | undefined, audit: ReadonlySet<string>): ValueRule {
  return !rule && column.kind === 'text' && column.name.endsWith('At') && audit.has(column.name) ? { format: 'datetime' } : rule ?? {};
}
