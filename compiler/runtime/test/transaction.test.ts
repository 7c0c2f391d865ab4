// What handlers write: stamped, guarded, inside their own rows, and all of it or nothing.
import { describe, expect, test } from 'bun:test';
import { and, eq, inArray, sql } from 'drizzle-orm';
import { applications, candidates, jobs, scores } from '../app/schema.ts';
import { driver, marks, NOW, ours, recruiter, refused, secrets, world } from './gate-fixture.ts';

/** Lets everything that is ready run. */
const turn = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve); });
const evil = () => sql`(select value from ${sql.identifier('secrets')})`;

describe('inserts', () => {
  test('scope, key and audit columns are written by the library, whatever the handler says', async () => {
    const w = world();
    await w.db.insert(jobs).values([
      { id: 'n1', organizationId: 'o8', title: 'a', createdBy: 'evil', createdAt: 'never', modifiedBy: 'evil', deletedAt: 'now', deletedBy: 'evil' }, { title: 'b' },
    ]);
    const rows = w.raw("select * from jobs where title in ('a', 'b') order by title");
    expect(rows.map((r) => r.id)).toEqual(['n1', 'job_new1']);
    for (const row of rows) expect(row).toMatchObject({ organization_id: 'o7', created_at: NOW, created_by: 'u7', modified_at: NOW, modified_by: 'u7', deleted_at: null, deleted_by: null });
  });
  test('an owner column is stamped with the caller', async () => {
    const w = world();
    await w.db.insert(applications).values({ candidateId: 'c_o7_0_1', ownerId: 'u1' });
    expect(w.raw("select owner_id from applications where candidate_id = 'c_o7_0_1'")).toEqual([{ owner_id: 'u7' }]);
  });
  test('insert … select, with a builder, a callback and a CTE', async () => {
    const w = world(), { db } = w;
    const from = (t: any, id: string) => ({ id: sql`${t.id} || ${id}`.as('id'), organizationId: sql`'o8'`.as('organizationId'), title: t.title, status: t.status, salaryMax: t.salaryMax, createdAt: t.createdAt, createdBy: sql`'evil'`.as('createdBy'), modifiedAt: t.modifiedAt, modifiedBy: t.modifiedBy, deletedAt: t.deletedAt, deletedBy: t.deletedBy });
    const one = eq(jobs.id, 'j_o7_0');
    await db.insert(jobs).select(db.select(from(jobs, 'x')).from(jobs).where(one));
    await db.insert(jobs).select((qb: any) => qb.select(from(jobs, 'y')).from(jobs).where(one));
    const w1 = db.$with('w').as(db.select().from(jobs).where(one));
    await db.with(w1).insert(jobs).select(db.select(from(w1, 'z')).from(w1));
    const rows = w.raw("select * from jobs where id in ('j_o7_0x', 'j_o7_0y', 'j_o7_0z')");
    expect(rows).toHaveLength(3);
    for (const row of rows) expect(row).toMatchObject({ organization_id: 'o7', created_by: 'u7' });
  });
  test('initial values of a protected column are free', async () => {
    const w = world();
    await w.db.insert(candidates).values({ name: 'n', email: 'n@example.com', stage: 'offer' });
    expect(w.count("candidates where stage = 'offer' and organization_id = 'o7'")).toBe(1);
  });
});

describe('what is no column', () => {
  const attempts: Record<string, (db: any) => unknown> = {
    'update': (db) => db.update(jobs).set({ title: 'new', tilte: 'x' }),
    'update of nothing else': (db) => db.update(jobs).set({ tilte: sql`'x'` }),
    'insert': (db) => db.insert(jobs).values({ title: 'new', tilte: 'x' }),
    'one of many rows': (db) => db.insert(jobs).values([{ title: 'new' }, { title: 'new', organization_id: null }]),
    'upsert': (db) => db.insert(jobs).values({ id: 'j_o7_0', title: 'new' }).onConflictDoUpdate({ target: jobs.id, set: { title: 'new', tilte: 'x' } }),
    'insert with a common table expression': (db) => { const w = db.$with('w').as(db.select().from(jobs)); return db.with(w).insert(jobs).values({ title: 'new', tilte: 'x' }); },
  };
  for (const [name, attempt] of Object.entries(attempts)) {
    test(`is refused: ${name}`, async () => {
      const w = world();
      await refused(() => attempt(w.db), /^jobs has no column (tilte|organization_id)$/);
      expect(w.count("jobs where title = 'new'")).toBe(0);
    });
  }
  test('a value that is absent writes nothing, so it needs none', async () => {
    const w = world();
    await w.db.insert(jobs).values({ title: 'new', tilte: undefined });
    await w.db.update(jobs).set({ salaryMax: 7, tilte: undefined }).where(eq(jobs.title, 'new'));
    expect(w.count("jobs where title = 'new' and salary_max = 7")).toBe(1);
  });
});

