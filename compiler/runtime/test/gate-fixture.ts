// Two organisations with the same data, and databases as their callers' handlers get them.
import { expect } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { relations } from 'drizzle-orm';
import { integer, sqliteTable, sqliteView, text } from 'drizzle-orm/sqlite-core';
import { applicationsResource } from '../app/applications.resource.ts';
import { candidatesResource } from '../app/candidates.resource.ts';
import { jobsResource } from '../app/jobs.resource.ts';
import { applications, candidates, jobs, scores } from '../app/schema.ts';
import { scoresResource } from '../app/scores.resource.ts';
import type { AnyContext } from '../lib/context.ts';
import type { Call } from '../lib/gate.ts';
import { internal } from '../lib/resource.ts';
import { ungated } from '../lib/raw.ts';
import { createRuntime } from '../lib/routes.ts';
import { scopedDatabases } from '../lib/scoped.ts';
import { together } from '../lib/together.ts';
import { d1Database } from '../lib/d1.ts';
import type { Database } from '../lib/driver.ts';
import { openLibsql } from '../lib/libsql.ts';
import { openSqlite } from '../lib/sqlite.ts';
import { ddl } from './backend.ts';
import { bindingOf } from './d1-binding.ts';

/** A table that nobody gave a policy. */
export const secrets = sqliteTable('secrets', { id: text('id').primaryKey(), value: text('value') });
/** A table that is nobody's, without a key, without audit columns: rows are deleted for good. */
export const marks = sqliteTable('marks', { place: text('place').notNull(), word: text('word').notNull() });
const marksResource = internal(marks)({ name: 'marks', rows: 'unscoped' });
/** A table with the name of one that has a policy, made by a handler. */
export const lookAlike = sqliteTable('candidates', { id: text('id'), organizationId: text('organization_id') });
export const view = sqliteView('all_candidates', { id: text('id'), score: integer('score') }).existing();

const jobsRelations = relations(jobs, ({ many }) => ({ candidates: many(candidates) }));
const candidatesRelations = relations(candidates, ({ one }) => ({ job: one(jobs, { fields: [candidates.jobId], references: [jobs.id] }) }));
const schema = { marks, jobs, candidates, applications, scores, secrets, jobsRelations, candidatesRelations };

export const NOW = '2026-01-02T03:04:05.678Z';
export const recruiter: AnyContext = { authenticated: true, userId: 'u7', roles: ['recruiter'], activeOrgId: 'o7', isAnonymous: false };
export const stranger: AnyContext = { authenticated: true, userId: 'u8', roles: ['owner'], activeOrgId: 'o8', isAnonymous: false };

/** What the gate is tested on: DRIVER names the way to the file, `native` is the way of the tests themselves. */
export const driver = process.env['DRIVER'] ?? 'sqlite';
const folder = mkdtempSync(join(tmpdir(), 'gate-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
let worlds = 0;

function opened(): Omit<Database, 'native'> & { readonly native: ReturnType<typeof openSqlite>['native']; readonly used: Database } {
  const path = driver === 'sqlite' ? ':memory:' : join(folder, `${++worlds}.db`), own = openSqlite(path);
  const used: Database = driver === 'libsql' ? openLibsql(`file:${path}`) : driver === 'd1' ? { ...d1Database(bindingOf(path)), together } : own;
  for (const statement of ddl(schema)) own.native.exec(statement);
  return { ...used, native: own.native, used };
}

/** 4 jobs with 3 candidates each per organisation: j_o7_0 … c_o8_3_2. Each organisation's first candidate has an application with a score. */
export function world() {
  const database = opened(), { native } = database;
  const audit = "'2025-01-01T00:00:00.000Z', 'seed', '2025-01-01T00:00:00.000Z', 'seed'";
  native.exec("create view all_candidates as select id, score from candidates; insert into secrets values ('s1', 'top')");
  for (const org of ['o7', 'o8']) {
    for (let j = 0; j < 4; j++) {
      native.exec(`insert into jobs (id, organization_id, title, created_at, created_by, modified_at, modified_by) values ('j_${org}_${j}', '${org}', 't${j}', ${audit})`);
      for (let k = 0; k < 3; k++) {
        native.exec(`insert into candidates (id, organization_id, job_id, name, email, score, created_at, created_by, modified_at, modified_by)
          values ('c_${org}_${j}_${k}', '${org}', 'j_${org}_${j}', 'n${k}', '${org}.${j}.${k}@example.com', ${k}, ${audit})`);
      }
    }
    native.exec(`insert into applications (id, organization_id, owner_id, candidate_id, created_at, created_by, modified_at, modified_by) values ('a_${org}', '${org}', 'u${org[1]}', 'c_${org}_0_0', ${audit});
      insert into scores (id, organization_id, application_id, value, created_at, created_by, modified_at, modified_by) values ('s_${org}', '${org}', 'a_${org}', 5, ${audit})`);
  }
  let made = 0;
  const runtime = createRuntime({
    db: database.driver, resources: [marksResource, jobsResource, candidatesResource, applicationsResource, scoresResource],
    now: () => new Date(NOW), newId: (rule) => (rule.generate === 'prefixed' ? `${rule.prefix}_new${++made}` : undefined),
  });
  const open = scopedDatabases(database.used, schema, runtime);
  // Tests attack through every method Drizzle has, typed or not.
  const as = (ctx: AnyContext, call?: Omit<Call, 'ctx'>): any => open(ctx, call).db;
  return {
    database, open, as, runtime,
    /** The database of unsafe actions, for one call. */
    ungated: ungated(database.used, schema, runtime) as () => { readonly db: any; end(): void },
    db: as(recruiter), other: as(stranger),
    /** What is really in the database. */
    raw: (text: string): any[] => native.all(text, []),
    count: (from: string): number => Number(native.all(`select count(*) as n from ${from}`, [])[0]?.['n']),
  };
}

/** All rows are organisation o7's, and there are `n` of them. */
export function ours(rows: any[], n: number, key = 'organizationId'): void {
  expect(rows).toHaveLength(n);
  for (const row of rows) expect(row[key]).toBe('o7');
}

/** The attempt fails because the gate refused it, not because the database could not do it. */
export async function refused(attempt: () => unknown, why?: RegExp): Promise<void> {
  let answer: unknown, error: any;
  try { answer = await attempt(); } catch (e) { error = e; }
  if (!error) throw new Error(`was not refused: ${JSON.stringify(answer)?.slice(0, 200)}`);
  const cause = error.name === 'Refused' ? error : error.cause;
  if (cause?.name !== 'Refused') throw new Error(`failed otherwise: ${error.message} | ${cause?.message}`);
  if (why) expect(cause.message).toMatch(why);
}
