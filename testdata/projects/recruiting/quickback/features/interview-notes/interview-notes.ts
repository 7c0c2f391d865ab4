import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';
import { applications } from '../applications/applications';

export const interviewNotes = sqliteTable('interview_notes', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  ownerId: text('owner_id').notNull(), // the interviewer who wrote it
  applicationId: text('application_id')
    .notNull()
    .references(() => applications.id),
  content: text('content').notNull(),
  rating: integer('rating'),
  recommendation: text('recommendation', { enum: ['hire', 'no-hire', 'unsure'] })
    .notNull()
    .default('unsure'),
  privateRemarks: text('private_remarks'),
});

export default defineTable(interviewNotes, {
  // Two isolation columns, so it must be said which one counts: both do. A note is
  // its author's; those who decide on the hire read everybody's in their organization.
  firewall: {
    organization: {},
    owner: { mode: 'optional', roles: ['owner', 'hiring-manager'] },
  },

  guards: {
    createable: ['applicationId', 'content', 'rating', 'recommendation', 'privateRemarks'],
    updatable: ['content', 'rating', 'recommendation', 'privateRemarks'],
    immutable: ['applicationId'],
  },

  masking: {
    // No role opens this one: the firewall's owner column decides.
    privateRemarks: { type: 'redact', show: { or: 'owner' } },
  },

  validation: {
    content: { minLength: 1, maxLength: 5000 },
    rating: { min: 1, max: 5 },
  },

  crud: {
    list: {
      access: { roles: ['interviewer+'] },
      fields: ['id', 'applicationId', 'ownerId', 'rating', 'recommendation', 'createdAt'],
    },
    get: {
      access: { roles: ['interviewer+'] },
      fields: [
        'id', 'applicationId', 'ownerId', 'content', 'rating', 'recommendation', 'privateRemarks', 'createdAt',
      ],
    },
    create: { access: { roles: ['interviewer+'] } },
    // Reading everybody's notes is not rewriting them.
    update: {
      access: { roles: ['interviewer+'], record: { ownerId: { equals: '$ctx.userId' } } },
    },
    // A withdrawn note is gone for good.
    delete: {
      access: {
        or: [
          { roles: ['owner'] },
          { roles: ['interviewer+'], record: { ownerId: { equals: '$ctx.userId' } } },
        ],
      },
      mode: 'hard',
    },
  },

  inputHints: { content: 'textarea', privateRemarks: 'textarea', applicationId: 'lookup' },
});

export type InterviewNote = typeof interviewNotes.$inferSelect;
