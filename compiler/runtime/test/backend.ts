// A whole backend on a database in memory, as tests use it: the tables made from their Drizzle definitions, Better Auth real.
import { getTableConfig, SQLiteSyncDialect, SQLiteTable } from 'drizzle-orm/sqlite-core';
import { is, SQL } from 'drizzle-orm';
import { createApp, type AppOptions } from '../lib/app.ts';
import type { Environment } from '../lib/auth.ts';
import type { LogEntry } from '../lib/routes.ts';
import { openSqlite } from '../lib/sqlite.ts';

/** A database in memory that answers at once. */
export type Database = ReturnType<typeof openSqlite>;

const dialect = new SQLiteSyncDialect();
const inline = (s: SQL): string => dialect.sqlToQuery(s.inlineParams()).sql.replace(/"\w+"\.("\w+")/g, '$1');

/** The statements that create the tables of a schema. */
export function ddl(schema: Readonly<Record<string, unknown>>): string[] {
  const out: string[] = [];
  for (const table of Object.values(schema).filter((t): t is SQLiteTable => is(t, SQLiteTable))) {
    const { name, columns, foreignKeys, indexes, checks } = getTableConfig(table);
    const lines = columns.map((c) => {
      const given = c.default === undefined ? '' : ` default ${is(c.default, SQL) ? inline(c.default) : literal(c.mapToDriverValue(c.default))}`;
      if (c.generated) return `"${c.name}" ${c.getSQLType()} generated always as (${inline(c.generated.as as SQL)}) ${c.generated.mode ?? 'virtual'}`;
      return `"${c.name}" ${c.getSQLType()}${c.primary ? ' primary key' : ''}${c.notNull ? ' not null' : ''}${c.isUnique ? ' unique' : ''}${given}`;
    });
    for (const key of foreignKeys) {
      const { columns: from, foreignColumns: to, foreignTable } = key.reference();
      lines.push(`foreign key ("${from[0]?.name}") references "${getTableConfig(foreignTable as SQLiteTable).name}" ("${to[0]?.name}")${key.onDelete ? ` on delete ${key.onDelete}` : ''}`);
    }
    for (const check of checks) lines.push(`check (${inline(check.value)})`);
    out.push(`create table "${name}" (${lines.join(', ')})`);
    for (const { config } of indexes) {
      const on = config.columns.map((c) => `"${(c as { name: string }).name}"`).join(', ');
      out.push(`create ${config.unique ? 'unique ' : ''}index "${config.name}" on "${name}" (${on})${config.where ? ` where ${inline(config.where)}` : ''}`);
    }
  }
  return out;
}

const literal = (value: unknown): string => (typeof value === 'string' ? `'${value}'` : String(value));

/** An open database in memory with the tables of a schema. */
export function databaseOf(schema: Readonly<Record<string, unknown>>): Database {
  const database = openSqlite(':memory:');
  for (const statement of ddl(schema)) database.native.exec(statement);
  return database;
}

export const SECRET = 'a secret of tests, long enough to sign with';

export interface TestBackend extends ReturnType<typeof createApp> {
  readonly database: Database;
  readonly log: LogEntry[];
  /** The clock, to be moved by tests. */
  readonly clock: { ms: number };
  /** A request to http://localhost:3000. A body is sent as JSON. */
  call(method: string, path: string, given?: { body?: unknown; headers?: Record<string, string>; token?: string }): Promise<Response>;
  /** Signs a user up and answers the bearer token. */
  signUp(name: string): Promise<string>;
}

/** Starts a backend without listening. */
export function backendOf(options: AppOptions, env: Environment = {}): TestBackend {
  const database = databaseOf(options.schema), log: LogEntry[] = [], clock = { ms: Date.now() };
  const app = createApp(options, {
    database, env: { BETTER_AUTH_SECRET: SECRET, ...env },
    log: (entry) => { log.push(entry); }, now: () => new Date(clock.ms), openapi: () => '{"openapi":"3.1.0"}',
  });
  const call: TestBackend['call'] = (method, path, { body, headers = {}, token } = {}) => app.fetch(new Request(`http://localhost:3000${path}`, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  }));
  return {
    fetch: app.fetch, database, log, clock, call,
    async signUp(name) {
      const answer = await call('POST', '/api/auth/sign-up/email', { body: { name, email: `${name}@example.com`, password: 'correct horse' } });
      const token = answer.headers.get('set-auth-token');
      if (!token) throw new Error(`sign-up answered ${answer.status}: ${await answer.text()}`);
      return token;
    },
  };
}
