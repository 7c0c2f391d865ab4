// libSQL, on Node and Bun: a file, or Turso by its URL. A file has one connection with one lock; a server has streams of its own for each transaction.
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createClient, type InArgs, type InStatement, type ResultSet } from '@libsql/client';
import { drizzle } from 'drizzle-orm/libsql';
import { migrate } from 'drizzle-orm/libsql/migrator';
import { databaseOn, type Connection, type Database, type Rows, type Runner, type Statement } from './driver.ts';

type Execute = (statement: { sql: string; args: InArgs }) => Promise<ResultSet>;

/** Opens `file:./data/app.db` (its folder is made when missing), or a server such as `libsql://name.turso.io` with its token. Throws what libSQL says. */
export function openLibsql(url: string, authToken?: string): Database {
  const file = url.startsWith('file:');
  if (file) mkdirSync(dirname(url.startsWith('file:///') ? fileURLToPath(url) : url.slice('file:'.length)), { recursive: true });
  const client = createClient({ url, intMode: 'number', ...(file ? { concurrency: 1, timeout: 5000 } : {}), ...(authToken ? { authToken } : {}) });
  // The client takes statements in the order they were sent, so these are first on the one connection that a file has.
  const opened = file ? Promise.all(['journal_mode = wal', 'synchronous = normal', 'foreign_keys = on'].map((p) => client.execute(`pragma ${p}`))) : Promise.resolve();
  opened.catch(() => {}); // whoever asks next is told
  const native: Connection = {
    serial: file,
    ...runner(async (statement) => { await opened; return client.execute(statement); }),
    async begin() {
      await opened;
      const transaction = await client.transaction('write');
      return { ...runner((statement) => transaction.execute(statement)), commit: () => transaction.commit(), rollback: () => transaction.rollback() };
    },
    batch: async (list) => (await client.batch(list.map(({ text, params }) => given(text, params)), 'write')).map(objects),
    async migrate(folder) {
      await opened;
      await migrate(drizzle(client), { migrationsFolder: folder });
      const broken = (await client.execute('pragma foreign_key_check')).rows;
      if (broken.length) throw new Error(`after the migrations rows refer to missing rows in ${[...new Set(broken.map((row) => row['table']))].join(', ')}`);
    },
    close: () => client.close(),
  };
  return databaseOn(native);
}

function runner(execute: Execute): Runner {
  return {
    all: async (text, params) => objects(await execute(given(text, params))),
    values: async (text, params) => arrays(await execute(given(text, params))),
  };
}

const given = (sql: Statement['text'], params: readonly unknown[]): { sql: string; args: InArgs } & InStatement =>
  ({ sql, args: params.map((value) => value ?? null) as InArgs });
/** Bytes come as an ArrayBuffer; columns read them as bytes. */
const plain = (value: unknown): unknown => (value instanceof ArrayBuffer ? new Uint8Array(value) : value);
const arrays = ({ columns, rows }: ResultSet): unknown[][] => rows.map((row) => columns.map((_, i) => plain(row[i])));
const objects = ({ columns, rows }: ResultSet): Rows => rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, plain(row[i])])));