test('a table of nobody, without a key and without audit columns, is written as it is told', async () => {
  const w = world();
  expect(await w.db.insert(marks).values([{ place: 'a', word: 'x' }, { place: 'b', word: 'y' }]).returning()).toHaveLength(2);
  await w.other.update(marks).set({ word: 'z' }).where(eq(marks.place, 'a'));
  expect(await w.db.select({ word: marks.word }).from(marks).orderBy(marks.place)).toMatchObject([{ word: 'z' }, { word: 'y' }]);
  expect(await w.db.delete(marks).where(eq(marks.place, 'b')).returning()).toHaveLength(1);
  expect(w.count('marks')).toBe(1);
});

describe('updates', () => {
  test("another caller's rows stay as they are", async () => {
    const w = world();
    await w.db.update(candidates).set({ score: 9 }).where(eq(candidates.id, 'c_o8_0_0'));
    await w.db.delete(candidates).where(eq(candidates.id, 'c_o8_0_0'));
    await w.db.update(candidates).set({ score: 8 }).where(sql`1=1 or 1=1`);
    expect(w.count("candidates where organization_id = 'o8' and (score > 2 or deleted_at is not null)")).toBe(0);
    expect(w.count("candidates where organization_id = 'o7' and score = 8 and modified_by = 'u7'")).toBe(12);
  });
  test('a table that an update joins is scoped', async () => {
    const w = world(), joined = (id: string) => w.db.update(candidates).set({ score: 9 }).from(jobs).innerJoin(applications, eq(applications.id, id)).where(eq(jobs.id, candidates.jobId));
    await joined('a_o8');
    expect(w.count('candidates where score = 9')).toBe(0);
    await joined('a_o7');
    expect(w.count("candidates where score = 9 and organization_id = 'o7'")).toBe(12);
  });
  test('an upsert after with() is one like any other', async () => {
    const w = world(), cte = w.db.$with('w').as(w.db.select().from(jobs));
    await w.db.with(cte).insert(jobs).values({ id: 'j_o7_0', title: 'x' }).onConflictDoUpdate({ target: jobs.id, set: { title: 'again' } });
    await w.db.with(cte).insert(jobs).values({ id: 'j_o8_0', title: 'x' }).onConflictDoUpdate({ target: jobs.id, set: { title: 'again' } });
    expect(w.raw("select id from jobs where title = 'again'")).toEqual([{ id: 'j_o7_0' }]);
  });
  test('null is written where a column has dates', async () => {
    const w = world();
    await w.db.insert(candidates).values({ id: 'dated', name: 'n', email: 'n@example.com', appliedAt: null });
    await w.db.update(candidates).set({ appliedAt: new Date(7) }).where(eq(candidates.id, 'dated'));
    await w.db.update(candidates).set({ appliedAt: sql.placeholder('at') }).where(eq(candidates.id, 'dated')).prepare().execute({ at: new Date(9) });
    expect(w.count("candidates where id = 'dated' and applied_at = 9")).toBe(1);
    await w.db.update(candidates).set({ appliedAt: null }).where(eq(candidates.id, 'dated'));
    expect(w.count("candidates where id = 'dated' and applied_at is null")).toBe(1);
  });
  test('update … from is scoped on both sides', async () => {
    const w = world();
    const rows = await w.db.update(candidates).set({ name: sql`${jobs.title}` }).from(jobs).where(eq(jobs.id, candidates.jobId)).returning({ id: candidates.id });
    expect(rows).toHaveLength(12);
    expect(w.count("candidates where organization_id = 'o8' and name like 't%'")).toBe(0);
    expect(await w.db.update(candidates).set({ name: sql`${jobs.title}` }).from(jobs).where(eq(jobs.id, 'j_o8_0')).returning({ id: candidates.id })).toHaveLength(0);
  });
  test('a stamp wins over what the handler says', async () => {
    const w = world();
    await w.db.update(jobs).set({ title: 'x', modifiedBy: 'evil', modifiedAt: 'never' }).where(eq(jobs.id, 'j_o7_0'));
    expect(w.raw("select modified_by as b, modified_at as a from jobs where id = 'j_o7_0'")).toEqual([{ b: 'u7', a: NOW }]);
  });
  for (const column of ['id', 'organizationId', 'createdBy', 'createdAt', 'deletedAt', 'deletedBy']) {
    test(`${column} is the system's`, () => refused(() => world().db.update(jobs).set({ [column]: 'x' }), /managed by the system/));
  }
  test('a protected column is its action\'s', async () => {
    const w = world();
    await refused(() => w.db.update(candidates).set({ stage: 'offer' }), /GUARD_FIELD_PROTECTED.*advance-stage/);
    await refused(() => w.as(recruiter, { action: 'import' }).update(candidates).set({ stage: 'offer' }), /import may not/);
    await refused(() => w.db.insert(candidates).values({ id: 'c_o7_0_0', name: 'x', email: 'x' }).onConflictDoUpdate({ target: candidates.id, set: { stage: 'offer' } }), /GUARD_FIELD_PROTECTED/);
    const [row] = await w.as(recruiter, { action: 'advance-stage' }).update(candidates).set({ stage: 'offer' }).where(eq(candidates.id, 'c_o7_0_0')).returning();
    expect(row).toMatchObject({ stage: 'offer', organizationId: 'o7' });
  });
  test('returning answers the changed row', async () => {
    const [row] = await world().db.update(jobs).set({ title: 'ret' }).where(eq(jobs.id, 'j_o7_2')).returning({ id: jobs.id, x: sql`upper(${jobs.title})` });
    expect({ ...row }).toMatchObject({ id: 'j_o7_2', x: 'RET' });
  });
});

