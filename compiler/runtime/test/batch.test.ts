import { describe, expect, test } from 'bun:test';
import { interviewer, member, owner, recruiter, seeded, stranger } from './recruiting.ts';

const record = (n: number) => ({ name: `N${n}`, email: `n${n}@example.org` });

describe('batch create', () => {
  test('every row is created, masked, with 201', async () => {
    const b = await seeded();
    const reply = await b.as(recruiter)('POST', '/candidates/batch', { records: [record(1), record(2)] });
    expect([reply.status, reply.body.errors, reply.body.meta]).toEqual([201, [], { total: 2, succeeded: 2, failed: 0, atomic: false }]);
    expect(reply.body.success).toMatchObject([{ name: 'N1', stage: 'applied', organizationId: 'org-a', createdBy: 'user-recruiter' }, { name: 'N2' }]);
  });

  test('a bad row fails alone, for its own reason, with 207', async () => {
    const b = await seeded();
    const records = [record(1), { ...record(2), stage: 'offer' }, { ...record(3), email: 'ada@example.org' }, { name: 'x' }, { ...record(5), jobId: b.id.otherJob }, 'text', record(1), record(7)];
    const reply = await b.as(recruiter)('POST', '/candidates/batch', { records });
    expect([reply.status, reply.body.meta]).toEqual([207, { total: 8, succeeded: 2, failed: 6, atomic: false }]);
    expect(reply.body.success.map((r: { name: string }) => r.name)).toEqual(['N1', 'N7']);
    expect(reply.body.errors.map((e: { index: number; record: unknown; error: { code: string } }) => [e.index, e.record, e.error.code])).toEqual([
      [1, records[1], 'GUARD_FIELD_PROTECTED'], [2, records[2], 'UNIQUE_VIOLATION'], [3, records[3], 'VALIDATION_FAILED'],
      [4, records[4], 'FK_NOT_FOUND'], [5, 'text', 'VALIDATION_FAILED'], [6, records[6], 'UNIQUE_VIOLATION'],
    ]);
  });

  test('atomic is all or nothing and names the row', async () => {
    const b = await seeded();
    const count = async () => (await b.rows('select count(*) as n from candidates'))[0]?.['n'];
    const before = await count();
    const atomic = (records: unknown[]) => b.as(recruiter)('POST', '/candidates/batch', { records, options: { atomic: true } });
    const taken = await atomic([record(1), record(2), record(3), { ...record(4), email: 'ada@example.org' }, record(5)]);
    expect([taken.status, taken.body]).toMatchObject([400, { code: 'BATCH_ATOMIC_FAILED', layer: 'validation', details: { failedAt: 3, reason: { code: 'UNIQUE_VIOLATION', details: { fields: ['organizationId', 'email'] } } } }]);
    expect((await atomic([record(1), { name: 'x' }])).body.details).toMatchObject({ failedAt: 1, reason: { code: 'VALIDATION_FAILED' } });
    expect(await count()).toBe(before);
    expect((await atomic([record(1), record(2)])).body.meta).toEqual({ total: 2, succeeded: 2, failed: 0, atomic: true });
  });

  test('a hundred rows of many columns; one more is refused', async () => {
    const b = await seeded();
    const records = (n: number) => ({ records: Array.from({ length: n }, (_, i) => record(i)) });
    const over = await b.as(recruiter)('POST', '/candidates/batch', records(101));
    expect([over.status, over.body.code, over.body.details]).toEqual([400, 'BATCH_SIZE_EXCEEDED', { max: 100, actual: 101 }]);
    b.statements.length = 0;
    expect((await b.as(recruiter)('POST', '/candidates/batch', records(100))).body.meta.succeeded).toBe(100);
    const most = Math.max(...b.statements.map((s) => s.split('?').length - 1));
    expect(most).toBeLessThanOrEqual(100);
  });

  test('wrong shapes', async () => {
    const b = await seeded();
    expect((await b.as(recruiter)('POST', '/candidates/batch', { items: [] })).body.details.fields).toEqual({ records: 'must be an array' });
    expect((await b.as(recruiter)('POST', '/candidates/batch', { records: [], options: { atomic: 'yes' } })).body.code).toBe('VALIDATION_FAILED');
    expect((await b.as(member)('POST', '/candidates/batch', 'no json')).body.code).toBe('ACCESS_ROLE_REQUIRED');
  });
});

