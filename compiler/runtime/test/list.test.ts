import { describe, expect, test } from 'bun:test';
import { nobody } from './harness.ts';
import { interviewer, member, owner, recruiter, seeded, stranger, type Seeded } from './recruiting.ts';

async function names(b: Seeded, query: string, ctx = recruiter): Promise<string[]> {
  const reply = await b.as(ctx)('GET', `/candidates${query}`);
  if (reply.status !== 200) throw new Error(`${query}: ${JSON.stringify(reply.body)}`);
  return reply.body.data.map((r: { name: string }) => r.name);
}
async function refused(b: Seeded, query: string, ctx = recruiter): Promise<string> {
  const reply = await b.as(ctx)('GET', `/candidates${query}`);
  expect([query, reply.status, reply.body.code, reply.body.layer]).toEqual([query, 400, 'QUERY_INVALID', 'validation']);
  return reply.body.details.parameter;
}
const ALL = ['Cyd', 'Bob_100%', 'Ada Lovelace']; // newest first

describe('filters', () => {
  test('every operator', async () => {
    const b = await seeded();
    for (const [query, expected] of [
      ['?stage=interview', ['Bob_100%']], ['?stage.eq=interview', ['Bob_100%']], ['?stage.ne=interview', ['Cyd', 'Ada Lovelace']],
      ['?score.gt=3', ['Ada Lovelace']], ['?score.gte=3', ['Cyd', 'Ada Lovelace']], ['?score.lt=9', ['Cyd']], ['?score.lte=9', ['Cyd', 'Ada Lovelace']],
      ['?stage.in=offer,applied', ['Cyd', 'Ada Lovelace']], ['?score.in=3,9', ['Cyd', 'Ada Lovelace']], ['?remote=true', ['Ada Lovelace']], ['?remote=false', ['Cyd', 'Bob_100%']],
      ['?score.isNull=true', ['Bob_100%']], ['?score.isNull=false', ['Cyd', 'Ada Lovelace']],
      ['?name.like=love', ['Ada Lovelace']], ['?name.like=%25love%25', ['Ada Lovelace']], ['?name.like=b_1', ['Bob_100%']], ['?name.like=a_a', []], ['?name.like=0%25%25', ['Bob_100%']],
      ['?stage=offer&score=3', ['Cyd']], ['?stage=offer&score=4', []],
      ['?appliedAt.gt=2026-01-01', ['Bob_100%']], ['?appliedAt=2026-01-02T04:04:05%2B01:00', ['Bob_100%']],
      ['?createdAt.gte=2026-01-01', ALL], ['?createdAt.gt=2026-01-01T00:00:00.004Z', []], ['?createdBy=user-owner', ['Bob_100%']],
    ] as const) expect([query, await names(b, query)]).toEqual([query, [...expected]]);
  });

  test('values are read by the type of the column', async () => {
    const b = await seeded();
    await b.as(recruiter)('POST', '/candidates', { name: '123', email: 'n@example.org' });
    expect(await names(b, '?name=123')).toEqual(['123']);
    for (const query of ['?score=ten', '?score=', '?remote=yes', '?stage=hired', '?stage.in=offer,hired', '?appliedAt.gt=soon', '?createdAt.gt=2026-02-30', '?score.like=1', '?score.isNull=maybe', '?score=0x10', '?score=NaN']) await refused(b, query);
  });

  test('whatever is not understood is refused by its name', async () => {
    const b = await seeded();
    expect(await refused(b, '?stag=offer')).toBe('stag');
    expect(await refused(b, '?stage.equals=offer')).toBe('stage.equals');
    expect(await refused(b, '?constructor=1')).toBe('constructor');
    expect(await refused(b, '?__proto__=1')).toBe('__proto__');
    expect(await refused(b, '?stage.toString=1')).toBe('stage.toString');
    expect(await refused(b, '?limit=ten')).toBe('limit');
    expect(await refused(b, '?limit=0')).toBe('limit');
    expect(await refused(b, '?offset=-1')).toBe('offset');
    expect(await refused(b, '?total=yes')).toBe('total');
    expect(await refused(b, '?sort=nmae')).toBe('sort');
    expect(await refused(b, '?sort=name:down')).toBe('sort');
    expect(await refused(b, '?sort=name&order=down')).toBe('order');
    expect(await refused(b, '?view=none')).toBe('view');
  });

  test('what can not be meant for us is ignored', async () => {
    const b = await seeded();
    expect(await names(b, '?_=1735689600&utm_source=mail&utm_campaign=x')).toEqual(ALL);
  });

  test('nothing in a parameter reaches the text of a statement', async () => {
    const b = await seeded();
    const evil = encodeURIComponent(`' or 1=1 --`);
    expect(await names(b, `?name=${evil}`)).toEqual([]);
    expect(await names(b, `?search=${evil}`)).toEqual([]);
    expect(b.statements.some((s) => s.includes('1=1'))).toBe(false);
    await refused(b, `?sort=${encodeURIComponent('name; drop table candidates')}`);
    await refused(b, `?${encodeURIComponent('name" or 1=1 --')}=x`);
  });
});