describe('upserts', () => {
  test('an own row is updated and stamped', async () => {
    const [row] = await world().db.insert(jobs).values({ id: 'j_o7_0', title: 'zz' }).onConflictDoUpdate({ target: jobs.id, set: { title: sql`excluded.title || '!'`, modifiedBy: 'evil' } }).returning();
    expect(row).toMatchObject({ title: 'zz!', modifiedBy: 'u7' });
  });
  test("another caller's row is not touched", async () => {
    const w = world();
    expect(await w.db.insert(jobs).values({ id: 'j_o8_0', title: 'zz' }).onConflictDoUpdate({ target: jobs.id, set: { title: 'stolen' }, setWhere: sql`1=1 or 1=1` }).returning()).toHaveLength(0);
    await w.db.insert(jobs).values({ id: 'j_o8_0', title: 'zz' }).onConflictDoNothing();
    expect(w.raw("select title from jobs where id = 'j_o8_0'")).toEqual([{ title: 't0' }]);
  });
});

describe('foreign keys of handlers point to rows that the caller sees', () => {
  const code = async (attempt: () => unknown): Promise<string> => {
    try { await attempt(); return 'written'; } catch (e: any) { return /FK_NOT_FOUND \w+/.exec(String(e.cause?.message ?? e.message))?.[0] ?? String(e); }
  };
  test('insert', async () => {
    const w = world(), row = (jobId: unknown, n: number) => ({ name: 'n', email: `fk${n}@example.com`, jobId });
    expect(await code(() => w.db.insert(candidates).values(row('j_o8_0', 1)))).toBe('FK_NOT_FOUND jobId');
    expect(await code(() => w.db.insert(candidates).values(row('none', 2)))).toBe('FK_NOT_FOUND jobId');
    expect(await code(() => w.db.insert(candidates).values(row(sql`'j_o8' || '_0'`, 3)))).toBe('FK_NOT_FOUND jobId');
    w.database.native.exec("update jobs set deleted_at = 'x' where id = 'j_o7_3'");
    expect(await code(() => w.db.insert(candidates).values(row('j_o7_3', 4)))).toBe('FK_NOT_FOUND jobId');
    expect(await code(() => w.db.insert(candidates).values([row('j_o7_0', 5), row('j_o8_0', 6)]))).toBe('FK_NOT_FOUND jobId');
    expect(w.count("candidates where email like 'fk%'")).toBe(0);
    expect(await code(() => w.db.insert(candidates).values([row('j_o7_0', 7), row(null, 8)]))).toBe('written');
    expect(w.count("candidates where email like 'fk%'")).toBe(2);
  });
  test('update, to the same row again too', async () => {
    const w = world(), set = (jobId: unknown) => code(() => w.db.update(candidates).set({ jobId }).where(eq(candidates.id, 'c_o7_0_0')));
    expect(await set('j_o8_0')).toBe('FK_NOT_FOUND jobId');
    expect(await set('j_o7_1')).toBe('written');
    w.database.native.exec("update jobs set deleted_at = 'x' where id = 'j_o7_1'");
    expect(await set('j_o7_1')).toBe('written');
    expect(await set(null)).toBe('written');
    expect(w.raw("select job_id from candidates where id = 'c_o7_0_0'")).toEqual([{ job_id: null }]);
  });
  test('upsert and insert … select', async () => {
    const w = world();
    expect(await code(() => w.db.insert(candidates).values({ id: 'c_o7_0_0', name: 'x', email: 'x' }).onConflictDoUpdate({ target: candidates.id, set: { jobId: 'j_o8_0' } }))).toBe('FK_NOT_FOUND jobId');
    const { id: _, email: __, jobId: ___, ...rest } = Object.fromEntries(Object.keys(candidates).map((k) => [k, (candidates as any)[k]]).filter(([, v]) => v?.columnType));
    const order = Object.keys(candidates).filter((k) => (candidates as any)[k]?.columnType);
    const all: any = { ...rest, id: sql`${candidates.id} || 'q'`.as('id'), email: sql`${candidates.id} || '@q'`.as('email'), jobId: sql`'j_o8_0'`.as('jobId') };
    const selected = Object.fromEntries(order.map((k) => [k, all[k]]));
    expect(await code(() => w.db.insert(candidates).select(w.db.select(selected).from(candidates)))).toBe('FK_NOT_FOUND jobId');
  });
});

