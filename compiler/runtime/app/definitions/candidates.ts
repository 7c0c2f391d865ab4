import { defineTable } from '../../lib/definition.ts';
import { integer, sqliteTable, text } from '../db.tables.ts';

export const candidates = sqliteTable('candidates', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  jobId: text('job_id'),
  name: text('name').notNull(),
  email: text('email').notNull(),
  phone: text('phone'),
  stage: text('stage', { enum: ['applied', 'interview', 'offer'] }).notNull().default('applied'),
  score: integer('score'),
  remote: integer('remote', { mode: 'boolean' }).notNull().default(false),
  appliedAt: integer('applied_at', { mode: 'timestamp_ms' }),
  internalNotes: text('internal_notes'),
});

export default defineTable(candidates, {
  firewall: { organization: {} },
  guards: { createable: ['name', 'email'], updatable: ['name'], protected: { stage: ['advance-stage'] } },
});
