// What a handler reads is the caller's, however the query is written; what cannot be read so is refused.
import { describe, expect, test } from 'bun:test';
import { and, asc, eq, exists, inArray, or, sql } from 'drizzle-orm';
import { alias, QueryBuilder, union } from 'drizzle-orm/sqlite-core';
import { applications, candidates, jobs, scores } from '../app/schema.ts';
import { lookAlike, ours, recruiter, refused, secrets, stranger, view, world } from './gate-fixture.ts';

const { db, other, as, open, count } = world();
/** Text that reads another table, in one piece; and one that reads none but is a statement. */
const evil = () => sql`(select count(*) from ${sql.identifier('secrets')})`, statement = () => sql`(select 1)`;

describe('reads are scoped', () => {
  test('select, and a condition that is always true', async () => {
    ours(await db.select().from(candidates), 12);
    ours(await db.select().from(candidates).where(sql`1=1 or ${candidates.score} > 0`), 12);
    ours(await db.select().from(candidates).where(or(eq(candidates.organizationId, 'o8'), sql`1=1`)), 12);
  });
  test('all, get and values without where', async () => {
    ours(await db.select().from(candidates).all(), 12);
    expect((await db.select().from(candidates).orderBy(asc(candidates.id)).get()).organizationId).toBe('o7');
    ours(await db.select({ o: candidates.organizationId }).from(candidates).values(), 12, '0');
  });
  test('left join', async () => {
    const rows = await db.select({ j: jobs.organizationId, c: candidates.organizationId }).from(candidates).leftJoin(jobs, sql`1=1`);
    ours(rows, 48, 'j');
    ours(rows, 48, 'c');
  });
  test('cross join', async () => ours(await db.select({ o: candidates.organizationId }).from(jobs).crossJoin(candidates), 48, 'o'));
  test('alias', async () => ours(await db.select().from(alias(candidates, 'a')), 12));
  test('alias joined with its own table', async () => {
    const a = alias(candidates, 'a');
    ours(await db.select({ o: a.organizationId }).from(candidates).innerJoin(a, sql`1=1`), 144, 'o');
  });
  test('subquery, in, exists, union', async () => {
    ours(await db.select().from(db.select({ id: jobs.id, organizationId: jobs.organizationId }).from(jobs).as('sq')), 4);
    expect(await db.select().from(candidates).where(inArray(candidates.jobId, db.select({ id: jobs.id }).from(jobs).where(eq(jobs.organizationId, 'o8'))))).toEqual([]);
    expect(await db.select().from(candidates).where(exists(db.select().from(jobs).where(eq(jobs.organizationId, 'o8'))))).toEqual([]);
    const both = await union(db.select({ id: jobs.id, organizationId: jobs.organizationId }).from(jobs), db.select({ id: candidates.id, organizationId: candidates.organizationId }).from(candidates));
    ours(both, 16);
  });
  test('common table expressions, nested too', async () => {
    const w = db.$with('w').as(db.select().from(candidates));
    ours(await db.with(w).select().from(w), 12);
    ours(await db.with(w).select().from(db.select({ organizationId: w.organizationId }).from(w).as('i')), 12);
  });
  test('relational queries', async () => {
    const rows = await db.query.jobs.findMany({ with: { candidates: { orderBy: asc(candidates.id), limit: 2 } }, extras: { up: sql`upper(${jobs.title})`.as('up') } });
    ours(rows, 4);
    for (const job of rows) ours(job.candidates, 2);
    const one = await db.query.candidates.findFirst({ with: { job: true }, where: (c: any, o: any) => o.eq(c.id, 'c_o7_0_0') });
    expect(one.job.id).toBe('j_o7_0');
    expect(await db.query.candidates.findFirst({ where: eq(candidates.id, 'c_o8_0_0') })).toBeUndefined();
  });
  test("a relation's where does not swallow the relation", async () => {
    for (const job of await db.query.jobs.findMany({ with: { candidates: { where: sql`1=0 or 1=1` } } })) {
      expect(job.candidates.map((c: any) => c.jobId)).toEqual(Array(3).fill(job.id));
    }
  });
  test('counts', async () => {
    expect(await db.$count(candidates)).toBe(12);
    expect(await db.$count(candidates, sql`1=1 or 1=1`)).toBe(12);
    const rows = await db.select({ id: jobs.id, n: db.$count(candidates, eq(candidates.jobId, jobs.id)) }).from(jobs);
    expect(rows.map((r: any) => r.n)).toEqual([3, 3, 3, 3]);
  });
  test('scalar subquery', async () => {
    const n = db.select({ n: sql`count(*)`.as('n') }).from(candidates);
    expect((await db.select({ a: sql`${n}` }).from(jobs).limit(1))[0].a).toBe(12);
  });
  test("an owner's rows are the owner's, unless a role waives it", async () => {
    expect(await db.select().from(applications)).toHaveLength(1);
    expect(await as({ ...recruiter, userId: 'u9' }).select().from(applications)).toEqual([]);
    expect(await as({ ...recruiter, userId: 'u9', roles: ['admin'] }).select().from(applications)).toHaveLength(1);
  });
  test('deleted rows are gone', async () => {
    const w = world();
    w.database.native.exec("update jobs set deleted_at = 'x' where id = 'j_o7_0'");
    ours(await w.db.select().from(jobs), 3);
  });
  test('prepared statements keep their rule', async () => {
    const prepared = db.select().from(candidates).where(eq(candidates.id, sql.placeholder('id'))).prepare();
    ours(await prepared.execute({ id: 'c_o7_0_0' }), 1);
    expect(await prepared.execute({ id: 'c_o8_0_0' })).toEqual([]);
  });
  test('both callers run the same text with their own values', () => {
    const a = db.select().from(jobs).toSQL(), b = other.select().from(jobs).toSQL();
    expect(a.sql).toBe(b.sql);
    expect([a.params, b.params]).toEqual([['o7'], ['o8']]);
  });
});

