import { describe, expect, test } from 'bun:test';
import { nobody, user, without } from './harness.ts';
import { interviewer, member, owner, recruiter, seeded, stranger } from './recruiting.ts';

describe('each layer refuses in its order', () => {
  test('401 comes before everything else', async () => {
    const b = await seeded();
    for (const [method, path] of [['GET', '/candidates'], ['GET', `/candidates/${b.id.ada}`], ['PATCH', '/candidates/none'], ['DELETE', '/candidates/none'], ['POST', '/candidates'], ['GET', '/candidates/views/pipeline'], ['PATCH', '/candidates/batch']] as const) {
      const reply = await b.as(nobody)(method, path, method === 'GET' ? undefined : 'not json');
      expect([path, reply.status, reply.body.code, reply.body.layer]).toEqual([path, 401, 'AUTH_MISSING', 'authentication']);
    }
  });

  test('roles carried by a context without a session do not count', async () => {
    const b = await seeded();
    const forged = { ...nobody, roles: ['owner'], userRole: 'admin', activeOrgId: 'org-a', userId: 'user-owner' };
    expect((await b.as(forged)('GET', '/candidates')).status).toBe(401);
  });

  test('the role comes before the rows: existing and missing ids answer alike', async () => {
    const b = await seeded();
    const here = await b.as(member)('GET', `/candidates/${b.id.ada}`), gone = await b.as(member)('GET', '/candidates/none');
    expect(here.status).toBe(403);
    expect(here.body).toEqual({
      error: 'Insufficient permissions', layer: 'access', code: 'ACCESS_ROLE_REQUIRED', hint: expect.any(String),
      details: { required: ['owner', 'recruiter', 'interviewer'], current: ['member'] },
    });
    expect(gone.body).toEqual(here.body);
    expect((await b.as(member)('PATCH', '/candidates/none', 'not json')).body.code).toBe('ACCESS_ROLE_REQUIRED');
  });

  test('no active organisation refuses on every route, also by id', async () => {
    const b = await seeded();
    const lone = without(owner, 'activeOrgId');
    for (const [method, path] of [['GET', '/candidates'], ['GET', `/candidates/${b.id.ada}`], ['PATCH', `/candidates/${b.id.ada}`], ['DELETE', `/candidates/${b.id.ada}`], ['POST', '/candidates'], ['DELETE', '/candidates/batch'], ['GET', '/candidates/views/pipeline']] as const) {
      const reply = await b.as(lone)(method, path, method === 'GET' ? undefined : {});
      expect([path, reply.status, reply.body.code]).toEqual([path, 403, 'ACCESS_NO_ORG']);
    }
  });

  test('whoever has no organisation has no roles in it either: the answer names the organisation', async () => {
    const b = await seeded();
    expect((await b.as(without(user([]), 'activeOrgId'))('GET', '/candidates')).body.code).toBe('ACCESS_NO_ORG');
  });

  test('the firewall answers for rows of others, deleted rows and missing rows alike', async () => {
    const b = await seeded();
    await b.as(owner)('DELETE', `/candidates/${b.id.cyd}`);
    for (const id of [b.id.eve, b.id.cyd, 'none']) {
      for (const [method, body] of [['GET', undefined], ['PATCH', { name: 'x' }], ['DELETE', undefined]] as const) {
        const reply = await b.as(owner)(method, `/candidates/${id}`, body);
        expect([id, method, reply.status, reply.body.code, reply.body.layer]).toEqual([id, method, 403, 'FIREWALL_NOT_FOUND', 'firewall']);
      }
    }
    expect((await b.rows('select name, deleted_at from candidates where id = ?', b.id.eve))[0]).toEqual({ name: 'Eve', deleted_at: null });
  });

  test('hide mode answers 404 without a layer', async () => {
    const b = await seeded();
    const reply = await b.as(owner)('GET', '/applications/none');
    expect([reply.status, reply.body]).toEqual([404, { error: 'Not found', code: 'NOT_FOUND' }]);
  });

  test('record conditions filter lists and refuse single records', async () => {
    const b = await seeded();
    const list = await b.as(interviewer)('GET', '/candidates?total=true');
    expect(list.body.data.map((r: { id: string }) => r.id)).toEqual([b.id.bob]);
    expect(list.body.pagination.total).toBe(1);
    expect((await b.as(interviewer)('GET', `/candidates/${b.id.bob}`)).status).toBe(200);
    for (const [method, body] of [['GET', undefined], ['PATCH', 'not json']] as const) {
      const reply = await b.as(interviewer)(method, `/candidates/${b.id.ada}`, body);
      expect([reply.status, reply.body.code, reply.body.layer]).toEqual([403, 'ACCESS_CONDITION_FAILED', 'access']);
    }
    // Another tenant's row is the firewall's matter, whatever its stage.
    await b.rows(`update candidates set stage = 'interview' where id = ?`, b.id.eve);
    expect((await b.as(interviewer)('GET', `/candidates/${b.id.eve}`)).body.code).toBe('FIREWALL_NOT_FOUND');
  });

  test('a role that the caller has among several suffices', async () => {
    const b = await seeded();
    const both = await b.as(user(['interviewer', 'recruiter']))('GET', '/candidates');
    expect(both.body.data).toHaveLength(3);
  });

  test('conditions on the caller hold for their rows alone, and never for nobody', async () => {
    const b = await seeded();
    const made = await b.as(recruiter)('POST', '/applications', { candidateId: b.id.ada });
    expect(made.body.data).toMatchObject({ ownerId: 'user-recruiter', organizationId: 'org-a', createdBy: 'user-recruiter' });
    const { id } = made.body.data;
    expect((await b.as(recruiter)('PATCH', `/applications/${id}`, { notes: 'mine' })).status).toBe(200);
    expect((await b.as(owner)('PATCH', `/applications/${id}`, { notes: 'theirs' })).body.code).toBe('ACCESS_CONDITION_FAILED');
    expect((await b.as(nobody)('PATCH', `/applications/${id}`, { notes: 'nobody' })).body.code).toBe('AUTH_MISSING');
  });

  test('an owner scope hides rows of others, and is waived for the roles it names', async () => {
    const b = await seeded();
    const { id } = (await b.as(recruiter)('POST', '/applications', { candidateId: b.id.ada })).body.data;
    expect((await b.as(interviewer)('GET', `/applications/${id}`)).status).toBe(404);
    expect((await b.as(interviewer)('GET', '/applications')).body.data).toEqual([]);
    expect((await b.as(owner)('GET', `/applications/${id}`)).status).toBe(200);
    expect((await b.as(stranger)('GET', `/applications/${id}`)).status).toBe(404);
  });
});

