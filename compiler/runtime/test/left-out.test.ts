// What a project's definitions do not call is left out of its library, and refused when it is called all the same. LEFT_OUT names what the
// library beside this test does not have; all else still does what it does elsewhere.
import { describe, expect, test } from 'bun:test';
import { eq, sql } from 'drizzle-orm';
import { sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { app as options } from '../app/app.ts';
import { candidates, jobs } from '../app/schema.ts';
import { action } from '../lib/action.ts';
import { resource } from '../lib/resource.ts';
import { backendOf } from './backend.ts';
import { driver, ours, recruiter, refused, world } from './gate-fixture.ts';
import { routes } from './routes.ts';

const leftOut = new Set((process.env['LEFT_OUT'] ?? '').split(' '));

const calls: Readonly<Record<string, (w: ReturnType<typeof world>) => unknown>> = {
  relational: ({ db }) => db.query.jobs.findMany({ with: { candidates: true } }),
  with: ({ db }) => { const some = db.$with('some').as(db.select().from(jobs)); return db.with(some).select().from(some); },
  upsert: ({ db }) => db.insert(jobs).values({ id: 'j_o7_0', title: 'again' }).onConflictDoUpdate({ target: jobs.id, set: { title: 'again' } }),
  insertSelect: ({ db }) => db.insert(jobs).select(db.select({ ...jobsOf(), id: sql`${jobs.id} || 'x'`.as('id') }).from(jobs)),
  delete: ({ db }) => db.delete(jobs).where(eq(jobs.id, 'j_o7_0')),
  ...(driver === 'd1' ? {} : { transaction: ({ db }) => db.transaction((tx: any) => tx.update(jobs).set({ title: 'new' })) }),
  units: ({ db }) => db.batch([db.update(jobs).set({ title: 'new' })]),
  count: ({ db }) => db.$count(jobs),
  raw: ({ as }) => as(recruiter, { rawSql: true }).execute(sql`select 1`),
};
/** The columns of a table, in its order. */
function jobsOf(): Record<string, unknown> {
  return Object.fromEntries(Object.entries(jobs).filter(([, column]) => (column as { columnType?: string } | undefined)?.columnType));
}

describe('the database of handlers', () => {
  for (const [name, call] of Object.entries(calls)) {
    if (leftOut.has(name)) {
      test(`${name} is refused`, async () => {
        const w = world(), before = w.raw('select * from jobs order by id');
        await refused(() => call(w), /left out|needs allowRawSql \(update\)/);
        expect(w.raw('select * from jobs order by id')).toEqual(before);
      });
    } else test(`${name} works`, async () => { await call(world()); });
  }
  test('rows are the caller\'s, and what is written is stamped', async () => {
    const w = world();
    ours(await w.db.select().from(candidates), 12);
    await w.db.insert(jobs).values({ id: 'n', organizationId: 'o8', title: 'n' });
    await w.db.update(jobs).set({ title: 'all' });
    expect(w.count("jobs where title = 'all' and organization_id = 'o7' and modified_by = 'u7'")).toBe(5);
    expect(w.count("jobs where title = 'all' and organization_id = 'o8'")).toBe(0);
  });
});

const boxes = sqliteTable('boxes', { id: text('id').primaryKey() }), anybody = { roles: ['PUBLIC'] } as const;
const answers: Readonly<Record<string, unknown>> = {
  response: new Response('plain'), stream: new Blob(['data: 1\n\n']).stream(), file: { file: 'a', filename: 'a.txt', contentType: 'text/plain' }, data: { file: 'a', filename: 'a.txt' },
};
for (const [name, answer] of Object.entries(answers)) {
  test(`an action's ${name}`, async () => {
    const policy = resource(boxes)({ name: 'boxes', rows: 'unscoped', audit: false, access: {}, actions: { open: { access: anybody, method: 'GET', standalone: true, path: '/boxes/open' } } });
    const backend = backendOf({ ...options, schema: { ...options.schema, boxes }, resources: [...options.resources, policy], routes: new Map([['boxes',
      routes(policy).get('/open', action('open', { run: { execute: () => answer } })).list,
    ]]) });
    const got = await backend.call('GET', '/api/v1/boxes/open');
    if (!leftOut.has('passed') || name === 'data') return expect(got.status).toBe(200);
    expect(got.status).toBe(500);
    expect(String(backend.log.at(-1)?.error)).toContain('open answers what is no data, which is left out');
  });
}