describe('harmless expressions pass', () => {
  test('functions, case, like, in, order', async () => {
    ours(await db.select({
      organizationId: jobs.organizationId,
      x: sql`case when ${jobs.title} is not distinct from ${'a'} then 'select (it' else coalesce(${jobs.title}, 'x;--') end`,
    }).from(jobs).where(sql`${jobs.title} like ${'t%'} and ${jobs.id} in ${['j_o7_0', 'j_o8_0']}`).orderBy(sql`lower(${jobs.title}) desc`), 1);
    ours(await db.select().from(jobs).where(sql`${jobs.title} in (lower(${'T0'}), 'x')`), 1);
  });
  test('values of every kind, and subqueries of this db', async () => {
    expect(db.select().from(jobs).where(sql`${jobs.createdAt} < ${new Date(0)}`).toSQL().params).toContainEqual(new Date(0));
    const sub = db.select({ id: jobs.id }).from(jobs).as('sub');
    expect(db.select().from(candidates).where(sql`exists ${sub}`).toSQL().params).toEqual(['o7', 'o7']);
  });
});

describe('a missing context value refuses', () => {
  test('no active organisation', async () => {
    const { activeOrgId: _, ...without } = recruiter;
    const lost = as(without);
    for (const attempt of [() => lost.select().from(jobs), () => lost.update(jobs).set({ title: 'x' }), () => lost.insert(jobs).values({ title: 'x' }), () => lost.delete(jobs), () => lost.$count(jobs)]) {
      expect(async () => { try { await attempt(); } catch (e: any) { throw e.cause ?? e; } }).toThrow('No active organization');
    }
    expect(count("jobs where title = 'x'")).toBe(0);
  });
});

