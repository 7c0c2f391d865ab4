// Cloudflare D1. It has no transactions that stay open: what must hold together is one batch, which D1 runs as one.
import { databaseOn, type Connection, type Database, type Rows, type Statement } from './driver.ts';

/** A D1 binding, as far as the library uses it. */
export interface D1 {
  prepare(text: string): D1Statement;
  batch(list: readonly D1Statement[]): Promise<{ readonly results: Rows }[]>;
}
interface D1Statement {
  bind(...values: readonly unknown[]): D1Statement;
  all(): Promise<{ readonly results: Rows }>;
  raw(): Promise<unknown[][]>;
}

const LIMIT = 100; // parameters of one statement

/** The database behind a binding. Its schema comes with deployment. */
export function d1Database(binding: D1): Database {
  const bound = (text: string, params: readonly unknown[]): D1Statement => {
    const fitted = fit({ text, params });
    return binding.prepare(fitted.text).bind(...fitted.params);
  };
  const native: Connection = {
    serial: false,
    all: async (text, params) => (await bound(text, params).all()).results.map(row),
    values: async (text, params) => (await bound(text, params).raw()).map((list) => list.map(plain)),
    batch: async (list) => (await binding.batch(list.map(({ text, params }) => bound(text, params)))).map(({ results }) => results.map(row)),
  };
  return databaseOn(native);
}

/** Bytes come as a list of numbers; columns read them as bytes. */
const plain = (value: unknown): unknown => (Array.isArray(value) ? new Uint8Array(value as number[]) : value);
const row = (given: Record<string, unknown>): Record<string, unknown> => {
  for (const name in given) if (Array.isArray(given[name])) given[name] = plain(given[name]);
  return given;
};

/** Beyond the limit the values travel as one JSON parameter, so that a statement stays one statement; bytes stay as they are. */
export function fit({ text, params }: Statement): Statement {
  const list = params.map((value) => value ?? null);
  if (list.length <= LIMIT) return { text, params: list };
  const packed: unknown[] = [], own: unknown[] = [];
  let next = 0;
  const rewritten = text.replace(/'(?:[^']|'')*'|"(?:[^"]|"")*"|\?/g, (token) => {
    if (token !== '?') return token;
    const value = list[next++];
    if (typeof value === 'object' && value !== null) return `?${own.push(value) + 1}`;
    return `json_extract(?1, '$[${packed.push(typeof value === 'boolean' ? Number(value) : value) - 1}]')`;
  });
  return { text: rewritten, params: [JSON.stringify(packed), ...own] };
}
