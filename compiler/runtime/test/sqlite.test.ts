import { afterAll, describe, expect, test } from 'bun:test';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqlite } from '../lib/sqlite.ts';

const root = mkdtempSync(join(tmpdir(), 'sqlite-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A migration folder with these files' texts. */
function migrations(name: string, texts: readonly string[]): string {
  const folder = join(root, name);
  mkdirSync(join(folder, 'meta'), { recursive: true });
  texts.forEach((text, i) => writeFileSync(join(folder, `000${i}_m.sql`), text));
  const entries = texts.map((_, idx) => ({ idx, version: '6', when: idx + 1, tag: `000${idx}_m`, breakpoints: true }));
  writeFileSync(join(folder, 'meta/_journal.json'), JSON.stringify({ version: '7', dialect: 'sqlite', entries }));
  return folder;
}
const FIRST = 'create table parent (id text primary key, n integer);\n--> statement-breakpoint\ncreate table child (id text primary key, parent text not null references parent (id) on delete cascade);';

describe('a database file', () => {
  test('is made with its folder, in WAL mode, with foreign keys enforced', () => {
    const db = openSqlite(join(root, 'deep/er/app.db')), pragma = (name: string) => Object.values(db.native.all(`pragma ${name}`, [])[0] ?? {})[0];
    expect([pragma('journal_mode'), pragma('foreign_keys'), Number(pragma('busy_timeout')) > 0]).toEqual(['wal', 1, true]);
    db.native.close();
  });
  test('answers at once when nobody holds it, and a promise when somebody does', async () => {
    const db = openSqlite(':memory:');
    expect(db.driver.all('select 1 as one', [])).toEqual([{ one: 1 }]);
    const unit = db.driver.atomic([{ text: 'select 2 as two', params: [] }]);
    const waiting = db.driver.all('select ? as three', [3]);
    expect(waiting).toBeInstanceOf(Promise);
    expect([await unit, await waiting]).toEqual([[[{ two: 2 }]], [{ three: 3 }]]);
  });
  test('runs more different statements than it keeps prepared', () => {
    const db = openSqlite(':memory:');
    for (let i = 0; i < 1200; i++) expect(db.native.all(`select ${i % 700} as n`, [])).toEqual([{ n: i % 700 }]);
  });
});

describe('migrations', () => {
  test('are applied once each', async () => {
    const path = join(root, 'twice.db'), folder = migrations('twice', [FIRST, "insert into parent values ('a', 1);"]);
    for (let i = 0; i < 2; i++) {
      const db = openSqlite(path);
      await db.native.migrate(folder);
      expect(db.native.all('select count(*) as n from parent', [])).toEqual([{ n: 1 }]);
      db.native.close();
    }
  });
  test('that rebuild a table keep the rows that refer to it', async () => {
    const db = openSqlite(':memory:');
    await db.native.migrate(migrations('rebuild', [FIRST, "insert into parent values ('a', 1);\n--> statement-breakpoint\ninsert into child values ('c', 'a');"]));
    await db.native.migrate(migrations('rebuild', [FIRST, 'select 1;', 'create table parent2 (id text primary key, n text);\n--> statement-breakpoint\ninsert into parent2 select * from parent;\n--> statement-breakpoint\ndrop table parent;\n--> statement-breakpoint\nalter table parent2 rename to parent;']));
    expect(db.native.all('select * from child', [])).toEqual([{ id: 'c', parent: 'a' }]);
    expect(() => db.native.all("insert into child values ('d', 'nobody')", [])).toThrow('FOREIGN KEY');
  });
  test('that leave rows without what they refer to are an error that names the table', async () => {
    const db = openSqlite(':memory:');
    await expect(db.native.migrate(migrations('broken', [FIRST, "insert into child values ('c', 'nobody');"]))).rejects.toThrow('child');
  });
  test('that are not there are an error', () => expect(openSqlite(':memory:').native.migrate(join(root, 'nowhere'))).rejects.toThrow('_journal.json'));
});