describe('order and pages', () => {
  test('three notations of sort', async () => {
    const b = await seeded();
    for (const query of ['?sort=-name', '?sort=name&order=desc', '?sort=name:desc', '?sort=name:desc,stage:asc', '?sort=-name,stage']) expect(await names(b, query)).toEqual(ALL);
    for (const query of ['?sort=name', '?sort=name&order=asc', '?sort=name:asc']) expect(await names(b, query)).toEqual([...ALL].reverse());
    expect(await names(b, '?sort=createdAt')).toEqual([...ALL].reverse());
    expect(await names(b, '?sort=remote,-name')).toEqual(['Cyd', 'Bob_100%', 'Ada Lovelace']);
  });

  test('pages are stable and complete when the sorted column ties', async () => {
    const b = await seeded();
    for (let i = 0; i < 9; i++) await b.as(recruiter)('POST', '/candidates', { name: 'Same', email: `same${i}@example.org` });
    await b.rows(`update candidates set created_at = '2026-01-01T00:00:00.000Z'`);
    const seen = new Set<string>();
    for (let offset = 0; offset < 12; offset += 5) for (const row of (await b.as(recruiter)('GET', `/candidates?limit=5&offset=${offset}`)).body.data) seen.add(row.id);
    expect(seen.size).toBe(12);
  });

  test('limits, counts and totals', async () => {
    const b = await seeded();
    const page = await b.as(recruiter)('GET', '/candidates?limit=2&offset=1&total=true');
    expect(page.body.pagination).toEqual({ limit: 2, offset: 1, count: 2, total: 3 });
    expect((await b.as(recruiter)('GET', '/candidates')).body.pagination).toEqual({ limit: 25, offset: 0, count: 3 });
    expect((await b.as(recruiter)('GET', '/candidates?limit=1000')).body.pagination.limit).toBe(100);
    const count = await b.as(recruiter)('GET', '/candidates?count=true&limit=1&stage.ne=offer');
    expect([count.body.pagination.total, count.headers.get('x-total-count')]).toEqual([2, '2']);
  });
});

