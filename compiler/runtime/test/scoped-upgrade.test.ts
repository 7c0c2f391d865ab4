// Fails when an upgrade of Drizzle adds a way to make SQL text that the gate does not know. Then: read the new method, gate it, list it here.
import { expect, test } from 'bun:test';
import { BaseSQLiteDatabase, QueryBuilder, SQLiteAsyncDialect, SQLiteDeleteBase, SQLiteInsertBase, SQLiteInsertBuilder, SQLiteSelectBase, SQLiteSession, SQLiteUpdateBase } from 'drizzle-orm/sqlite-core';
import { RelationalQueryBuilder } from 'drizzle-orm/sqlite-core/query-builders/query';
import { Gate } from '../lib/gate.ts';

function methods(type: { prototype: object }): string {
  const found = new Set<string>();
  for (let p = type.prototype; p !== Object.prototype && p !== Function.prototype && p !== null; p = Object.getPrototypeOf(p) as object) {
    for (const name of Object.getOwnPropertyNames(p)) if (name !== 'constructor') found.add(name);
  }
  return [...found].sort().join(' ');
}

test('the dialect has the methods that the gate knows', () => {
  expect(methods(SQLiteAsyncDialect)).toBe('buildDeleteQuery buildFromTable buildInsertQuery buildJoins buildLimit buildOrderBy buildRelationalQuery buildSelectQuery buildSelection buildSetOperationQuery buildSetOperations buildUpdateQuery buildUpdateSet buildWithCTE escapeName escapeParam escapeString migrate sqlToQuery');
});

test('the database and its session have the methods that the gate knows', () => {
  expect(methods(BaseSQLiteDatabase)).toBe('$count all delete get insert run select selectDistinct transaction update values with');
  expect(methods(SQLiteSession)).toBe('all count extractRawAllValueFromBatchResult extractRawGetValueFromBatchResult extractRawRunValueFromBatchResult extractRawValuesValueFromBatchResult get prepareOneTimeQuery run values');
  expect(methods(QueryBuilder)).toBe('getDialect select selectDistinct with');
  expect(methods(RelationalQueryBuilder)).toBe('findFirst findMany');
});

test('builders offer the methods that the gate and the cascade know', () => {
  const own = (type: { prototype: object }): string => Object.getOwnPropertyNames(type.prototype).filter((n) => n !== 'constructor').sort().join(' ');
  expect(own(SQLiteInsertBuilder)).toBe('select values');
  expect(own(SQLiteInsertBase)).toBe('$dynamic _prepare execute getSQL onConflictDoNothing onConflictDoUpdate prepare returning toSQL');
  expect(own(SQLiteUpdateBase)).toBe('$dynamic _prepare createJoin execute from getSQL limit orderBy prepare returning toSQL where');
  expect(own(SQLiteDeleteBase)).toBe('$dynamic _prepare execute getSQL limit orderBy prepare returning toSQL where');
  expect(own(SQLiteSelectBase)).toBe('$withCache _prepare catch execute finally prepare then');
});

// A new key in a builder's configuration is a new place for SQL. The source text is the cheapest witness.
const keys: readonly (readonly [string, string])[] = [
  ['buildSelectQuery', 'distinct fields fieldsFlat groupBy having joins limit offset orderBy setOperators table where withList'],
  ['buildUpdateQuery', 'from joins limit orderBy returning set table where withList'],
  ['buildDeleteQuery', 'limit orderBy returning table where withList'],
  ['buildInsertQuery', 'onConflict returning select table values withList'],
];
for (const [method, expected] of keys) {
  test(`${method} takes the configuration that the gate knows`, () => {
    const source = String((SQLiteAsyncDialect.prototype as unknown as Record<string, unknown>)[method]);
    const found = /\(\{([^}]*)\}/.exec(source)?.[1]?.split(',').map((s) => s.trim().split(/[:=]/)[0]?.trim()).filter(Boolean).sort().join(' ');
    expect(found).toBe(expected);
    const gate = Gate.prototype as unknown as Record<string, unknown>, core = SQLiteAsyncDialect.prototype as unknown as Record<string, unknown>;
    expect(gate[method]).not.toBe(core[method]);
  });
}