describe('deletes', () => {
  test('are soft, and go on through foreign keys to any depth', async () => {
    const w = world();
    const rows = await w.db.delete(jobs).where(eq(jobs.id, 'j_o7_0')).returning();
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ id: 'j_o7_0', deletedAt: NOW, deletedBy: 'u7', modifiedBy: 'u7' });
    for (const [table, n] of [['jobs', 1], ['candidates', 3], ['applications', 1], ['scores', 1]] as const) {
      expect(w.count(`${table} where deleted_at = '${NOW}' and deleted_by = 'u7'`)).toBe(n);
      expect(w.count(`${table} where organization_id = 'o8' and deleted_at is not null`)).toBe(0);
    }
    expect(await w.db.select().from(jobs).where(eq(jobs.id, 'j_o7_0'))).toHaveLength(0);
  });
  test("of another caller's row do nothing, to its children neither", async () => {
    const w = world();
    await w.db.delete(jobs).where(inArray(jobs.id, ['j_o8_0']));
    expect(w.count('candidates where deleted_at is not null')).toBe(0);
  });
  test('in a transaction that fails, and in a batch', async () => {
    const w = world();
    await expect(w.db.transaction(async (tx: any) => { await tx.delete(jobs); throw new Error('no'); })).rejects.toThrow('no');
    expect(w.count('scores where deleted_at is not null')).toBe(0);
    await w.db.batch([w.db.delete(jobs).where(eq(jobs.id, 'j_o7_0')), w.db.delete(jobs).where(eq(jobs.id, 'j_o7_1'))]);
    expect(w.count('candidates where deleted_at is not null')).toBe(6);
  });
  test('under a CTE go on too', async () => {
    const w = world(), cte = w.db.$with('some').as(w.db.select({ id: jobs.id }).from(jobs).where(eq(jobs.id, 'j_o7_0')));
    await w.db.with(cte).delete(jobs).where(inArray(jobs.id, sql`${w.db.select({ id: cte.id }).from(cte)}`));
    expect(w.raw('select id from jobs where deleted_at is not null')).toEqual([{ id: 'j_o7_0' }]);
    expect(w.count('candidates where deleted_at is not null')).toBe(3);
  });
  test('cannot be prepared when they go on, rather than lose their children', () => refused(async () => world().db.delete(jobs).prepare(), /cannot be prepared/));
});