describe('fields and search', () => {
  test('fields select, unknown ones are ignored', async () => {
    const b = await seeded();
    const one = (q: string) => b.as(recruiter)('GET', `/candidates?name=Cyd&${q}`).then((r) => Object.keys(r.body.data[0]));
    expect(await one('fields=name,id')).toEqual(['id', 'name']);
    expect(await one('fields=name,nope')).toEqual(['name']);
    expect(await one('fields=nope')).toContain('internalNotes');
    expect(await one('fields=createdAt,organizationId')).toEqual(['organizationId', 'createdAt']);
  });

  test('a projection changes neither masks nor conditions', async () => {
    const b = await seeded();
    const list = await b.as(owner)('GET', '/candidates?fields=email&sort=name');
    expect(list.body.data).toEqual([{ email: 'a***@e******.org' }, { email: 'bob@example.org' }, { email: 'c***@e******.org' }]);
    expect((await b.as(interviewer)('GET', '/candidates?fields=name')).body.data).toEqual([{ name: 'Bob_100%' }]);
    expect((await b.as(interviewer)('GET', `/candidates/${b.id.ada}?fields=name`)).body.code).toBe('ACCESS_CONDITION_FAILED');
    expect((await b.as(owner)('GET', `/candidates/${b.id.bob}?fields=email`)).body).toEqual({ email: 'bob@example.org' });
  });

  test('search covers text, takes wildcards literally and stays inside the filters', async () => {
    const b = await seeded();
    expect(await names(b, '?search=lovel')).toEqual(['Ada Lovelace']);
    expect(await names(b, '?search=_100%25')).toEqual(['Bob_100%']);
    expect(await names(b, '?search=%25')).toEqual(['Bob_100%']);
    expect(await names(b, '?search=ada&stage=offer')).toEqual([]);
    expect(await names(b, '?search=org-a')).toEqual([]); // scope columns are no text that people wrote
    expect(await names(b, '?search=cnd_')).toEqual([]);
    expect(await names(b, '?search=Eve')).toEqual([]);
  });
});

describe('masked columns', () => {
  test('a caller who would see the mask can not probe the value', async () => {
    const b = await seeded();
    for (const query of ['?email=ada@example.org', '?email.like=ada', '?phone.isNull=true', '?sort=email', '?sort=name,-phone', '?view=pipeline&email=x']) await refused(b, query, interviewer);
    expect(await refused(b, '?email.like=a', owner)).toBe('email.like'); // owners see only their own rows' addresses
    expect(await names(b, '?search=example.org', interviewer)).toEqual([]);
    expect(await names(b, '?email=ada@example.org', recruiter)).toEqual(['Ada Lovelace']);
    expect(await names(b, '?search=bob@example', recruiter)).toEqual(['Bob_100%']);
  });
});

describe('views', () => {
  test('both addresses answer alike, with the fields of the view', async () => {
    const b = await seeded();
    const one = await b.as(interviewer)('GET', '/candidates/views/pipeline?total=true'), two = await b.as(interviewer)('GET', '/candidates?view=pipeline&total=true');
    expect(one.status).toBe(200);
    expect(one.body).toMatchObject({ view: 'pipeline', fields: ['id', 'name', 'stage'], pagination: { limit: 25, offset: 0, count: 3, total: 3 } });
    expect(one.body.data.map((r: object) => Object.keys(r))).toEqual([['id', 'name', 'stage'], ['id', 'name', 'stage'], ['id', 'name', 'stage']]);
    expect(one.body.data.map((r: { name: string }) => r.name)).toEqual([...ALL].reverse()); // defaultSort
    expect(two.body).toEqual(one.body);
  });

  test('a view has its own access, and the firewall', async () => {
    const b = await seeded();
    expect((await b.as(member)('GET', '/candidates?view=pipeline')).body).toMatchObject({ code: 'ACCESS_ROLE_REQUIRED', details: { required: ['owner', 'recruiter', 'interviewer'] } });
    expect((await b.as(nobody)('GET', '/candidates?view=pipeline')).status).toBe(401);
    expect((await b.as(stranger)('GET', '/candidates?view=pipeline')).body.data).toHaveLength(1);
  });

  test('what is outside the view can be neither filtered, sorted nor searched through it', async () => {
    const b = await seeded();
    for (const query of ['?view=pipeline&internalNotes.like=x', '?view=pipeline&score.gt=1', '?view=pipeline&sort=score', '?view=pipeline&name=Cyd', '?view=pipeline&sort=stage']) await refused(b, query);
    expect(await names(b, '?view=pipeline&stage=offer')).toEqual(['Cyd']);
    expect(await names(b, '?view=pipeline&sort=-name')).toEqual(ALL);
    expect(await names(b, '?view=pipeline&sort=-createdAt')).toEqual(ALL);
    expect(await names(b, '?view=pipeline&createdAt.gt=2027-01-01')).toEqual([]);
    expect(await names(b, '?view=pipeline&search=offer')).toEqual([]); // name alone is searchable
  });
});

