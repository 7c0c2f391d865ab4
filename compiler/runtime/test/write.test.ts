import { describe, expect, test } from 'bun:test';
import { BODY_LIMIT } from '../lib/body.ts';
import type { Driver } from '../lib/driver.ts';
import { nobody, without } from './harness.ts';
import { interviewer, owner, recruiter, seeded, stranger } from './recruiting.ts';

const ada = { name: 'Ada', email: 'a@example.org' };

describe('create', () => {
  test('stamps id, scope, audit columns and defaults from the session and the clock', async () => {
    const b = await seeded();
    b.clock = Date.UTC(2026, 5, 1);
    const reply = await b.as(recruiter)('POST', '/candidates', ada);
    expect([reply.status, reply.body]).toEqual([201, { data: {
      id: expect.stringMatching(/^cnd_/), organizationId: 'org-a', jobId: null, job_label: null, name: 'Ada', email: 'a@example.org', phone: null, stage: 'applied', score: null, remote: false,
      appliedAt: null, internalNotes: null, createdAt: '2026-06-01T00:00:00.000Z', createdBy: 'user-recruiter', modifiedAt: '2026-06-01T00:00:00.000Z', modifiedBy: 'user-recruiter', deletedAt: null, deletedBy: null,
    } }]);
  });

  test('the answer is masked like any other', async () => {
    const b = await seeded();
    const job = await b.as(recruiter)('POST', '/jobs', { title: 'x', salaryMax: 5 });
    expect(job.body.data.salaryMax).toBe(5);
    expect((await b.as(interviewer)('PATCH', `/candidates/${b.id.bob}`, { score: 1 })).body.data).toMatchObject({ score: 1, email: 'b***@e******.org' });
  });

  test('guards report all offending fields, the gravest reason first', async () => {
    const b = await seeded();
    const post = (more: object) => b.as(recruiter)('POST', '/candidates', { ...ada, ...more });
    for (const field of ['id', 'organizationId', 'createdAt', 'createdBy', 'modifiedAt', 'modifiedBy', 'deletedAt', 'deletedBy']) {
      const reply = await post({ [field]: 'x', [`${field}2`]: 'x' });
      expect([field, reply.status, reply.body.code, reply.body.layer, reply.body.details.fields]).toEqual([field, 400, 'GUARD_SYSTEM_MANAGED', 'guards', [field]]);
    }
    expect((await post({ stage: 'offer' })).body).toMatchObject({ code: 'GUARD_FIELD_PROTECTED', details: { fields: ['stage'], actions: { stage: ['advance-stage'] } } });
    expect((await post({ nope: 1, constructor: 2 })).body).toMatchObject({ code: 'GUARD_FIELD_NOT_CREATEABLE', details: { fields: ['nope', 'constructor'] } });
    const all = await post({ nope: 1, stage: 'offer', id: 'x', createdAt: 'y' });
    expect(all.body.details).toEqual({ fields: ['id', 'createdAt'], violations: { GUARD_SYSTEM_MANAGED: ['id', 'createdAt'], GUARD_FIELD_PROTECTED: ['stage'], GUARD_FIELD_NOT_CREATEABLE: ['nope'] } });
    expect((await b.as(recruiter)('POST', '/candidates', '{"name":"A","email":"e@x.org","__proto__":{"stage":"offer"}}')).body.code).toBe('GUARD_FIELD_NOT_CREATEABLE');
  });

  test('values are checked by column and rule, all at once', async () => {
    const b = await seeded();
    const reply = await b.as(recruiter)('POST', '/candidates', { name: '', score: 11, remote: 'yes', appliedAt: 'soon', phone: 5 });
    expect([reply.status, reply.body.code, reply.body.layer]).toEqual([400, 'VALIDATION_FAILED', 'validation']);
    expect(reply.body.details.fields).toEqual({
      email: 'is required', name: 'must have at least 1 characters', score: 'must be at most 10', remote: 'must be true or false', appliedAt: 'must be an ISO 8601 date', phone: 'must be a string',
    });
    const field = async (more: object) => (await b.as(recruiter)('POST', '/candidates', { ...ada, ...more })).body.details?.fields;
    expect(await field({ name: null })).toEqual({ name: 'must not be null' });
    expect(await field({ score: 1.5 })).toEqual({ score: 'must be an integer' });
    expect(await field({ email: 'nobody' })).toEqual({ email: 'must be an email address' });
    expect(await field({ name: 'x'.repeat(81) })).toEqual({ name: 'must have at most 80 characters' });
    expect((await b.as(recruiter)('POST', '/candidates', { ...ada, name: '😀'.repeat(80) })).status).toBe(201);
    expect((await b.as(owner)('POST', '/jobs', { title: 'x', status: 'hired' })).body.details.fields).toEqual({ status: 'must be one of draft, open, closed' });
  });

  test('bodies that are no JSON object, or too large', async () => {
    const b = await seeded();
    for (const body of ['{', '', '[]', 'null', '"x"']) {
      const reply = await b.as(recruiter)('POST', '/candidates', body);
      expect([body, reply.status, reply.body.code]).toEqual([body, 400, 'INVALID_JSON']);
    }
    const large = JSON.stringify({ ...ada, internalNotes: 'x'.repeat(BODY_LIMIT) });
    expect((await b.as(recruiter)('POST', '/candidates', ada, { 'content-length': String(BODY_LIMIT + 1) })).body.code).toBe('PAYLOAD_TOO_LARGE'); // before it is read
    for (const headers of [{}, { 'content-length': '10' }]) {
      const reply = await b.as(recruiter)('POST', '/candidates', large, headers as Record<string, string>);
      expect([reply.status, reply.body.code]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
    }
  });

  test('a foreign key must point to a row the caller can see', async () => {
    const b = await seeded();
    for (const jobId of [b.id.otherJob, 'none']) {
      const reply = await b.as(recruiter)('POST', '/candidates', { ...ada, jobId });
      expect([reply.status, reply.body.code, reply.body.layer, reply.body.details]).toEqual([400, 'FK_NOT_FOUND', 'database', { fields: ['jobId'] }]);
    }
    await b.as(owner)('DELETE', `/jobs/${b.id.job}`);
    expect((await b.as(recruiter)('POST', '/candidates', { ...ada, jobId: b.id.job })).body.code).toBe('FK_NOT_FOUND');
  });

  test('a parent that is deleted while its child is being written gets no child', async () => {
    let parent: string | undefined;
    const doomed = async (db: Driver, texts: readonly string[]): Promise<void> => {
      if (parent !== undefined && texts.some((text) => /^(insert into|update) "candidates"/.test(text))) await db.all(`update jobs set deleted_at = 'now' where id = ?`, [parent]);
    };
    const b = await seeded({ wrap: (db) => ({
      all: async (text, params) => { await doomed(db, [text]); return db.all(text, params); },
      atomic: async (list) => { await doomed(db, list.map((s) => s.text)); return db.atomic(list); },
    }) });
    const revive = (): Promise<unknown> => b.rows('update jobs set deleted_at = null where id = ?', b.id.job);
    parent = b.id.job;
    const body = (n: number): object => ({ name: 'Late', email: `late${n}@example.org`, jobId: b.id.job });
    expect((await b.as(recruiter)('POST', '/candidates', body(1))).body).toMatchObject({ code: 'FK_NOT_FOUND', details: { fields: ['jobId'] } });
    await revive();
    const each = await b.as(recruiter)('POST', '/candidates/batch', { records: [body(2), { name: 'Free', email: 'free@example.org' }] });
    expect([each.status, each.body.errors, each.body.success.length]).toMatchObject([207, [{ index: 0, error: { code: 'FK_NOT_FOUND' } }], 1]);
    await revive();
    expect((await b.as(recruiter)('POST', '/candidates/batch', { records: [{ name: 'All', email: 'all@example.org' }, body(3)], options: { atomic: true } })).body)
      .toMatchObject({ code: 'BATCH_ATOMIC_FAILED', details: { failedAt: 1, reason: { code: 'FK_NOT_FOUND' } } });
    expect(await b.rows(`select count(*) as n from candidates where name in ('Late', 'All')`)).toEqual([{ n: 0 }]);
  });

  test('a unique value answers 409 with every column of the constraint, and is free after a soft delete', async () => {
    const b = await seeded();
    const again = await b.as(recruiter)('POST', '/candidates', { name: 'Ada 2', email: 'ada@example.org' });
    expect([again.status, again.body.code, again.body.details]).toEqual([409, 'UNIQUE_VIOLATION', { fields: ['organizationId', 'email'] }]);
    expect((await b.as(stranger)('POST', '/candidates', { name: 'Ada', email: 'ada@example.org' })).status).toBe(201);
    await b.as(owner)('DELETE', `/candidates/${b.id.ada}`);
    expect((await b.as(recruiter)('POST', '/candidates', { name: 'Ada 2', email: 'ada@example.org' })).status).toBe(201);
  });

  test('a check of the table answers 400', async () => {
    const b = await seeded();
    await b.rows(`create trigger strict before insert on jobs when new.title = 'bad' begin select raise(abort, 'CHECK constraint failed: jobs_title'); end`);
    expect((await b.as(owner)('POST', '/jobs', { title: 'bad' })).body).toMatchObject({ code: 'CHECK_VIOLATION', layer: 'database' });
  });
});

describe('update', () => {
  test('changes what is named, stamps, and leaves the rest', async () => {
    const b = await seeded();
    b.clock = Date.UTC(2026, 6, 1);
    const reply = await b.as(owner)('PATCH', `/candidates/${b.id.ada}`, { name: 'Ada L.' });
    expect([reply.status, reply.body.data]).toMatchObject([200, { name: 'Ada L.', score: 9, createdBy: 'user-recruiter', modifiedBy: 'user-owner', modifiedAt: '2026-07-01T00:00:00.000Z' }]);
  });

  test('null clears a nullable column, and no other', async () => {
    const b = await seeded();
    expect((await b.as(recruiter)('PATCH', `/candidates/${b.id.ada}`, { phone: null, score: null })).body.data).toMatchObject({ phone: null, score: null });
    expect((await b.as(recruiter)('PATCH', `/candidates/${b.id.ada}`, { name: null })).body.details.fields).toEqual({ name: 'must not be null' });
  });

  test('an empty body changes nothing', async () => {
    const b = await seeded();
    const before = await b.rows('select * from candidates where id = ?', b.id.ada);
    expect((await b.as(recruiter)('PATCH', `/candidates/${b.id.ada}`, {})).body.code).toBe('VALIDATION_FAILED');
    expect(await b.rows('select * from candidates where id = ?', b.id.ada)).toEqual(before);
  });

  test('guards', async () => {
    const b = await seeded();
    const patch = async (body: object) => (await b.as(recruiter)('PATCH', `/candidates/${b.id.ada}`, body)).body;
    expect(await patch({ email: 'new@example.org', jobId: null })).toMatchObject({ code: 'GUARD_FIELD_IMMUTABLE', details: { fields: ['email', 'jobId'] } });
    expect(await patch({ stage: 'offer' })).toMatchObject({ code: 'GUARD_FIELD_PROTECTED', details: { actions: { stage: ['advance-stage'] } } });
    expect(await patch({ nope: 1 })).toMatchObject({ code: 'GUARD_FIELD_NOT_UPDATABLE' });
    expect(await patch({ organizationId: 'org-b', email: 'x' })).toMatchObject({ code: 'GUARD_SYSTEM_MANAGED', details: { fields: ['organizationId'] } });
  });

  test('the UPDATE repeats firewall and conditions: a row that changed in between is not written', async () => {
    let between: (() => Promise<unknown>) | undefined;
    const b = await seeded({ wrap: (db) => ({ ...db, all: async (text, params) => {
      if (text.startsWith('update "candidates"')) { await between?.(); between = undefined; }
      return db.all(text, params);
    } }) });
    between = () => b.rows(`update candidates set stage = 'offer' where id = ?`, b.id.bob);
    expect((await b.as(interviewer)('PATCH', `/candidates/${b.id.bob}`, { name: 'late' })).body.code).toBe('ACCESS_CONDITION_FAILED');
    between = () => b.rows(`update candidates set organization_id = 'org-b' where id = ?`, b.id.ada);
    expect((await b.as(recruiter)('PATCH', `/candidates/${b.id.ada}`, { name: 'late' })).body.code).toBe('FIREWALL_NOT_FOUND');
    expect(await b.rows(`select 1 from candidates where name = 'late'`)).toEqual([]);
  });
});

describe('delete', () => {
  test('a soft delete goes down the tree, internal tables included, in one unit', async () => {
    const b = await seeded();
    const application = (await b.as(recruiter)('POST', '/applications', { candidateId: b.id.ada })).body.data.id;
    const other = (await b.as(recruiter)('POST', '/applications', { candidateId: b.id.bob })).body.data.id;
    for (const [id, of] of [['s1', application], ['s2', other]]) await b.rows(`insert into scores (id, organization_id, application_id, value, created_at, modified_at) values (?, 'org-a', ?, 1, '', '')`, id, of);
    const reply = await b.as(owner)('DELETE', `/jobs/${b.id.job}`);
    expect([reply.status, reply.body]).toEqual([200, { data: { id: b.id.job, deleted: true } }]);
    const gone = async (table: string) => (await b.rows(`select id from ${table} where deleted_at is not null and deleted_by = 'user-owner' and modified_by = 'user-owner' order by id`)).map((r) => r['id']);
    expect([await gone('jobs'), await gone('candidates'), await gone('applications'), await gone('scores')]).toEqual([[b.id.job], [b.id.ada], [application], ['s1']]);
    expect((await b.as(owner)('GET', '/applications')).body.data.map((r: { id: string }) => r.id)).toEqual([other]);
  });

  test('children deleted before keep their stamps, and another organisation’s are never touched', async () => {
    const b = await seeded();
    await b.as(owner)('DELETE', `/candidates/${b.id.ada}`);
    const before = await b.rows('select deleted_at from candidates where id = ?', b.id.ada);
    await b.rows('update candidates set job_id = ? where id in (?, ?)', b.id.job, b.id.eve, b.id.bob);
    b.clock += 60_000;
    await b.as(owner)('DELETE', `/jobs/${b.id.job}`);
    expect(await b.rows('select deleted_at from candidates where id = ?', b.id.ada)).toEqual(before);
    expect((await b.rows('select deleted_at is null as alive from candidates where id in (?, ?) order by name', b.id.eve, b.id.bob))).toEqual([{ alive: 0 }, { alive: 1 }]);
  });

  test('a failure in the tree leaves everything as it was', async () => {
    const b = await seeded();
    await b.as(recruiter)('POST', '/applications', { candidateId: b.id.ada });
    await b.rows(`create trigger stop before update on jobs begin select raise(abort, 'stop'); end`);
    expect((await b.as(owner)('DELETE', `/jobs/${b.id.job}`)).status).toBe(500);
    for (const table of ['jobs', 'candidates', 'applications']) expect(await b.rows(`select id from ${table} where deleted_at is not null`)).toEqual([]);
  });

  test('a delete that may not happen takes nothing along', async () => {
    const b = await seeded();
    const application = (await b.as(recruiter)('POST', '/applications', { candidateId: b.id.ada })).body.data.id;
    expect((await b.as(recruiter)('DELETE', `/candidates/${b.id.ada}`)).body.code).toBe('ACCESS_ROLE_REQUIRED');
    expect((await b.as(stranger)('DELETE', `/candidates/${b.id.ada}`)).body.code).toBe('FIREWALL_NOT_FOUND');
    expect((await b.as(nobody)('DELETE', `/candidates/${b.id.ada}`)).status).toBe(401);
    expect((await b.as(without(owner, 'activeOrgId'))('DELETE', `/candidates/${b.id.ada}`)).body.code).toBe('ACCESS_NO_ORG');
    expect((await b.rows('select deleted_at from applications where id = ?', application))[0]).toEqual({ deleted_at: null });
  });
});