const attacks: Record<string, () => unknown> = {
  'run': () => db.run(sql`select * from candidates`),
  'all': () => db.all(sql`select * from candidates`),
  'get': () => db.get(sql`select * from candidates`),
  'values': () => db.values(sql`select * from candidates`),
  'execute': () => db.execute(sql`select * from candidates`),
  'parenthesis break-out': () => db.select().from(candidates).where(sql`1=1) or (1=1`),
  'parenthesis inside a quote': () => db.select().from(candidates).where(sql`'(' = '(' ) or (1=1 and ')' = ')'`),
  'table in raw SQL': () => db.select({ x: sql`(select count(*) from candidates)` }).from(jobs),
  'table object in raw SQL': () => db.select().from(candidates).where(sql`${candidates.id} in (${jobs})`),
  'alias in raw SQL': () => db.select({ x: sql`count(${alias(candidates, 'a')})` }).from(jobs),
  'raw source': () => db.select().from(sql`candidates`),
  'aliased raw source': () => db.select().from(sql`candidates`.as('c') as any),
  'order by': () => db.select().from(jobs).orderBy(evil()),
  'having': () => db.select({ x: jobs.title }).from(jobs).groupBy(jobs.title).having(sql`${evil()} > 0`),
  'group by': () => db.select({ x: jobs.title }).from(jobs).groupBy(evil()),
  'limit': () => db.select().from(jobs).limit(evil()),
  'offset': () => db.select().from(jobs).limit(1).offset(evil()),
  'union order': () => (union(db.select({ id: jobs.id }).from(jobs), db.select({ id: jobs.id }).from(jobs)) as any).orderBy(evil()),
  'join condition': () => db.select().from(jobs).leftJoin(candidates, evil()),
  'Param that is SQL': () => db.select().from(candidates).where(eq(candidates.id, sql.param(sql`(select id from candidates limit 1)`) as any)),
  'CTE named like a table, without with()': () => db.select().from(db.$with('candidates').as(db.select().from(jobs))),
  'keyword in two pieces': () => db.select({ x: sql`(sel${sql.raw('ect')} count(*) fr${sql.raw('om')} candidates)` }).from(jobs),
  'statement in a function': () => db.select({ x: sql`max((select 1))` }).from(jobs),
  'query builder without gate': () => db.select().from(new QueryBuilder().select().from(candidates).as('x')),
  'query builder without gate in a union': () => union(db.select({ id: jobs.id }).from(jobs), new QueryBuilder().select({ id: candidates.id }).from(candidates) as any),
  'raw CTE': () => { const w = db.$with('x', { id: jobs.id }).as(sql`select * from jobs`); return db.with(w).select().from(w); },
  'object that pretends to be SQL': () => db.select().from(jobs).where({ getSQL: () => sql`1 in (select 1)` }),
  'in table': () => db.select().from(jobs).where(sql`${jobs.id} in candidates`),
  'in quoted table': () => db.select().from(jobs).where(sql`${jobs.id} in "candidates"`),
  'in identifier': () => db.select().from(jobs).where(sql`${jobs.id} in ${sql.identifier('candidates')}`),
  'SQL in a list': () => db.select().from(jobs).where(sql`${jobs.id} in ${[evil()]}`),
  'CTE named like a table, inside a subquery': () => db.select().from(db.select().from(db.$with('candidates').as(db.select().from(jobs))).as('s')),
  'CTE named like a table, inside a builder in raw SQL': () => db.select().from(jobs).where(sql`exists ${db.select().from(db.$with('candidates').as(db.select().from(jobs)))}`),
  'CTE that uses one which is not given': () => { const inner = db.$with('candidates').as(db.select().from(jobs)), w = db.$with('w').as(db.select().from(inner)); return db.with(w).select().from(w); },
  'subquery of another request in raw SQL': () => db.select().from(jobs).where(sql`exists ${other.select().from(jobs).as('x')}`),
  'subquery with a CTE of its own, in raw SQL': () => db.select().from(jobs).where(sql`exists ${db.select().from(db.$with('candidates').as(db.select().from(jobs))).as('s')}`),
  'delete of a table that others do not hang on': () => db.delete(scores).where(sql`${evil()} > 0`),
  'limited delete of a table that others hang on': () => db.delete(jobs).limit(1),
  'upsert after with()': () => { const w = db.$with('w').as(db.select().from(jobs)); return db.with(w).insert(jobs).values({ id: 'j_o7_0', title: 'x' }).onConflictDoUpdate({ target: jobs.id, set: { organizationId: 'o8' } }); },
  'insert of a callback after with()': () => { const w = db.$with('w').as(db.select().from(jobs)); return db.with(w).insert(jobs).select((qb: any) => qb.select().from(jobs).where(sql`${evil()} > 0`)); },
  'join of an update': () => db.update(candidates).set({ score: 1 }).from(jobs).leftJoin(secrets, sql`1 = 1`),
  'bare ?': () => db.select().from(jobs).where(sql`${jobs.id} = ?`),
  'named parameter': () => db.select().from(jobs).where(sql`${jobs.id} = :a`),
  'comment': () => db.select().from(jobs).where(sql`1=1 -- `),
  'second statement': () => db.select().from(jobs).where(sql`1=1; drop table jobs`),
  'file function': () => db.select({ x: sql`readfile('/etc/passwd')` }).from(jobs),
  'table function': () => db.select({ x: sql`pragma_table_info('jobs')` }).from(jobs),
  'table without policy': () => db.select().from(secrets),
  'join with a table without policy': () => db.select().from(jobs).leftJoin(secrets, eq(secrets.id, jobs.id)),
  'relational query of a table without policy': () => db.query.secrets.findMany(),
  'view': () => db.select().from(view),
  'look-alike table': () => db.select().from(lookAlike),
  'right join': () => db.select().from(jobs).rightJoin(candidates, eq(jobs.id, candidates.jobId)),
  'full join': () => db.select().from(jobs).fullJoin(candidates, eq(jobs.id, candidates.jobId)),
  'relational where': () => db.query.jobs.findMany({ where: evil() }),
  'where of a relation': () => db.query.jobs.findMany({ with: { candidates: { where: () => sql`1=1) or (1=1` } } }),
  'relational extras': () => db.query.jobs.findMany({ extras: (_: any, o: any) => ({ x: o.sql`(select 1)`.as('x') }) }),
  'order of a relation': () => db.query.jobs.findMany({ with: { candidates: { orderBy: () => evil() } } }),
  'count filter': () => db.$count(jobs, evil()),
  'count of raw SQL': () => db.$count(sql`candidates`),
  'subquery of another request': () => db.select().from(other.select().from(jobs).as('x')),
  'join with a subquery of another request': () => { const x = other.select().from(jobs).as('x'); return db.select().from(candidates).leftJoin(x, eq(x.id, candidates.jobId)); },
  'unused CTE of another request': () => db.with(other.$with('x').as(other.select().from(jobs))).select().from(jobs),
  'CTE of another request': () => { const w = other.$with('x').as(other.select().from(jobs)); return db.with(w).select().from(w); },
  'builder of another request in a condition': () => db.select().from(jobs).where(inArray(jobs.id, other.select({ id: jobs.id }).from(jobs))),
  'statement in delete': () => db.delete(jobs).where(sql`1 = ${statement()}`),
  'raw in a batch': () => db.batch([db.run(sql`delete from jobs`)]),
};
describe('refused:', () => {
  for (const [name, attempt] of Object.entries(attacks)) test(name, () => refused(attempt));
});

test('what a request kept is useless after it', async () => {
  const { db: kept, end } = open(recruiter) as { db: any; end: () => void };
  const prepared = kept.select().from(candidates).prepare();
  end();
  await refused(() => prepared.execute(), /another request/);
  await refused(() => kept.select().from(jobs), /after the request/);
});

test('raw SQL runs in an action that opted in, and only there', async () => {
  expect(await as(recruiter, { rawSql: true }).execute(sql`select count(*) as n from jobs`)).toEqual([[8]]);
  await refused(() => as(stranger).execute(sql`select 1`));
});

test("what and() lets swallow is the handler's own condition, never the rule", async () => {
  ours(await db.select().from(jobs).where(and(eq(jobs.organizationId, 'o8'), sql`1=1 or 1=1`)), 4);
});
