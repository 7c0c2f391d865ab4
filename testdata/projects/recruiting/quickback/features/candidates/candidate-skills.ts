import { integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';
import { candidates } from './candidates';

/**
 * What a candidate can do, as read out of a resume: a dozen rows a candidate,
 * nearly always written and removed through /batch.
 */
export const candidateSkills = sqliteTable(
  'candidate_skills',
  {
    id: text('id').primaryKey(),
    organizationId: text('organization_id').notNull(),
    candidateId: text('candidate_id')
      .notNull()
      .references(() => candidates.id),
    name: text('name').notNull(),
    level: text('level', { enum: ['basic', 'working', 'expert'] }).notNull(),
    years: integer('years'),
  },
  (table) => [
    uniqueIndex('candidate_skills_candidate_name').on(table.candidateId, table.name),
  ],
);

export default defineTable(candidateSkills, {
  firewall: { organization: {} },

  guards: {
    createable: ['candidateId', 'name', 'level', 'years'],
    updatable: ['level', 'years'],
    immutable: ['candidateId', 'name'],
  },

  validation: {
    name: { minLength: 1, maxLength: 60 },
    years: { min: 0, max: 60 },
  },

  crud: {
    // There is no get: a skill is only ever read in its candidate's list.
    list: { access: { roles: ['interviewer+'] }, pageSize: 100 },
    create: {
      access: { roles: ['recruiter+'] },
      defaults: { level: 'working' },
    },
    update: { access: { roles: ['recruiter+'] } },
    delete: { access: { roles: ['recruiter+'] } },
    // A resume import may be long, a clean-up should not be.
    batchCreate: { maxBatchSize: 100 },
    batchDelete: { access: { roles: ['hiring-manager+'] }, maxBatchSize: 25 },
  },

  defaultSort: { field: 'name', order: 'asc' },
  inputHints: { level: 'radio', candidateId: 'lookup' },
});

export type CandidateSkill = typeof candidateSkills.$inferSelect;
