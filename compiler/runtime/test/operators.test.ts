// The two columns of the operator table say the same: SQLite is asked, and JavaScript, over values that like to differ.
import { expect, test } from 'bun:test';
import { Database, type SQLQueryBindings } from 'bun:sqlite';
import { integer, numeric, real, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { columnsOf } from '../lib/columns.ts';
import { conditionOf, whereOf } from '../lib/conditions.ts';
import type { AnyContext } from '../lib/context.ts';
import { compare, OPERATORS } from '../lib/conditions.ts';
import { bind } from '../lib/conditions.ts';
import { user } from './harness.ts';

const table = sqliteTable('t', {
  id: integer('id').primaryKey(), txt: text('txt'), num: real('num'), int: integer('int'), flag: integer('flag', { mode: 'boolean' }), at: integer('at', { mode: 'timestamp_ms' }), sec: integer('sec', { mode: 'timestamp' }), dec: numeric('dec'),
});
const columns = columnsOf(table);
const VALUES: Readonly<Record<string, readonly unknown[]>> = {
  txt: ['', 'a', 'A', 'b', 'Z', 'é', 'É', '10', '9', 'a_b%c', '😀', '\uFF5E', 'ß', 'offer', ' offer', "o'x", 'user-owner', 'org-a'],
  num: [0, -1, 1.5, 2, 1e21, -0.1, 0.1 + 0.2, 3],
  int: [0, 1, -5, 10, 9, 2 ** 40],
  flag: [true, false],
  at: ['1970-01-01', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.001Z'],
  sec: ['1970-01-01', '2026-01-01T00:00:00Z'],
  dec: ['10', '10.0', '9', '7.5', '-1', 'none', '', ' 8 ', '1e1', '0x10'],
};

/** A small generator: the same numbers in every run. */
function dice(seed: number): (n: number) => number {
  return (n) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed % n;
  };
}

const db = new Database(':memory:');
db.run('create table t (id integer primary key, txt text, num real, int integer, flag integer, at integer, sec integer, dec numeric)');
const stored = (name: string, value: unknown): unknown => (value === null ? null : columns.get(name)?.encode(name === 'at' || name === 'sec' ? new Date(value as string) : value));
{
  const roll = dice(7);
  const insert = db.prepare('insert into t values (?, ?, ?, ?, ?, ?, ?, ?)');
  for (let id = 1; id <= 400; id++) {
    insert.run(id, ...(Object.entries(VALUES).map(([name, list]) => stored(name, roll(5) ? list[roll(list.length)] : null)) as SQLQueryBindings[]));
  }
}
const rows = db.query('select id, txt, num, int, flag, at, sec, dec from t').all() as Record<string, unknown>[];

function agree(name: string, condition: Record<string, unknown>, ctx: AnyContext): void {
  const column = columns.get(name);
  if (!column) throw new Error(name);
  const { sql, js } = conditionOf(column, condition, name);
  const bySql = (db.query(`select id from t where ${sql.text}`).values(...(bind(sql, ctx) as SQLQueryBindings[])) as number[][]).map(([id]) => id);
  expect({ name, condition, ids: rows.filter((row) => js(row, ctx)).map((row) => row['id']) }).toEqual({ name, condition, ids: bySql });
}

const callers: AnyContext[] = [user(['owner', 'a']), user([], { userId: 'a' }), { authenticated: false, isAnonymous: false, roles: ['a'] }];
const SCALARS = ['equals', 'notEquals', 'lessThan', 'lessThanOrEqual', 'greaterThan', 'greaterThanOrEqual'];

test('every operator on every value', () => {
  for (const ctx of callers.slice(0, 1)) {
    for (const [name, list] of Object.entries(VALUES)) {
      for (const value of list) for (const op of SCALARS) agree(name, { [op]: value }, ctx);
      for (let i = 0; i < list.length; i++) for (const op of ['in', 'notIn']) agree(name, { [op]: list.slice(i, i + 3) }, ctx);
      for (const isNull of [true, false]) agree(name, { isNull }, ctx);
    }
  }
});

test('random combinations, with values of the context, present and missing', () => {
  const roll = dice(42), names = Object.keys(VALUES);
  const pick = <T>(list: readonly T[]): T => list[roll(list.length)] as T;
  const refs = ['$ctx.userId', '$ctx.activeOrgId', '$ctx.activeTeamId', '$ctx.user.email', '$ctx.isAnonymous'];
  for (let round = 0; round < 1500; round++) {
    const name = pick(names), list = VALUES[name] ?? [];
    const operand = (): unknown => (roll(4) ? pick(list) : pick(refs));
    const condition: Record<string, unknown> = { [pick(SCALARS)]: operand() };
    if (roll(2)) condition[pick(['in', 'notIn'])] = roll(4) ? [operand(), operand()] : '$ctx.roles';
    if (!roll(4)) condition['isNull'] = roll(2) === 0;
    agree(name, condition, pick(callers));
  }
});

test('contains agrees, whatever the case of ASCII letters', () => {
  for (const needle of ['', 'A', 'a', 'É', 'é', '%', '_', 'OFF', '😀']) {
    const bySql = (db.query(`select id from t where ${OPERATORS.contains.sql('"txt"')}`).values(needle) as number[][]).map(([id]) => id);
    const byJs = rows.filter((row) => typeof row['txt'] === 'string' && OPERATORS.contains.js(row['txt'], needle)).map((row) => row['id']);
    expect([needle, byJs]).toEqual([needle, bySql]);
  }
});

test('order of text is SQLite’s own', () => {
  const bySql = (db.query('select distinct txt from t where txt is not null order by txt').values() as string[][]).map(([txt]) => txt as string);
  expect([...bySql].sort(compare)).toEqual(bySql);
});

test('a missing value of the context never holds, negations included', () => {
  const nobody: AnyContext = { authenticated: true, isAnonymous: false, roles: [] };
  for (const op of SCALARS) agree('txt', { [op]: '$ctx.userId' }, nobody);
  for (const condition of [{ notEquals: '$ctx.userId' }, { notIn: ['$ctx.userId', 'a'] }, { equals: '$ctx.userId' }, { lessThan: '$ctx.userId' }]) {
    const { sql, js } = conditionOf(columns.get('txt') ?? fail(), condition, 'x');
    expect(db.query(`select id from t where ${sql.text}`).values(...(bind(sql, nobody) as SQLQueryBindings[]))).toEqual([]);
    expect(rows.some((row) => js(row, nobody))).toBe(false);
  }
});

test('roles of a context without a session are nobody’s', () => {
  const forged = callers[2] as AnyContext;
  const { sql, js } = conditionOf(columns.get('txt') ?? fail(), { in: '$ctx.roles' }, 'x');
  expect(db.query(`select id from t where ${sql.text}`).values(...(bind(sql, forged) as SQLQueryBindings[]))).toEqual([]);
  expect(rows.some((row) => js(row, forged))).toBe(false);
  expect(rows.some((row) => js(row, { ...forged, authenticated: true }))).toBe(true);
});

test('a column that was not read satisfies nothing', () => {
  for (const condition of [{ notEquals: 'a' }, { notIn: ['a'] }, { isNull: true }, { isNull: false }, { equals: 'a' }]) {
    expect([condition, conditionOf(columns.get('txt') ?? fail(), condition, 'x').js({ id: 1 }, callers[0] as AnyContext)]).toEqual([condition, false]);
  }
});

test('what is not understood throws at load', () => {
  const load = (where: Record<string, unknown>) => () => whereOf(columns, where, 'x');
  for (const where of [{}, { nope: { equals: 1 } }, { txt: {} }, { txt: { eq: 'a' } }, { txt: { differs: 'a' } }, { txt: { in: [] } }, { txt: { in: 'a' } }, { txt: { isNull: 'yes' } }, { txt: { equals: null } },
    { int: { equals: 'ten' } }, { flag: { equals: 'true' } }, { at: { equals: 'soon' } }, { txt: { equals: '$ctx.roles' } }, { txt: { equals: '$ctx.a b' } }, { txt: { toString: 'a' } }]) {
    expect(load(where)).toThrow();
  }
});

function fail(): never {
  throw new Error('no column');
}
