// libSQL, on Node and Bun: a file, or Turso by its URL. A server has streams of its own for each transaction.
import { fileURLToPath } from 'node:url';
import { createClient, type Client, type InArgs, type InStatement, type ResultSet } from '@libsql/client';
import { drizzle } from 'drizzle-orm/libsql';
import { migrate } from 'drizzle-orm/libsql/migrator';
import Binding from 'libsql';
import { databaseOn, openFile, type Connection, type Database, type Handle, type Prepared, type Rows, type Runner, type Statement } from './driver.ts';

/** Opens `file:./data/app.db` (its folder is made when missing), or a server such as `libsql://name.turso.io` with its token. Throws what libSQL says. */
export function openLibsql(url: string, authToken?: string): Database {
  if (!url.startsWith('file:')) return databaseOn(server(createClient({ url, intMode: 'number', ...(authToken ? { authToken } : {}) })));
  const path = url.startsWith('file:///') ? fileURLToPath(url) : url.slice('file:'.length);
  return databaseOn(openFile(path, handle, async (_, folder) => {
    const client = createClient({ url, timeout: 5000 });
    await applyMigrations(client, folder).finally(() => client.close());
  }));
}

/** The binding under the client: the client itself would prepare every statement again, and define each value of a row as a property. */
function handle(path: string): Handle {
  const file = new Binding(path);
  const prepare = (text: string): Prepared => {
    const statement = file.prepare(text), names = statement.reader ? statement.raw().columns().map((column) => column.name) : [];
    const values = (...params: readonly unknown[]): unknown[][] => statement.all(params.map(stored)) as unknown[][];
    return { values, all: (...params) => values(...params).map((row) => named(names, row)) };
  };
  return { prepare, exec: (text) => file.exec(text), close: () => file.close(), get inTransaction() { return file.inTransaction; } };
}

/** The binding ends the process at a boolean. */
function stored(value: unknown): unknown {
  if (typeof value === 'boolean') return Number(value);
  return value instanceof Date ? value.getTime() : value ?? null;
}

function named(names: readonly string[], row: readonly unknown[]): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  names.forEach((name, i) => { out[name] = row[i]; });
  return out;
}

function server(client: Client): Connection {
  return {
    serial: false,
    ...runner((statement) => client.execute(statement)),
    async begin() {
      const transaction = await client.transaction('write');
      return { ...runner((statement) => transaction.execute(statement)), commit: () => transaction.commit(), rollback: () => transaction.rollback() };
    },
    batch: async (list) => (await client.batch(list.map(({ text, params }) => given(text, params)), 'write')).map(objects),
    migrate: (folder) => applyMigrations(client, folder),
    close: () => client.close(),
  };
}

async function applyMigrations(client: Client, migrationsFolder: string): Promise<void> {
  await migrate(drizzle(client), { migrationsFolder });
  const broken = (await client.execute('pragma foreign_key_check')).rows;
  if (broken.length) throw new Error(`after the migrations rows refer to missing rows in ${[...new Set(broken.map((row) => row['table']))].join(', ')}`);
}

function runner(execute: (statement: { sql: string; args: InArgs }) => Promise<ResultSet>): Runner {
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
const objects = (set: ResultSet): Rows => arrays(set).map((row) => named(set.columns, row));
