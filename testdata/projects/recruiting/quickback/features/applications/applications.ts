import { sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';
import { candidates } from '../candidates/candidates';
import { jobs } from '../jobs/jobs';

export const applications = sqliteTable(
  'applications',
  {
    id: text('id').primaryKey(),
    organizationId: text('organization_id').notNull(),
    jobId: text('job_id')
      .notNull()
      .references(() => jobs.id),
    candidateId: text('candidate_id')
      .notNull()
      .references(() => candidates.id),
    referredById: text('referred_by_id'), // the candidate who brought this one
    stage: text('stage', {
      enum: ['applied', 'screening', 'interview', 'offer', 'hired', 'rejected'],
    })
      .notNull()
      .default('applied'),
    rejectionReason: text('rejection_reason'),
    notes: text('notes'),
  },
  (table) => [
    uniqueIndex('applications_job_candidate').on(table.jobId, table.candidateId),
  ],
);

export default defineTable(applications, {
  firewall: { organization: {} },

  guards: {
    createable: ['jobId', 'candidateId', 'referredById', 'notes'],
    updatable: ['notes', 'referredById'],
    immutable: ['jobId', 'candidateId'],
    protected: {
      stage: ['advance-stage', 'reject'],
      rejectionReason: ['reject'],
    },
  },

  crud: {
    // Interviewers see an application once there is something to interview.
    list: {
      access: {
        or: [
          { roles: ['owner', 'hiring-manager', 'recruiter'] },
          {
            and: [
              { roles: ['interviewer'] },
              { record: { stage: { in: ['interview', 'offer'] } } },
            ],
          },
        ],
      },
    },
    get: {
      access: {
        or: [
          { roles: ['owner', 'hiring-manager', 'recruiter'] },
          {
            and: [
              { roles: ['interviewer'] },
              { record: { stage: { in: ['interview', 'offer'] } } },
            ],
          },
        ],
      },
    },
    create: { access: { roles: ['owner', 'hiring-manager', 'recruiter'] } },
    // Recruiters keep the notes of the applications they entered themselves.
    update: {
      access: {
        or: [
          { roles: ['owner', 'hiring-manager'] },
          { roles: ['recruiter'], record: { createdBy: { equals: '$ctx.userId' } } },
        ],
      },
    },
    delete: { access: { roles: ['owner', 'hiring-manager'] } },
  },

  views: {
    pipeline: {
      fields: ['id', 'jobId', 'candidateId', 'stage', 'createdAt'],
      access: { roles: ['owner', 'hiring-manager', 'recruiter'] },
    },
  },

  // jobId and candidateId speak for themselves; referredById does not.
  references: { referredById: 'candidates' },
  inputHints: { jobId: 'lookup', candidateId: 'lookup', referredById: 'lookup', notes: 'textarea' },
});

export type Application = typeof applications.$inferSelect;