describe('refused writes:', () => {
  const { db, as } = world();
  const attacks: Record<string, () => unknown> = {
    'raw set': () => db.update(candidates).set({ name: sql`(select name from candidates limit 1)` }).where(eq(candidates.id, 'x')),
    'raw insert select': () => db.insert(jobs).select(sql`select * from jobs`),
    'raw insert value': () => db.insert(jobs).values({ id: 'e', title: evil() }),
    'raw update returning': () => db.update(jobs).set({ title: 'x' }).where(eq(jobs.id, 'nope')).returning({ x: evil() }),
    'raw insert returning': () => db.insert(jobs).values({ id: 'e', title: 'e' }).returning({ x: evil() }),
    'insert into a table without policy': () => db.insert(secrets).values({ id: 'x' }),
    'delete from a table without policy': () => db.delete(secrets),
    'delete from a table without policy under a CTE': () => db.with(db.$with('w').as(db.select().from(jobs))).delete(secrets),
    'update of a table without policy': () => db.update(secrets).set({ value: 'x' }),
    'update from raw SQL': () => db.update(candidates).set({ name: 'x' }).from(sql`secrets`),
    'upsert of the scope under a CTE': () => db.with(db.$with('w').as(db.select().from(jobs))).insert(jobs).values({ id: 'j_o7_0', title: 'z' }).onConflictDoUpdate({ target: jobs.id, set: { organizationId: 'o8' } }),
    'update joined with a table without policy': () => db.update(candidates).set({ name: 'x' }).from(jobs).leftJoin(secrets, sql`1=1`),
    'upsert of the scope': () => db.insert(jobs).values({ id: 'j_o7_0', title: 'z' }).onConflictDoUpdate({ target: jobs.id, set: { organizationId: 'o8' } }),
    'upsert with raw set': () => db.insert(jobs).values({ id: 'j_o7_0', title: 'z' }).onConflictDoUpdate({ target: jobs.id, set: { title: evil() } }),
    'upsert with raw targetWhere': () => db.insert(jobs).values({ id: 'e', title: 'e' }).onConflictDoUpdate({ target: jobs.id, targetWhere: evil(), set: { title: 'x' } }),
    'upsert that breaks out of setWhere': () => db.insert(jobs).values({ id: 'e', title: 'e' }).onConflictDoUpdate({ target: jobs.id, setWhere: sql`1=1) or (${evil()}=1`, set: { title: 'x' } }),
    'do nothing with raw where': () => db.insert(jobs).values({ id: 'e', title: 'e' }).onConflictDoNothing({ target: jobs.id, where: evil() }),
    'foreign key of an owner that the caller cannot name': () => as({ ...recruiter, action: 'x' } as never).update(scores).set({ applicationId: evil() }),
  };
  for (const [name, attempt] of Object.entries(attacks)) test(name, () => refused(attempt));
});