describe('routes', () => {
  test('another method on a path answers 405 with Allow, another path 404', async () => {
    const b = await seeded();
    const put = await b.as(owner)('PUT', `/candidates/${b.id.ada}`, {});
    expect([put.status, put.body.code, put.headers.get('allow')]).toEqual([405, 'METHOD_NOT_ALLOWED', 'GET, PATCH, DELETE']);
    const batch = await b.as(owner)('GET', '/candidates/batch');
    expect([batch.status, batch.headers.get('allow')]).toEqual([405, 'POST, PATCH, DELETE']);
    expect((await b.as(owner)('PATCH', `/jobs/${b.id.job}`, { title: 'x' })).status).toBe(405);
    expect((await b.as(owner)('GET', '/candidates/views/none')).body.code).toBe('NOT_FOUND');
  });

  test('an unexpected error answers with a request id and nothing else, and is logged', async () => {
    const b = await seeded({ wrap: (db) => ({ ...db, all: (text, params) => { if (text.includes('order by')) throw new Error('disk on fire: secret'); return db.all(text, params); } }) });
    const reply = await b.as(owner)('GET', '/candidates');
    expect([reply.status, reply.body]).toEqual([500, { error: 'Internal error', layer: 'internal', code: 'INTERNAL_ERROR', details: { requestId: 'req-1' } }]);
    expect(b.log).toMatchObject([{ level: 'error', requestId: 'req-1' }]);
  });
});

describe('no session', () => {
  test('a PUBLIC list names its organisation and shows open rows without audit and scope columns, masked', async () => {
    const b = await seeded();
    const bare = await b.as(nobody)('GET', '/jobs');
    expect([bare.status, bare.body.code, bare.body.details.parameter]).toEqual([400, 'QUERY_INVALID', 'organizationId']);
    const list = await b.as(nobody)('GET', '/jobs?organizationId=org-a');
    expect(list.body.data).toEqual([{ id: b.id.job, title: 'Engineer', status: 'open', salaryMax: '[REDACTED]' }]);
    await b.as(owner)('POST', '/jobs', { title: 'Secret', status: 'draft' });
    expect((await b.as(nobody)('GET', '/jobs?organizationId=org-a')).body.data).toHaveLength(1);
    expect((await b.as(nobody)('GET', `/jobs/${b.id.job}?organizationId=org-a&fields=createdBy,title`)).body).toEqual({ title: 'Engineer' });
    expect((await b.as(nobody)('GET', `/jobs/${b.id.job}?organizationId=org-b`)).body.code).toBe('FIREWALL_NOT_FOUND');
    expect((await b.as(nobody)('GET', '/jobs?organizationId=org-a&createdBy=user-owner')).body.code).toBe('QUERY_INVALID');
    expect((await b.as(nobody)('GET', '/jobs?organizationId=org-a&salaryMax.gt=1')).body.code).toBe('QUERY_INVALID');
  });

  test('a caller with a session can not name another organisation', async () => {
    const b = await seeded();
    const reply = await b.as(owner)('GET', '/jobs?organizationId=org-b');
    expect(reply.body.data).toEqual([]);
    expect((await b.as(owner)('GET', `/jobs/${b.id.otherJob}?organizationId=org-b`)).body.code).toBe('FIREWALL_NOT_FOUND');
  });
});
