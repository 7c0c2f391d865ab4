// A backend in memory: tables made from their Drizzle definitions, routes behind a context that a test names.
import { Hono } from 'hono';
import { getTableName, is, SQL, type Table } from 'drizzle-orm';
import { getTableConfig, SQLiteSyncDialect, type SQLiteTable } from 'drizzle-orm/sqlite-core';
import { tracedBy } from '../lib/audit.ts';
import type { Context, Env } from '../lib/context.ts';
import type { Driver } from '../lib/driver.ts';
import { errorResponse } from '../lib/errors.ts';
import type { Resource } from '../lib/resource.ts';
import { createRuntime, type LogEntry, type Runtime } from '../lib/routes.ts';
import { openSqlite } from '../lib/sqlite.ts';

const dialect = new SQLiteSyncDialect();
const inline = (sql: SQL): string => dialect.sqlToQuery(sql.inlineParams()).sql;

/** CREATE statements for a table, its indexes and checks. */
export function ddl(table: object): string[] {
  const { name, columns, indexes, checks, foreignKeys } = getTableConfig(table as SQLiteTable);
  const lines = columns.map((c) => [`"${c.name}" ${c.getSQLType()}`, c.primary ? 'primary key' : '', c.notNull ? 'not null' : '',
    c.isUnique ? 'unique' : '',
    c.default === undefined ? '' : `default ${is(c.default, SQL) ? `(${inline(c.default)})` : literal(c.mapToDriverValue(c.default))}`].filter(Boolean).join(' '));
  for (const c of checks) lines.push(`constraint "${c.name}" check (${inline(c.value)})`);
  for (const key of foreignKeys) {
    const { columns: from, foreignTable, foreignColumns } = key.reference();
    lines.push(`foreign key ("${from[0]?.name}") references "${getTableName(foreignTable)}" ("${foreignColumns[0]?.name}")`);
  }
  return [`create table "${name}" (${lines.join(', ')})`, ...indexes.map(({ config: i }) =>
    `create ${i.unique ? 'unique ' : ''}index "${i.name}" on "${name}" (${i.columns.map((c) => (is(c, SQL) ? inline(c) : `"${c.name}"`)).join(', ')})${i.where ? ` where ${inline(i.where)}` : ''}`)];
}
function literal(value: unknown): string {
  return typeof value === 'number' ? String(value) : `'${String(value).replaceAll("'", "''")}'`;
}

export const nobody: Context = { authenticated: false, isAnonymous: false, roles: [] };
/** A signed-in user of an organisation. */
export function user(roles: readonly string[], more: Partial<Context> = {}): Context {
  const userId = more.userId ?? `user-${roles.join('-') || 'none'}`;
  return { authenticated: true, isAnonymous: false, activeOrgId: 'org-a', roles, userId, user: { id: userId, email: `${userId}@example.org`, name: userId }, session: { id: 's' }, ...more };
}
export function without<K extends keyof Context>(ctx: Context, key: K): Context {
  const { [key]: _, ...rest } = ctx;
  return rest as Context;
}

export interface Reply {
  readonly status: number;
  // Tests look into answers as a client does: by name.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
  readonly headers: Headers;
}
export interface Backend {
  readonly rt: Runtime;
  readonly db: Driver;
  readonly log: LogEntry[];
  readonly audits: unknown[];
  readonly statements: string[];
  /** The clock, in milliseconds; every reading advances it. */
  clock: number;
  /** Sends a request as somebody. */
  as(ctx: Context): (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Reply>;
  rows(sql: string, ...params: unknown[]): Promise<Record<string, unknown>[]>;
}

/** A running backend over tables, made in the order given. `before` may stand between the driver and the routes. */
export async function backend(
  resources: readonly Resource[], features: Readonly<Record<string, (rt: Runtime) => { readonly app: Hono<Env> }>>, options: { wrap?: (db: Driver) => Driver } = {},
): Promise<Backend> {
  const { driver } = openSqlite(':memory:');
  for (const r of resources) for (const text of ddl(r.table as Table)) await driver.all(text, []);
  const log: LogEntry[] = [], audits: unknown[] = [], statements: string[] = [];
  const counted: Driver = {
    all: (text, params) => { statements.push(text); return driver.all(text, params); },
    atomic: (list) => { statements.push(...list.map((s) => s.text)); return driver.atomic(list); },
  };
  let ids = 0;
  const out = { clock: Date.UTC(2026, 0, 1) } as { clock: number };
  const rt = createRuntime({
    db: options.wrap ? options.wrap(counted) : counted, resources, now: () => new Date(out.clock++),
    newId: (rule) => (rule.generate === 'prefixed' ? `${rule.prefix}_${++ids}` : rule.generate === false || rule.generate === 'serial' ? undefined : `id${++ids}`),
    log: (entry) => { log.push(entry); }, traced: tracedBy((event) => { if (event.outcome !== 'begun') audits.push(event); }),
  });
  // Actions ask for the gated database; what these tests drive does not.
  Object.assign(rt, { scoped: () => { throw new Error('no gated database here'); }, env: {} });
  let caller: Context | undefined;
  const app = new Hono<Env>();
  app.use(async (c, next) => {
    if (caller) c.set('ctx', caller);
    c.set('requestId', 'req-1');
    await next();
  });
  for (const [name, make] of Object.entries(features)) app.route(`/${name}`, make(rt).app);
  app.onError((error, c) => errorResponse(rt, error, c.req.raw, c.get('requestId')));
  app.notFound((c) => c.json({ error: 'Not found', layer: 'routing', code: 'NOT_FOUND' }, 404));
  return Object.assign(out, {
    rt, db: driver, log, audits, statements,
    rows: async (sql: string, ...params: unknown[]) => driver.all(sql, params),
    as: (ctx: Context) => async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> => {
      caller = ctx;
      const payload = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
      const response = await app.request(path, { method, headers: { 'content-type': 'application/json', ...headers }, ...payload });
      const text = await response.text();
      return { status: response.status, body: text === '' ? undefined : JSON.parse(text), headers: response.headers };
    },
  });
}
