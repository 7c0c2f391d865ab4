// Where the values of rows came from, as the masks of an action's answer need it.
import { describe, expect, test } from 'bun:test';
import { asc, eq, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import { candidates, jobs } from '../app/schema.ts';
import { originsOf } from '../lib/scoped.ts';
import { secrets, world } from './gate-fixture.ts';

const { db, ungated } = world();
const name = (table: object): string => (table === jobs ? 'jobs' : table === candidates ? 'candidates' : '?');
/** Each key of a row with its columns; `~` before what an expression computed. */
const all = (row: object): Record<string, string> | undefined => {
  const origins = originsOf(row);
  return origins && Object.fromEntries([...origins].map(([key, list]) => [key, list.map((o) => `${o.direct ? '' : '~'}${name(o.table)}.${o.column}`).join(' ')]));
};

describe('rows of selects', () => {
  test('columns, renamed ones, and those of a join, each under its object', async () => {
    expect(all(await db.select({ id: jobs.id, called: jobs.title }).from(jobs).get())).toEqual({ id: 'jobs.id', called: 'jobs.title' });
    const [joined] = await db.select().from(candidates).innerJoin(jobs, eq(jobs.id, candidates.jobId)).orderBy(asc(candidates.id)).limit(1);
    expect(all(joined)).toBeUndefined();
    expect(all(joined.jobs)).toMatchObject({ id: 'jobs.id', salaryMax: 'jobs.salaryMax' });
    expect(all(joined.candidates)).toMatchObject({ email: 'candidates.email', jobId: 'candidates.jobId' });
    const nested = await db.select({ id: jobs.id, who: { mail: candidates.email } }).from(jobs).innerJoin(candidates, sql`1 = 1`).get();
    expect([all(nested), all(nested.who)]).toEqual([{ id: 'jobs.id' }, { mail: 'candidates.email' }]);
  });
  test('a side of a left join that has no row', async () => {
    const [row] = await db.select().from(jobs).leftJoin(candidates, sql`1 = 0`).limit(1);
    expect(row.candidates).toBeNull();
    expect(all(row.jobs)).toHaveProperty('id', 'jobs.id');
  });
  test('aliases are their tables', async () => {
    const other = alias(candidates, 'other');
    expect(all(await db.select({ mail: other.email }).from(other).get())).toEqual({ mail: 'candidates.email' });
  });
  test('expressions name every column inside, and say that they computed', async () => {
    const row = await db.select({
      both: sql`${candidates.email} || ${sql`lower(${candidates.name})`}`, named: sql`${candidates.phone}`.as('named'), one: sql`1`,
      list: sql`${candidates.email} in ${[candidates.name, candidates.phone]}`, scalar: sql`${db.select({ e: candidates.email }).from(candidates).limit(1)}`,
    }).from(candidates).get();
    expect(all(row)).toEqual({ both: '~candidates.email ~candidates.name', named: '~candidates.phone', one: '', list: '~candidates.email ~candidates.name ~candidates.phone', scalar: '~candidates.email' });
  });
  test('arrays by their places', async () => {
    expect(all((await db.select({ e: candidates.email, n: candidates.name }).from(candidates).values())[0])).toEqual({ 0: 'candidates.email', 1: 'candidates.name' });
  });
  test('rows that a write returns', async () => {
    expect(all((await db.update(jobs).set({ title: 'new' }).returning())[0])).toHaveProperty('title', 'jobs.title');
    expect(all((await db.insert(jobs).values({ title: 'made' }).returning({ t: jobs.title }))[0])).toEqual({ t: 'jobs.title' });
  });
});

describe('rows of relational queries', () => {
  test('and those inside them, lists and single ones', async () => {
    const [job] = await db.query.jobs.findMany({ with: { candidates: true }, extras: { up: sql`upper(${jobs.title})`.as('up') }, orderBy: asc(jobs.id), limit: 1 });
    expect(all(job)).toMatchObject({ title: 'jobs.title', up: '~jobs.title' });
    expect(job.candidates).toHaveLength(3);
    for (const candidate of job.candidates) expect(all(candidate)).toHaveProperty('email', 'candidates.email');
    const one = await db.query.candidates.findFirst({ with: { job: true } });
    expect(all(one)).toHaveProperty('email', 'candidates.email');
    expect(all(one.job)).toHaveProperty('salaryMax', 'jobs.salaryMax');
  });
  test('a relation without a row, and no row at all', async () => {
    await db.insert(candidates).values({ id: 'alone', name: 'n', email: 'alone@example.com' });
    const row = await db.query.candidates.findFirst({ where: eq(candidates.id, 'alone'), with: { job: true } });
    expect([row.job, all(row)?.['name']]).toEqual([null, 'candidates.name']);
    expect(await db.query.candidates.findFirst({ where: eq(candidates.id, 'nobody') })).toBeUndefined();
  });
});

test('rows of a batch, in the form of each builder', async () => {
  for (const database of [db, ungated().db]) {
    const [rows, one, job] = await database.batch([
      database.select({ mail: candidates.email }).from(candidates), database.query.candidates.findFirst({ with: { job: true } }), database.query.jobs.findMany(),
    ]);
    expect([all(rows[1]), all(one)?.['email'], all(one.job)?.['title'], all(job[0])?.['id']]).toEqual([{ mail: 'candidates.email' }, 'candidates.email', 'jobs.title', 'jobs.id']);
  }
});

test('what a row carries is seen by nobody else, and goes along with a copy', async () => {
  const row = await db.select({ id: jobs.id }).from(jobs).get(), copy = { ...row, more: 1 };
  expect(Object.keys(row)).toEqual(['id']);
  expect(JSON.stringify(row)).toBe(JSON.stringify({ id: row.id }));
  expect(all(copy)).toEqual({ id: 'jobs.id' });
  const tag = Object.getOwnPropertySymbols(row).map((symbol) => row[symbol]);
  expect([tag.length, Reflect.ownKeys(tag[0]), Object.isFrozen(tag[0])]).toEqual([1, [], true]);
  expect(originsOf({ id: 'made by hand' })).toBeUndefined();
});

test('tables without a policy have no columns to mask', async () => {
  expect(all(await ungated().db.select().from(secrets).get())).toEqual({ id: '', value: '' });
});
