// What the drivers of other runtimes do with the same statements: libSQL here, D1's parameters; D1 itself runs under the tests over HTTP.
import { afterAll, describe, expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database } from 'bun:sqlite';
import { fit } from '../lib/d1.ts';
import { openLibsql } from '../lib/libsql.ts';

const root = mkdtempSync(join(tmpdir(), 'drivers-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('libSQL in a file', () => {
  const open = async (name: string) => {
    const db = openLibsql(`file:${join(root, 'deep', name)}`);
    await db.driver.all('create table parent (id text primary key, bytes blob)', []);
    await db.driver.all('create table child (id text primary key, parent text references parent (id))', []);
    return db;
  };
  const parents = async (db: Awaited<ReturnType<typeof open>>) => (await db.driver.all('select id from parent order by id', [])).map((row) => row['id']);

  test('enforces foreign keys in WAL mode, before and after transactions', async () => {
    const db = await open('keys.db'), orphan = async () => db.driver.all("insert into child values ('c', 'nobody')", []);
    await expect(orphan()).rejects.toThrow('FOREIGN KEY');
    await db.driver.atomic([{ text: "insert into parent (id) values ('a')", params: [] }]);
    await expect(orphan()).rejects.toThrow('FOREIGN KEY');
    expect(await db.driver.all('pragma journal_mode', [])).toEqual([{ journal_mode: 'wal' }]);
  });
  test('holds all of a unit or nothing, and savepoints for themselves', async () => {
    const db = await open('units.db'), add = (id: string) => ({ text: 'insert into parent (id) values (?)', params: [id] });
    await expect(db.driver.atomic([add('a'), add('a')])).rejects.toThrow('UNIQUE');
    expect(await parents(db)).toEqual([]);
    await db.level.unit(db.native, async (level, unit) => {
      await level.statement(() => unit.all(add('b').text, ['b']));
      await expect(level.unit(unit, async (inner, deeper) => {
        await inner.statement(() => deeper.all(add('c').text, ['c']));
        throw new Error('inner');
      })).rejects.toThrow('inner');
    });
    expect(await parents(db)).toEqual(['b']);
  });
  test('lets others wait for an open transaction instead of joining it', async () => {
    const db = await open('turns.db');
    let go!: () => void;
    const gate = new Promise<void>((resolve) => { go = resolve; });
    const failing = db.level.unit(db.native, async (level, unit) => {
      await level.statement(() => unit.all("insert into parent (id) values ('dirty')", []));
      await gate;
      throw new Error('no');
    });
    const read = parents(db);
    go();
    await expect(failing).rejects.toThrow('no');
    expect(await read).toEqual([]);
  });
  test('gives columns of the same name apart as arrays, and bytes as bytes', async () => {
    const db = await open('values.db');
    expect(await db.native.values('select 1 as a, 2 as a, ? as b, ? as c', [new Uint8Array([1, 2]), undefined])).toEqual([[1, 2, new Uint8Array([1, 2]), null]]);
  });
  test('takes booleans and dates as columns store them, at which the binding would end the process', async () => {
    const db = await open('odd.db');
    expect(db.driver.all('select ? as yes, ? as no, ? as at', [true, false, new Date(5)])).toEqual([{ yes: 1, no: 0, at: 5 }]);
    expect(() => db.driver.all('select ? as nothing', [{}])).toThrow();
    expect(db.driver.all('select 1 as one', [])).toEqual([{ one: 1 }]);
  });
  test('runs more different statements than it keeps prepared, and the same one again after it failed', async () => {
    const db = await open('many.db'), add = (id: string) => db.driver.all('insert into parent (id) values (?) returning id', [id]);
    for (let i = 0; i < 1200; i++) expect(db.driver.all(`select ${i % 700} as n`, [])).toEqual([{ n: i % 700 }]);
    expect(add('a')).toEqual([{ id: 'a' }]);
    expect(() => add('a')).toThrow('UNIQUE constraint failed: parent.id');
    expect(add('b')).toEqual([{ id: 'b' }]);
  });
});

describe('D1 takes a hundred parameters', () => {
  const db = new Database(':memory:');
  const run = ({ text, params }: ReturnType<typeof fit>) => db.query(text).values(...(params as never[]));

  test('and gets that many as they are', () => {
    const params = Array.from({ length: 100 }, (_, i) => i), statement = { text: `select ${params.map(() => '?').join(', ')}`, params };
    expect(fit(statement)).toEqual(statement);
  });
  test('and more as one, with the same values, types and places', () => {
    const odd: unknown[] = ['?', "it's", '', null, 1.5, -7, true, '\u0000\ud83d\ude00', new Uint8Array([0, 255]), undefined];
    const params = [...odd, ...Array.from({ length: 200 }, (_, i) => (i % 2 ? i : `v${i}`))];
    const text = `select '?', "a?" as "b?", ${params.map(() => '?, typeof(?)').join(', ')} from (select 'it''s ?' as "a?")`;
    const doubled = params.flatMap((p) => [p, p]), fitted = fit({ text, params: doubled });
    expect(fitted.params.length).toBeLessThanOrEqual(3);
    const plain = db.query(text.replaceAll('"a?"', '"aq"').replaceAll('"b?"', '"bq"')).values(...(doubled.map((p) => p ?? null) as never[]));
    expect(run(fitted)).toEqual(plain);
  });
});
