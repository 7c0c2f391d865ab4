// The database of unsafe actions: no gate, but turns, transactions that hold, and rows that know where they came from.
import { describe, expect, test } from 'bun:test';
import { eq, sql } from 'drizzle-orm';
import { candidates, jobs } from '../app/schema.ts';
import { originsOf } from '../lib/scoped.ts';
import { driver, refused, secrets, world } from './gate-fixture.ts';

/** What a row's key came from, in words. */
const from = (row: object, key: string): string | undefined => originsOf(row)?.get(key)?.map((o) => `${o.table === jobs ? 'jobs' : o.table === candidates ? 'candidates' : '?'}.${o.column}${o.direct ? '' : ' computed'}`).join(' ');

describe('without a gate', () => {
  test("everybody's rows are read and written, deleted for good, with nothing stamped", async () => {
    const w = world(), { db } = w.ungated();
    expect(await db.select().from(candidates)).toHaveLength(24);
    expect(await db.select().from(secrets)).toMatchObject([{ id: 's1', value: 'top' }]);
    expect(await db.execute(sql`select count(*) from jobs`)).toEqual([[8]]);
    await db.update(jobs).set({ title: 'all', status: 'open' });
    expect(w.count("jobs where title = 'all' and modified_by = 'seed'")).toBe(8);
    await db.delete(candidates).where(eq(candidates.id, 'c_o8_3_2'));
    expect(w.count('candidates')).toBe(23);
    expect(await db.query.jobs.findMany({ with: { candidates: true } })).toHaveLength(8);
  });
  test('a method that a builder ends with answers in its form', async () => {
    const w = world(), { db } = w.ungated(), one = db.select({ id: jobs.id, title: jobs.title }).from(jobs).where(eq(jobs.id, 'j_o8_1'));
    expect(await one.all()).toMatchObject([{ id: 'j_o8_1', title: 't1' }]);
    expect(await one.get()).toMatchObject({ id: 'j_o8_1' });
    expect((await one.values()).map((row: unknown[]) => [...row])).toEqual([['j_o8_1', 't1']]);
    expect(await db.select().from(jobs).where(sql`1=0`).get()).toBeUndefined();
    await db.insert(jobs).values({ id: 'n', organizationId: 'o9', title: 'new', createdAt: 'x', modifiedAt: 'x' }).run();
    expect(w.count("jobs where organization_id = 'o9'")).toBe(1);
  });
  test('rows know their columns, for the masks of an answer', async () => {
    const { db } = world().ungated();
    for (const row of [(await db.select().from(candidates))[0], await db.select().from(candidates).get(), (await db.update(candidates).set({ score: 1 }).returning())[0]]) expect(from(row, 'email')).toBe('candidates.email');
    expect(from((await db.select({ mail: candidates.email }).from(candidates).values())[0], '0')).toBe('candidates.email');
    expect(from((await db.select({ up: sql`upper(${candidates.email})` }).from(candidates).prepare().execute())[0], 'up')).toBe('candidates.email computed');
  });
});

test('what a call kept is useless after it', async () => {
  const w = world(), { db, end } = w.ungated();
  const kept = db.select().from(jobs), prepared = db.select().from(jobs).prepare(), removal = db.delete(jobs);
  end();
  for (const late of [() => kept, () => prepared.execute(), () => removal, () => db.execute(sql`select 1`), () => db.batch([removal])]) await refused(late, /another request/);
  expect(w.count('jobs')).toBe(8);
});

if (driver === 'd1') {
  test('a transaction is refused where none stays open', () => refused(() => world().ungated().db.transaction(async (tx: any) => { await tx.delete(jobs); }), /use db.batch/));
} else describe('a transaction', () => {
  test('is whole or not there', async () => {
    const w = world(), { db } = w.ungated();
    expect(await db.transaction(async (tx: any) => { await tx.update(jobs).set({ title: 'kept' }); return tx.$count(jobs); })).toBe(8);
    await expect(db.transaction(async (tx: any) => { await tx.update(candidates).set({ name: 'lost' }); throw new Error('no'); })).rejects.toThrow('no');
    await refused(() => db.transaction(async (tx: any) => { await tx.update(candidates).set({ name: 'lost' }); tx.rollback(); }), /rolled back/);
    await db.transaction(async (tx: any) => {
      await tx.transaction(async (inner: any) => { await inner.update(candidates).set({ name: 'lost' }); throw new Error('inside'); }).catch(() => {});
      await tx.update(jobs).set({ status: 'open' });
    });
    expect([w.count("candidates where name = 'lost'"), w.count("jobs where title = 'kept' and status = 'open'")]).toEqual([0, 8]);
  });
  test('batches inside of it are part of it', async () => {
    const w = world(), { db } = w.ungated();
    await expect(db.transaction(async (tx: any) => { await tx.batch([tx.update(candidates).set({ name: 'lost' }), tx.update(jobs).set({ title: 'x' })]); throw new Error('no'); })).rejects.toThrow('no');
    expect([w.count("candidates where name = 'lost'"), w.count("jobs where title = 'x'")]).toEqual([0, 0]);
  });
});

describe('a batch', () => {
  if (driver === 'd1') test('of rows that would lose a column is refused: they come by name', async () => {
    const w = world();
    for (const db of [w.ungated().db, w.db]) await refused(() => db.batch([db.update(jobs).set({ title: 'x' }).returning({ a: jobs.title, b: sql`"title"` })]), /same name/);
  });
  test('is one unit, and answers in order and form', async () => {
    const w = world(), { db } = w.ungated();
    const again = { id: 'b', organizationId: 'o9', title: 'x', createdAt: 'x', modifiedAt: 'x' };
    await expect(db.batch([db.insert(jobs).values(again), db.insert(jobs).values(again)])).rejects.toThrow();
    expect(w.count("jobs where id = 'b'")).toBe(0);
    const [made, joined, rows, none] = await db.batch([
      db.insert(jobs).values(again).returning({ id: jobs.id, mail: jobs.title }),
      db.select({ j: jobs.id, c: candidates.id }).from(jobs).innerJoin(candidates, eq(candidates.jobId, jobs.id)).where(eq(candidates.id, 'c_o8_0_0')),
      db.select({ email: candidates.email }).from(candidates).where(eq(candidates.id, 'c_o8_0_0')),
      db.delete(jobs).where(eq(jobs.id, 'b')),
    ]);
    expect([made, joined, rows]).toMatchObject([[{ id: 'b', mail: 'x' }], [{ j: 'j_o8_0', c: 'c_o8_0_0' }], [{ email: 'o8.0.0@example.com' }]]);
    expect(from(rows[0], 'email')).toBe('candidates.email');
    expect(from(made[0], 'mail')).toBe('jobs.title');
    expect(Array.isArray(none) && none.length).toBeFalsy();
    expect(w.count("jobs where id = 'b'")).toBe(0);
  });
});
