// One record inside the caller's firewall.
import { bind, every, plain, type RawRow, type Sql } from './conditions.ts';
import { fail, fault } from './errors.ts';
import type { Resource } from './resource.ts';
import { notFound, type Entry } from './routes.ts';
import type { Runtime } from './runtime.ts';
import { storable } from './values.ts';

/** The primary key a path or body names, in the column's own type; undefined when no row can have it. */
export function keyValue(r: Resource, id: unknown): string | number | undefined {
  if (r.key?.kind === 'text') return typeof id === 'string' && id !== '' && storable(id) ? id : undefined;
  const number = typeof id === 'number' ? id : typeof id === 'string' && /^-?\d{1,16}$/.test(id) ? Number(id) : NaN;
  return Number.isSafeInteger(number) ? number : undefined;
}

export function keyOf(r: Resource): { readonly name: string; readonly sql: string } {
  return r.key ?? fault(`${r.name}: records need a primary key of one column`);
}

/** Reads the rows of these keys inside the wall. */
export async function load(rt: Runtime, r: Resource, { ctx, wall }: Entry, keys: readonly unknown[]): Promise<RawRow[]> {
  const { sql } = keyOf(r), which = keys.length === 1 ? plain(`${sql} = ?`, keys[0]) : plain(`${sql} in (select value from json_each(?))`, JSON.stringify(keys));
  const where = every([wall.where, which]);
  return rt.db.all(`select ${r.answers.everything} from ${r.from} where ${where.text}`, bind(where, ctx));
}

/** The record of a path inside the firewall. */
export async function find(rt: Runtime, r: Resource, entry: Entry, id: unknown): Promise<RawRow> {
  const key = keyValue(r, id), [row] = key === undefined ? [] : await load(rt, r, entry, [key]);
  if (!row) throw notFound(r);
  return row;
}

/** The same after the record part of access. */
export async function reach(rt: Runtime, r: Resource, entry: Entry, id: unknown): Promise<RawRow> {
  const row = await find(rt, r, entry, id);
  await allow(r, entry, row);
  return row;
}

export async function allow(r: Resource, { ctx, grant }: Entry, row: RawRow): Promise<void> {
  if (!(await grant.test(row, r.answers.record(row), ctx))) fail('ACCESS_CONDITION_FAILED');
}

/** A row as it would be written: inside the firewall, and on creation what access asks of it. Functions see no row then. */
export async function allowNew({ ctx, wall, grant }: Entry, row: RawRow, creating: boolean): Promise<void> {
  if (!wall.holds(row, ctx) || (creating && !(await grant.test(row, undefined, ctx)))) fail('ACCESS_CONDITION_FAILED');
}

/** What a write repeats: the wall, what access asks of the row as far as SQL can say, and the key. */
export function still(r: Resource, { wall, grant }: Entry, row: RawRow): Sql {
  const { name, sql } = keyOf(r);
  return every([plain(`${sql} = ?`, row[name]), wall.where, ...(grant.rows ? [grant.rows] : [])]);
}
