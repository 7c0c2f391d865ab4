import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';
import { departments } from './departments';

export const jobs = sqliteTable('jobs', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  departmentId: text('department_id')
    .notNull()
    .references(() => departments.id),
  title: text('title').notNull(),
  description: text('description'),
  status: text('status', { enum: ['draft', 'open', 'closed'] }).notNull().default('draft'),
  remote: integer('remote', { mode: 'boolean' }).notNull().default(false),
  headcount: integer('headcount').notNull().default(1),
  salaryMin: integer('salary_min'),
  salaryMax: integer('salary_max'),
  closesAt: integer('closes_at', { mode: 'timestamp' }),
});

export default defineTable(jobs, {
  firewall: { organization: {} },

  guards: {
    createable: [
      'departmentId', 'title', 'description', 'remote', 'headcount', 'salaryMin', 'salaryMax', 'closesAt',
    ],
    updatable: ['title', 'description', 'remote', 'headcount', 'salaryMin', 'salaryMax', 'closesAt'],
    protected: { status: ['publish', 'close'] },
    immutable: ['departmentId'],
  },

  masking: {
    salaryMin: { type: 'redact', show: { roles: ['owner', 'hiring-manager'] } },
    salaryMax: { type: 'redact', show: { roles: ['owner', 'hiring-manager'] } },
  },

  validation: {
    title: { minLength: 3, maxLength: 120 },
    headcount: { min: 1, max: 50 },
    salaryMin: { min: 0 },
    salaryMax: { min: 0 },
  },

  crud: {
    // Interviewers know a job only while it is open.
    list: {
      access: {
        or: [
          { roles: ['recruiter+'] },
          { roles: ['interviewer'], record: { status: { equals: 'open' } } },
        ],
      },
      pageSize: 20,
    },
    get: {
      access: {
        or: [
          { roles: ['recruiter+'] },
          { roles: ['interviewer'], record: { status: { equals: 'open' } } },
        ],
      },
    },
    create: { access: { roles: ['owner', 'hiring-manager'] } },
    // A closed job is history.
    update: {
      access: { roles: ['owner', 'hiring-manager'], record: { status: { notEquals: 'closed' } } },
    },
    delete: { access: { roles: ['owner'] } },
  },

  views: {
    board: {
      fields: ['id', 'title', 'departmentId', 'status', 'remote'],
      access: {
        or: [
          { roles: ['recruiter+'] },
          { roles: ['interviewer'], record: { status: { equals: 'open' } } },
        ],
      },
    },
    compensation: {
      fields: ['id', 'title', 'salaryMin', 'salaryMax'],
      access: { roles: ['owner', 'hiring-manager'] },
    },
  },

  displayColumn: 'title',
  defaultSort: { field: 'title', order: 'asc' },
  inputHints: {
    description: 'textarea',
    departmentId: 'lookup',
    remote: 'checkbox',
    salaryMin: 'currency',
    salaryMax: 'currency',
    closesAt: 'datetime',
  },
});

export type Job = typeof jobs.$inferSelect;