if (driver === 'd1') {
  describe('without transactions that stay open', () => {
    test('db.transaction is refused before anything is written', async () => {
      const w = world();
      await refused(() => w.db.transaction(async (tx: any) => { await tx.insert(jobs).values({ id: 'half', title: 'x' }); }), /use db.batch/);
      expect(w.count("jobs where id = 'half'")).toBe(0);
    });
    test('a batch is one unit, gated like single statements, and answers in their form', async () => {
      const w = world();
      await expect(w.db.batch([w.db.insert(jobs).values({ id: 'b1', title: 'x' }), w.db.insert(jobs).values({ id: 'b1', title: 'again' })])).rejects.toThrow('UNIQUE');
      expect(w.count("jobs where id = 'b1'")).toBe(0);
      const [made, joined, one, counted] = await w.db.batch([
        w.db.insert(jobs).values({ id: 'b2', title: 'x', organizationId: 'o8' }).returning(),
        w.db.select({ c: candidates.id, j: jobs.id, both: sql`${candidates.id} || ${jobs.id}` }).from(candidates).innerJoin(jobs, eq(jobs.id, candidates.jobId)).orderBy(candidates.id),
        w.db.query.jobs.findFirst({ where: eq(jobs.id, 'j_o7_0'), with: { candidates: true } }),
        w.db.select({ n: w.db.$count(jobs) }).from(jobs).limit(1),
      ]);
      expect(made).toMatchObject([{ id: 'b2', organizationId: 'o7' }]);
      expect(joined).toHaveLength(12);
      expect({ ...joined[0] }).toMatchObject({ c: 'c_o7_0_0', j: 'j_o7_0', both: 'c_o7_0_0j_o7_0' });
      expect(joined.map((row: any) => row.c)).toEqual(joined.map((row: any) => row.c).sort());
      expect(one).toMatchObject({ id: 'j_o7_0', organizationId: 'o7' });
      expect(one.candidates).toHaveLength(3);
      expect(counted).toMatchObject([{ n: 5 }]);
    });
    test('more values than a statement takes are one statement still', async () => {
      const w = world();
      await w.db.insert(jobs).values(Array.from({ length: 60 }, (_, i) => ({ id: `many${i}`, title: `it's ${i}?` })));
      expect(w.count("jobs where id like 'many%' and organization_id = 'o7'")).toBe(60);
      expect(w.raw("select title from jobs where id = 'many59'")).toEqual([{ title: "it's 59?" }]);
    });
  });
}

