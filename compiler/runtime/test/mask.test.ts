import { describe, expect, test } from 'bun:test';
import { sqliteTable, integer, text } from 'drizzle-orm/sqlite-core';
import { maskingOf, MASKS } from '../lib/answer.ts';
import { resource } from '../lib/resource.ts';
import { get, list } from '../lib/read.ts';
import type { Runtime } from '../lib/routes.ts';
import { routes } from './routes.ts';
import { backend, nobody, user } from './harness.ts';

describe('mask types', () => {
  test('values that fit', () => {
    expect(MASKS.email('john@yourdomain.com')).toBe('j***@y*********.com');
    expect(MASKS.phone('555-123-4567')).toBe('******4567');
    expect(MASKS.phone('+1 (555) 123.4567')).toBe('*******4567');
    expect(MASKS.ssn('123-45-6789')).toBe('*****6789');
    expect(MASKS.creditCard('4111 1111 1111 1111')).toBe('************1111');
    expect(MASKS.creditCard('DE89370400440532013000')).toBe('************3000');
    expect(MASKS.name('John Smith')).toBe('J*** S****');
    expect(MASKS.redact('anything')).toBe('[REDACTED]');
  });

  test('values that do not fit are starred whole', () => {
    for (const [type, value] of [['email', 'no address'], ['email', 'a@b'], ['email', '@x.org'], ['email', 'a@b@c.org'], ['email', 'a@b.'], ['email', 'x y@z.org'],
      ['phone', '1234'], ['phone', '123'], ['phone', 'call me at 5551234567'], ['phone', ''], ['ssn', '6789'], ['creditCard', '123'], ['creditCard', '4111-????'], ['name', 'X']] as const) {
      expect([type, value, MASKS[type](value)]).toEqual([type, value, '*'.repeat(value.length)]);
    }
    expect(MASKS.email('😀')).toBe('*');
  });

  test('no mask shows more than its form allows', () => {
    for (const value of ['a@b.c', 'ab@cd.ef', '12345', 'Jo', 'A B', '\u0000\u0001', 'secret-secret', '     ', '日本語', 'a'.repeat(500)]) {
      for (const type of ['email', 'phone', 'ssn', 'creditCard', 'name', 'redact'] as const) {
        const masked = MASKS[type](value);
        if (value.trim() !== '') expect([type, value, masked === value]).toEqual([type, value, false]);
      }
    }
  });
});

const people = sqliteTable('people', {
  id: text('id').primaryKey(), organizationId: text('organization_id').notNull(), ownerId: text('owner_id'),
  secret: text('secret'), salary: integer('salary'), born: integer('born', { mode: 'timestamp' }), notes: text('notes', { mode: 'json' }), link: text('link'), open: text('open'), city: text('city'),
});
const peopleResource = resource(people)({
  name: 'people',
  rows: { organizationId: { equals: '$ctx.activeOrgId' } },
  access: { list: { roles: ['PUBLIC'] }, get: { roles: ['PUBLIC'] } },
  masks: {
    secret: { type: 'redact', show: { owner: 'ownerId' } },
    salary: { type: 'phone', show: { roles: ['admin'] } },
    born: { type: 'name', show: {} },
    notes: { type: 'redact', show: {} },
    link: { type: 'custom', mask: (value: string) => `${value.slice(0, 4)}…`, show: {} },
    open: { type: 'redact', show: { roles: ['everyone'] } },
    city: { type: 'name', show: { roles: ['admin'] }, query: { roles: ['member'] } },
  },
});
const make = async () => {
  const b = await backend([peopleResource], { people: (rt: Runtime) => routes(peopleResource, rt).get('/', list).get('/:id', get) });
  await b.rows(`insert into people values ('p1', 'org-a', 'u1', 's3cret', 123456, 86400, '{"a":1}', 'https://x', 'seen', 'Rome'), ('p2', 'org-a', null, 'other', null, null, null, null, null, null)`);
  return b;
};

describe('masks in answers', () => {
  test('non-strings are masked as their text, null stays null', async () => {
    const b = await make();
    const reply = await b.as(user(['member']))('GET', '/people/p1');
    expect(reply.body).toMatchObject({ secret: '[REDACTED]', salary: '**3456', born: '1***********************', notes: '[REDACTED]', link: 'http…', open: 'seen', city: 'R***' });
    const nulls = (await b.as(user(['member']))('GET', '/people/p2')).body;
    for (const field of ['salary', 'born', 'notes', 'link', 'open', 'city']) expect([field, nulls[field]]).toEqual([field, null]);
  });

  test('the owner sees their own row, nobody owns a row without owner, and an anonymous caller owns nothing', async () => {
    const b = await make();
    const secrets = async (ctx: Parameters<typeof b.as>[0], query = '') => (await b.as(ctx)('GET', `/people${query}`)).body.data.map((r: { secret: string }) => r.secret);
    expect(await secrets(user(['member'], { userId: 'u1' }))).toEqual(['s3cret', '[REDACTED]']);
    expect(await secrets(user(['member'], { userId: 'u1' }), '?fields=secret')).toEqual(['s3cret', '[REDACTED]']);
    expect(await secrets(user(['member'], { userId: 'u2' }))).toEqual(['[REDACTED]', '[REDACTED]']);
    expect(await secrets(user(['member'], { userId: 'u1', isAnonymous: true }))).toEqual(['[REDACTED]', '[REDACTED]']);
    expect(await secrets(nobody, '?organizationId=org-a')).toEqual(['[REDACTED]', '[REDACTED]']);
    expect(await secrets({ ...nobody, userId: 'u1' }, '?organizationId=org-a')).toEqual(['[REDACTED]', '[REDACTED]']);
    expect((await b.as(user(['member'], { userId: 'u1' }))('GET', '/people?fields=secret')).body.data).toEqual([{ secret: 's3cret' }, { secret: '[REDACTED]' }]);
  });

  test('query.roles opens a masked column to filters, and to no one else', async () => {
    const b = await make();
    const reply = await b.as(user(['member']))('GET', '/people?city=Rome');
    expect(reply.body.data).toMatchObject([{ id: 'p1', city: 'R***' }]);
    expect((await b.as(user(['recruiter']))('GET', '/people?city=Rome')).body.code).toBe('QUERY_INVALID');
    expect((await b.as(user(['recruiter']))('GET', '/people?secret.like=s3')).body.error).toContain('secret');
    expect((await b.as(user(['recruiter']))('GET', '/people?salary.gt=1')).body.code).toBe('QUERY_INVALID');
    expect((await b.as(user(['admin']))('GET', '/people?salary.gt=1')).body.data).toHaveLength(1);
  });

  test('a custom mask that throws stars the value', () => {
    const masking = maskingOf({ masks: { x: { type: 'custom', mask: () => { throw new Error('unexpected'); }, show: {} } } });
    const rows = [{ x: 'value' }, { x: 12 }];
    masking.apply(nobody, rows as Record<string, unknown>[]);
    expect(rows as unknown[]).toEqual([{ x: '*****' }, { x: '**' }]);
  });
});
