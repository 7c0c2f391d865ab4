// What somebody would write by hand for the same list: Hono, a prepared Drizzle query with the same WHERE, a cache of sessions.
import { and, desc, eq, isNull, sql } from 'drizzle-orm';
import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { Hono } from 'hono';

const items = sqliteTable('items', {
  id: text('id').primaryKey(), organizationId: text('organization_id').notNull(), title: text('title').notNull(), note: text('note'),
  email: text('email'), phone: text('phone'), amount: integer('amount').notNull(), open: integer('open', { mode: 'boolean' }).notNull(),
  createdAt: text('created_at'), createdBy: text('created_by'), modifiedAt: text('modified_at'), modifiedBy: text('modified_by'),
  deletedAt: text('deleted_at'), deletedBy: text('deleted_by'),
});

const file = process.env['DATABASE_PATH'] ?? '', port = Number(process.env['PORT']), bun = 'Bun' in globalThis;
const db = bun
  ? (await import('drizzle-orm/bun-sqlite')).drizzle(new (await import('bun:sqlite')).Database(file))
  : (await import('drizzle-orm/libsql')).drizzle((await import('@libsql/client')).createClient({ url: `file:${file}` }));
const list = (db as { select(): any }).select().from(items)
  .where(and(eq(items.organizationId, sql.placeholder('org')), isNull(items.deletedAt)))
  .orderBy(desc(items.createdAt), items.id).limit(sql.placeholder('limit')).offset(sql.placeholder('offset')).prepare();

const sessions = new Map([[process.env['TOKEN'], { org: process.env['ORG'], roles: ['member'] }]]);
const app = new Hono();
app.get('/health', (c) => c.json({ status: 'ok' }));
app.get('/api/v1/items', async (c) => {
  const session = sessions.get(c.req.header('authorization')?.slice(7));
  if (!session?.roles.includes('member')) return c.json({ error: 'no' }, 403);
  const limit = Math.min(100, Number(c.req.query('limit') ?? 50)), offset = Number(c.req.query('offset') ?? 0);
  const data = await list.all({ org: session.org, limit, offset });
  return c.json({ data, pagination: { limit, offset, count: data.length } });
});
if (bun) (globalThis as unknown as { Bun: { serve(o: object): void } }).Bun.serve({ port, hostname: '127.0.0.1', fetch: app.fetch });
else (await import('@hono/node-server')).serve({ fetch: app.fetch, port, hostname: '127.0.0.1' });
