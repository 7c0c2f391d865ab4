import { integer, numeric, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

export const waived = sqliteTable('waived', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  ownerId: text('owner_id').notNull(),
  kind: text('kind', { enum: ['a', 'b', 'viewer', 'editor'] }),
  score: integer('score'),
  open: integer('open', { mode: 'boolean' }).notNull().default(true),
  due: integer('due', { mode: 'timestamp' }),
  amount: numeric('amount'),
  email: text('email'),
  note: text('note'),
});

// An owner scope that some are free of, and three ways to be let in.
export default defineTable(waived, {
  firewall: { organization: {}, owner: { mode: 'optional', roles: ['editor'] } },
  guards: { createable: ['kind', 'score', 'due', 'amount', 'email'], updatable: ['score', 'note'], immutable: ['kind'], protected: ['open'] },
  masking: { email: { type: 'email', show: { or: 'owner' } }, note: { type: 'redact', show: { roles: ['viewer'] } } },
  crud: {
    list: {
      access: {
        or: [
          { roles: ['viewer'], record: { kind: 'a' } },
          { and: [{ roles: ['editor+'] }, { or: [{ record: { score: { greaterThan: 1 } } }, { record: { score: { isNull: true } } }] }] },
          { roles: ['member'], record: { ownerId: { equals: '$ctx.userId' } } },
        ],
      },
    },
    get: { access: { roles: ['viewer+', 'member'] } },
    create: { access: { roles: ['viewer', 'editor'] } },
    update: { access: { or: [{ roles: ['owner'] }, { roles: ['viewer', 'editor'], record: { ownerId: { equals: '$ctx.userId' }, kind: { notEquals: 'b' } } }] } },
    delete: { access: { roles: ['editor'], record: { score: { isNull: false } } } },
  },
});