describe('batch update', () => {
  test('each row by its own firewall, conditions and guards', async () => {
    const b = await seeded();
    const records = [{ id: b.id.bob, score: 5 }, { id: b.id.ada, score: 5 }, { id: b.id.eve, score: 5 }, { id: 'none', score: 5 }, { id: b.id.bob, stage: 'offer' }, { id: b.id.bob }];
    const reply = await b.as(interviewer)('PATCH', '/candidates/batch', { records });
    expect([reply.status, reply.body.meta]).toEqual([207, { total: 6, succeeded: 1, failed: 5, atomic: false }]);
    expect(reply.body.success).toMatchObject([{ id: b.id.bob, score: 5, email: 'b***@e******.org' }]);
    expect(reply.body.errors.map((e: { index: number; error: { code: string } }) => [e.index, e.error.code])).toEqual([
      [1, 'ACCESS_CONDITION_FAILED'], [2, 'NOT_FOUND'], [3, 'NOT_FOUND'], [4, 'GUARD_FIELD_PROTECTED'], [5, 'VALIDATION_FAILED'],
    ]);
    expect(reply.body.errors[1]).toEqual({ index: 2, record: records[2], error: { error: 'Not found', layer: 'firewall', code: 'NOT_FOUND', details: { id: b.id.eve } } });
    expect((await b.rows('select score from candidates where id = ?', b.id.eve))[0]).toEqual({ score: null });
  });

  test('missing ids refuse the whole request', async () => {
    const b = await seeded();
    const reply = await b.as(recruiter)('PATCH', '/candidates/batch', { records: [{ name: 'x' }, { id: b.id.ada, name: 'y' }, { id: '', name: 'z' }, 3] });
    expect([reply.status, reply.body.code, reply.body.details]).toEqual([400, 'BATCH_MISSING_IDS', { indices: [0, 2, 3] }]);
  });

  test('atomic: a row lost between reading and writing takes the others back', async () => {
    let between: (() => Promise<unknown>) | undefined;
    const b = await seeded({ wrap: (db) => ({ ...db, atomic: async (list) => {
      await between?.();
      between = undefined;
      return db.atomic(list);
    } }) });
    const body = { records: [{ id: b.id.ada, score: 1 }, { id: b.id.cyd, score: 1 }], options: { atomic: true } };
    between = () => b.rows(`update candidates set organization_id = 'org-b' where id = ?`, b.id.cyd);
    expect((await b.as(recruiter)('PATCH', '/candidates/batch', body)).body).toMatchObject({ code: 'BATCH_ATOMIC_FAILED', details: { failedAt: 1 } });
    expect((await b.rows('select score from candidates where id = ?', b.id.ada))[0]).toEqual({ score: 9 });
    between = () => b.rows(`update candidates set organization_id = 'org-b' where id = ?`, b.id.bob);
    const each = await b.as(recruiter)('PATCH', '/candidates/batch', { records: [{ id: b.id.ada, score: 1 }, { id: b.id.bob, score: 1 }] });
    expect([each.status, each.body.meta, each.body.errors[0].error.code]).toEqual([207, { total: 2, succeeded: 1, failed: 1, atomic: false }, 'NOT_FOUND']);
  });
});

describe('batch delete', () => {
  test('ids in, stamps out, children along', async () => {
    const b = await seeded();
    const application = (await b.as(recruiter)('POST', '/applications', { candidateId: b.id.ada })).body.data.id;
    const reply = await b.as(owner)('DELETE', '/candidates/batch', { ids: [b.id.ada, b.id.eve, b.id.bob, b.id.ada] });
    expect(reply.status).toBe(207);
    expect(reply.body.success).toEqual([b.id.ada, b.id.bob].map((id) => ({ id, deletedAt: expect.any(String), deletedBy: 'user-owner' })));
    expect(reply.body.errors.map((e: { index: number; id: string; error: { code: string } }) => [e.index, e.id, e.error.code])).toEqual([[1, b.id.eve, 'NOT_FOUND'], [3, b.id.ada, 'NOT_FOUND']]);
    expect((await b.rows('select deleted_by from applications where id = ?', application))[0]).toEqual({ deleted_by: 'user-owner' });
    expect((await b.as(stranger)('GET', `/candidates/${b.id.eve}`)).status).toBe(200);
  });

  test('its own access and atomic', async () => {
    const b = await seeded();
    expect((await b.as(recruiter)('DELETE', '/candidates/batch', { ids: [b.id.ada] })).body.code).toBe('ACCESS_ROLE_REQUIRED');
    const reply = await b.as(owner)('DELETE', '/candidates/batch', { ids: [b.id.ada, 'none'], options: { atomic: true } });
    expect(reply.body).toMatchObject({ code: 'BATCH_ATOMIC_FAILED', details: { failedAt: 1, reason: { code: 'NOT_FOUND' } } });
    expect((await b.as(owner)('GET', `/candidates/${b.id.ada}`)).status).toBe(200);
    expect((await b.as(owner)('DELETE', '/candidates/batch', { ids: [b.id.ada, b.id.bob], options: { atomic: true } })).status).toBe(200);
    expect((await b.as(owner)('DELETE', '/candidates/batch', { ids: [null] })).body.code).toBe('BATCH_MISSING_IDS');
  });
});
