import { integer, numeric, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

export const nested = sqliteTable('nested', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  kind: text('kind', { enum: ['a', 'b', 'viewer', 'editor'] }),
  score: integer('score'),
  open: integer('open', { mode: 'boolean' }).notNull().default(true),
  due: integer('due', { mode: 'timestamp' }),
  amount: numeric('amount'),
  email: text('email'),
  note: text('note'),
});

// Rules inside rules, to any depth, and strangers in the middle of them.
export default defineTable(nested, {
  firewall: [
    { field: 'organizationId', equals: 'ctx.activeOrgId' },
    { field: 'kind', notIn: ['viewer'] },
    { field: 'score', lessThan: 3 },
  ],
  guards: { createable: ['kind', 'score'], updatable: ['note'] },
  crud: {
    list: {
      access: {
        or: [
          { and: [{ or: [{ roles: ['PUBLIC'] }, { roles: ['viewer'] }] }, { record: { kind: { equals: 'a' } } }] },
          { roles: ['editor', 'viewer'], record: { open: true }, or: [{ record: { kind: null } }, { and: [{ roles: ['editor'] }, { record: { kind: { not: 'b' } } }] }] },
          { roles: ['AUTHENTICATED'], record: { score: { equals: 1 }, kind: { notEquals: null } } },
        ],
      },
    },
    get: { access: { roles: ['AUTHENTICATED'], record: { createdBy: { in: ['someone', 'somebody'] } } } },
    create: { access: { or: [{ and: [{ roles: ['viewer'] }, { roles: ['editor'] }] }, { roles: ['admin'] }] } },
    update: { access: { and: [{ roles: ['AUTHENTICATED'] }, { record: { open: { notEquals: true } } }, { or: [{ roles: ['owner'] }, { record: { createdBy: '$ctx.userId' } }] }] } },
    delete: { access: { and: [{ or: [{ roles: ['viewer'] }, { roles: ['editor'] }] }, { or: [{ record: { score: 1 } }, { record: { score: { isNull: true } } }] }, { or: [{ record: { open: true } }, { roles: ['editor'] }] }] } },
  },
});
