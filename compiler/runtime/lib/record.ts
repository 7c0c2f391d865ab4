// One record inside the caller's firewall.
import { answersFor } from './answer.ts';
import type { RawRow } from './conditions.ts';
import { notFound, type Entry } from './entry.ts';
import { fail } from './errors.ts';
import type { Resource } from './resource.ts';
import type { Runtime } from './runtime.ts';
import { bind, every, type Sql } from './sql.ts';

/** The primary key a path or body names, in the column's own type; undefined when no row can have it. */
export function keyValue(r: Resource, id: unknown): string | number | undefined {
  if (r.key?.kind === 'text') return typeof id === 'string' && id !== '' ? id : undefined;
  const number = typeof id === 'number' ? id : typeof id === 'string' && /^-?\d{1,16}$/.test(id) ? Number(id) : NaN;
  return Number.isSafeInteger(number) ? number : undefined;
}

/** The condition that picks one row by its key, or several by a JSON list of keys. */
export function keyIs(r: Resource, value: unknown): Sql {
  return { text: `${keyOf(r)} = ?`, params: [{ value }] };
}
export function keyIn(r: Resource, values: readonly unknown[]): Sql {
  return { text: `${keyOf(r)} in (select value from json_each(?))`, params: [{ value: JSON.stringify(values) }] };
}
export function keyOf(r: Resource): string {
  if (!r.key) throw new Error(`${r.name}: records need a primary key of one column`);
  return r.key.sql;
}

/** Reads rows inside the wall. */
export async function load(rt: Runtime, r: Resource, { ctx, wall }: Pick<Entry, 'ctx' | 'wall'>, which: Sql): Promise<RawRow[]> {
  const where = every([wall.where, which]);
  return rt.db.all(`select ${answersFor(r).everything} from ${r.from} where ${where.text}`, bind(where, ctx));
}

/** The record of a path, after the firewall and the record part of access. */
export async function reach(rt: Runtime, r: Resource, entry: Entry, id: unknown): Promise<RawRow> {
  const key = keyValue(r, id);
  const [row] = key === undefined ? [] : await load(rt, r, entry, keyIs(r, key));
  if (!row) return notFound(r);
  await allow(r, entry, row);
  return row;
}

/** The record part of access. */
export async function allow(r: Resource, { ctx, grant }: Pick<Entry, 'ctx' | 'grant'>, row: RawRow): Promise<void> {
  if (!(await grant.test(row, answersFor(r).record(row), ctx))) fail('ACCESS_CONDITION_FAILED');
}

/** A row as it would be written: inside the firewall, and on creation what access asks of it. Functions see no row then. */
export async function allowNew({ ctx, wall, grant }: Entry, row: RawRow, creating: boolean): Promise<void> {
  if (!wall.holds(row, ctx) || (creating && !(await grant.test(row, undefined, ctx)))) fail('ACCESS_CONDITION_FAILED');
}

/** What a write repeats: the wall, what access asks of the row as far as SQL can say, and the key. */
export function still(r: Resource, { wall, grant }: Entry, key: unknown): Sql {
  return every([keyIs(r, key), wall.where, ...(grant.code ? [] : [grant.rows])]);
}

/** The row changed between reading and writing: answer what is true now. */
export async function lost(rt: Runtime, r: Resource, entry: Entry, id: unknown): Promise<never> {
  await reach(rt, r, entry, id);
  return fail('ACCESS_CONDITION_FAILED');
}