if (driver !== 'd1') describe('transactions', () => {
  test('are gated, savepoints too, and an inner failure undoes the inner part alone', async () => {
    const w = world();
    await w.db.transaction(async (tx: any) => {
      ours(await tx.select().from(candidates), 12);
      await refused(() => tx.update(jobs).set({ organizationId: 'o8' }));
      expect(await tx.$count(candidates)).toBe(12);
      await tx.insert(jobs).values({ id: 'tx1', title: 'x', organizationId: 'o8' });
      await expect(tx.transaction(async (inner: any) => {
        await inner.insert(jobs).values({ id: 'tx2', title: 'x' });
        ours(await inner.select().from(jobs), 6);
        throw new Error('inner');
      })).rejects.toThrow('inner');
    });
    expect(w.raw("select id, organization_id as o from jobs where id in ('tx1', 'tx2')")).toEqual([{ id: 'tx1', o: 'o7' }]);
  });
  test('an error behind an await undoes everything', async () => {
    const w = world();
    await expect(w.db.transaction(async (tx: any) => {
      await tx.insert(jobs).values({ id: 'rb', title: 'x' });
      await turn();
      await tx.insert(jobs).values({ id: 'rb2', title: 'x' });
      tx.rollback();
    })).rejects.toThrow('rolled back');
    await expect(w.db.transaction(async (tx: any) => {
      await tx.insert(jobs).values({ id: 'rb', title: 'x' });
      await tx.insert(jobs).values({ id: 'j_o7_0', title: 'x' });
    })).rejects.toThrow();
    expect(w.count("jobs where id like 'rb%'")).toBe(0);
  });
  test('fifty at once, each reading, waiting and writing: no update is lost, failed ones leave nothing', async () => {
    const w = world();
    const results = await Promise.allSettled(Array.from({ length: 50 }, (_, i) => w.as(recruiter).transaction(async (tx: any) => {
      const [row] = await tx.select().from(candidates).where(eq(candidates.id, 'c_o7_1_0'));
      await turn();
      await tx.insert(jobs).values({ id: `par${i}`, title: 'p' });
      await tx.update(candidates).set({ score: row.score + 1 }).where(eq(candidates.id, 'c_o7_1_0'));
      await turn();
      if (i % 2) throw new Error('odd');
    })));
    expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(25);
    expect(w.count("jobs where id like 'par%'")).toBe(25);
    expect(w.raw("select score from candidates where id = 'c_o7_1_0'")).toEqual([{ score: 25 }]);
  });
  test('statements of others, CRUD ones too, neither join nor see an open transaction', async () => {
    const w = world();
    let go!: () => void;
    const wait = new Promise<void>((resolve) => { go = resolve; });
    const failing = w.db.transaction(async (tx: any) => { await tx.insert(jobs).values({ id: 'dirty', title: 'x' }); await wait; throw new Error('no'); });
    await turn();
    const write = w.as(recruiter).insert(jobs).values({ id: 'stranger', title: 's' }).then((r: unknown) => r);
    const read = Promise.resolve(w.database.driver.all("select count(*) as n from jobs where id = 'dirty'", []));
    await turn();
    go();
    await expect(failing).rejects.toThrow('no');
    await write;
    expect(await read).toEqual([{ n: 0 }]);
    expect(w.raw("select id from jobs where id in ('dirty', 'stranger')")).toEqual([{ id: 'stranger' }]);
  });
  test('the outer db inside a transaction is refused, not a deadlock', async () => {
    const w = world();
    await refused(() => w.db.transaction(async () => w.db.select().from(jobs)), /use its tx/);
    await refused(() => w.db.transaction(async () => w.database.driver.all('select 1', [])), /use its tx/);
  });
  test('parallel savepoints take turns', async () => {
    const w = world();
    await w.db.transaction(async (tx: any) => {
      await Promise.allSettled(Array.from({ length: 6 }, (_, i) => tx.transaction(async (inner: any) => {
        await inner.insert(jobs).values({ id: `sv${i}`, title: 's' });
        await turn();
        if (i % 2) throw new Error('x');
      })));
    });
    expect(w.count("jobs where id like 'sv%'")).toBe(3);
  });
  test('a tx used after its end is refused', async () => {
    const w = world();
    let kept: any;
    await w.db.transaction(async (tx: any) => { kept = tx; });
    await refused(() => kept.insert(jobs).values({ id: 'late', title: 'x' }), /transaction is over/);
    expect(w.count("jobs where id = 'late'")).toBe(0);
  });
  test('what a handler forgets to await inside is finished before the end, or undone with it', async () => {
    const w = world(), forget = (tx: any, name: string) => { for (let i = 0; i < 50; i++) void tx.insert(jobs).values({ id: `${name}${i}`, title: 'x' }).then(() => {}, () => {}); };
    await w.db.transaction(async (tx: any) => { forget(tx, 'late'); });
    expect(w.count("jobs where id like 'late%'")).toBe(50);
    await expect(w.db.transaction(async (tx: any) => { forget(tx, 'undone'); throw new Error('no'); })).rejects.toThrow('no');
    expect(w.count("jobs where id like 'undone%'")).toBe(0);
  });
  test('atomic statements of the library hold or fall together', async () => {
    const { database, count } = world(), insert = (id: string) => ({ text: "insert into secrets values (?, 'x')", params: [id] });
    await expect(database.driver.atomic([insert('a'), insert('a')])).rejects.toThrow();
    expect(count("secrets where value = 'x'")).toBe(0);
    await database.driver.atomic([insert('a'), insert('b')]);
    expect(count("secrets where value = 'x'")).toBe(2);
  });
});

describe('batches', () => {
  test('all or nothing, gated', async () => {
    const w = world(), { db } = w;
    const [, rows] = await db.batch([db.insert(jobs).values({ id: 'b1', title: 'x', organizationId: 'o8' }), db.select().from(jobs)]);
    ours(rows, 5);
    await expect(db.batch([db.insert(jobs).values({ id: 'b2', title: 'x' }), db.insert(jobs).values({ id: 'j_o7_0', title: 'x' })])).rejects.toThrow();
    expect(w.raw("select id, organization_id as o from jobs where id in ('b1', 'b2')")).toEqual([{ id: 'b1', o: 'o7' }]);
  });
  test('of one hundred conflicting transitions one wins', async () => {
    const w = world();
    const rows = await Promise.all(Array.from({ length: 100 }, (_, i) => w.as({ ...recruiter, userId: `u${i}` }, { action: 'advance-stage' })
      .update(candidates).set({ stage: i % 2 ? 'interview' : 'offer' }).where(and(eq(candidates.id, 'c_o7_2_0'), eq(candidates.stage, 'applied'))).returning()));
    const won = rows.filter((r) => r.length === 1);
    expect(won).toHaveLength(1);
    expect(w.raw("select stage, modified_by as b from candidates where id = 'c_o7_2_0'")).toEqual([{ stage: won[0][0].stage, b: won[0][0].modifiedBy }]);
  });
});