describe('tenants', () => {
  test('no parameter of a list reaches another organisation', async () => {
    const b = await seeded();
    for (const query of ['?organizationId=org-b', '?organizationId.ne=org-a', '?organizationId.in=org-a,org-b', `?id=${b.id.eve}`, '?search=Eve', '?name.like=Eve', '?sort=organizationId', '?view=pipeline', '?limit=100&offset=0', '?total=true', '?organizationId.isNull=false', '?deletedAt.isNull=true']) {
      const reply = await b.as(recruiter)('GET', `/candidates${query}`);
      expect([query, reply.status]).toEqual([query, 200]);
      expect([query, JSON.stringify(reply.body).includes('Eve'), reply.body.pagination.total ?? 3]).toEqual([query, false, 3]);
    }
  });

  test('statements are prepared per shape: other values, same text', async () => {
    const b = await seeded();
    await names(b, '?score.gt=1&stage=offer');
    const text = b.statements.filter((s) => s.includes('order by')).at(-1);
    await b.as(stranger)('GET', '/candidates?score.gt=7&stage=applied&limit=3');
    expect(b.statements.filter((s) => s.includes('order by')).at(-1)).toBe(text ?? '');
  });
});

describe('labels', () => {
  test('a foreign key comes with the label of its target, for those who could read it', async () => {
    const b = await seeded();
    const label = async (ctx: typeof owner) => (await b.as(ctx)('GET', `/candidates/${b.id.ada}?fields=jobId`)).body;
    expect(await label(recruiter)).toEqual({ jobId: b.id.job, job_label: 'Engineer' });
    expect((await b.as(recruiter)('GET', '/candidates?fields=jobId&sort=name')).body.data).toEqual([
      { jobId: b.id.job, job_label: 'Engineer' }, { jobId: null, job_label: null }, { jobId: null, job_label: null },
    ]);
    await b.rows(`update candidates set stage = 'interview' where id = ?`, b.id.ada);
    expect(await label(interviewer)).toEqual({ jobId: b.id.job, job_label: 'Engineer' }); // the open job is public
    await b.rows(`update jobs set status = 'closed' where id = ?`, b.id.job);
    expect(await label(interviewer)).toEqual({ jobId: b.id.job, job_label: null });
    await b.rows(`update candidates set job_id = ? where id = ?`, b.id.otherJob, b.id.ada);
    expect(await label(recruiter)).toEqual({ jobId: b.id.otherJob, job_label: null }); // another tenant's
  });
});

test('no label for whom the target is closed', async () => {
  const b = await seeded();
  await b.rows(`insert into applications (id, organization_id, owner_id, candidate_id, created_at, created_by, modified_at) values ('app', 'org-a', 'user-member', ?, '', 'user-member', '')`, b.id.ada);
  const patched = await b.as(member)('PATCH', '/applications/app', { notes: 'x' });
  expect([patched.status, 'candidate_label' in patched.body.data, patched.body.data.candidateId]).toEqual([200, false, b.id.ada]);
  expect((await b.as(owner)('GET', '/applications/app')).body.candidate_label).toBe('Ada Lovelace');
});

describe('etag', () => {
  test('the answer to If-None-Match is 304 until what the caller sees changes', async () => {
    const b = await seeded();
    for (const path of [`/candidates/${b.id.ada}`, '/candidates']) {
      const first = await b.as(recruiter)('GET', path);
      const etag = first.headers.get('etag') ?? '';
      expect(etag).toStartWith('W/"');
      const again = await b.as(recruiter)('GET', path, undefined, { 'if-none-match': etag });
      expect([again.status, again.body]).toEqual([304, undefined]);
      expect((await b.as(owner)('GET', path, undefined, { 'if-none-match': etag })).status).toBe(200); // sees masks
      await b.rows('update candidates set score = coalesce(score, 0) + 1 where id = ?', b.id.ada);
      expect((await b.as(recruiter)('GET', path, undefined, { 'if-none-match': etag })).status).toBe(200);
    }
  });
});
