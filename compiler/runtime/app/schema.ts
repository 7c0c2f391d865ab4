import { sql } from 'drizzle-orm';
import { check, index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';

export const jobs = sqliteTable('jobs', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  title: text('title').notNull(),
  status: text('status', { enum: ['draft', 'open', 'closed'] }).notNull().default('draft'),
  salaryMax: integer('salary_max'),
  createdAt: text('created_at').notNull(),
  createdBy: text('created_by'),
  modifiedAt: text('modified_at').notNull(),
  modifiedBy: text('modified_by'),
  deletedAt: text('deleted_at'),
  deletedBy: text('deleted_by'),
}, (t) => [
  index('jobs_organization_id_deleted_at_idx').on(t.organizationId, t.deletedAt),
]);

export const candidates = sqliteTable('candidates', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  jobId: text('job_id').references(() => jobs.id),
  name: text('name').notNull(),
  email: text('email').notNull(),
  phone: text('phone'),
  stage: text('stage', { enum: ['applied', 'interview', 'offer'] }).notNull().default('applied'),
  score: integer('score'),
  remote: integer('remote', { mode: 'boolean' }).notNull().default(false),
  appliedAt: integer('applied_at', { mode: 'timestamp_ms' }),
  internalNotes: text('internal_notes'),
  createdAt: text('created_at').notNull(),
  createdBy: text('created_by'),
  modifiedAt: text('modified_at').notNull(),
  modifiedBy: text('modified_by'),
  deletedAt: text('deleted_at'),
  deletedBy: text('deleted_by'),
}, (t) => [
  index('candidates_organization_id_deleted_at_idx').on(t.organizationId, t.deletedAt),
  index('candidates_job_id_idx').on(t.jobId),
  index('candidates_name_idx').on(t.name),
  uniqueIndex('candidates_organization_id_email_unique').on(t.organizationId, t.email).where(sql`${t.deletedAt} is null`),
  check('candidates_stage_check', sql`${t.stage} in ('applied', 'interview', 'offer')`),
  check('candidates_score_check', sql`${t.score} >= 0`),
]);

export const applications = sqliteTable('applications', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  ownerId: text('owner_id').notNull(),
  candidateId: text('candidate_id').notNull().references(() => candidates.id),
  notes: text('notes'),
  createdAt: text('created_at').notNull(),
  createdBy: text('created_by'),
  modifiedAt: text('modified_at').notNull(),
  modifiedBy: text('modified_by'),
  deletedAt: text('deleted_at'),
  deletedBy: text('deleted_by'),
}, (t) => [
  index('applications_organization_id_deleted_at_idx').on(t.organizationId, t.deletedAt),
  index('applications_candidate_id_idx').on(t.candidateId),
]);

export const scores = sqliteTable('scores', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  applicationId: text('application_id').notNull().references(() => applications.id),
  value: integer('value').notNull(),
  createdAt: text('created_at').notNull(),
  createdBy: text('created_by'),
  modifiedAt: text('modified_at').notNull(),
  modifiedBy: text('modified_by'),
  deletedAt: text('deleted_at'),
  deletedBy: text('deleted_by'),
}, (t) => [
  index('scores_organization_id_deleted_at_idx').on(t.organizationId, t.deletedAt),
  index('scores_application_id_idx').on(t.applicationId),
]);
