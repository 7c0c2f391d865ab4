import { integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core';
import { defineTable } from '@quickback/compiler';

export const candidates = sqliteTable(
  'candidates',
  {
    id: text('id').primaryKey(),
    organizationId: text('organization_id').notNull(),
    name: text('name').notNull(),
    email: text('email').notNull(),
    phone: text('phone'),
    ssn: text('ssn'), // asked for only when an offer is prepared
    source: text('source', { enum: ['linkedin', 'referral', 'careers-page', 'agency'] })
      .notNull()
      .default('careers-page'),
    resumeUrl: text('resume_url'),
    summary: text('summary'),
    yearsExperience: integer('years_experience'),
  },
  (table) => [
    // One record a person and agency.
    uniqueIndex('candidates_org_email').on(table.organizationId, table.email),
  ],
);

export default defineTable(candidates, {
  // Whether an agency knows a person is itself a secret: what is out of reach does not exist.
  firewall: { organization: {}, errorMode: 'hide' },

  guards: {
    createable: ['name', 'phone', 'resumeUrl', 'summary', 'yearsExperience'],
    updatable: ['name', 'phone', 'ssn', 'resumeUrl', 'summary', 'yearsExperience'],
    immutable: ['email', 'source'],
  },

  masking: {
    email: { type: 'email', show: { roles: ['owner', 'hiring-manager', 'recruiter'] } },
    phone: { type: 'phone', show: { roles: ['owner', 'hiring-manager', 'recruiter'] } },
    // The recruiter who entered the candidate may check the number, a colleague may not.
    ssn: { type: 'ssn', show: { roles: ['owner'], or: 'owner' } },
  },

  validation: {
    name: { minLength: 1, maxLength: 120 },
    email: { email: true },
    ssn: { pattern: '^[0-9]{3}-[0-9]{2}-[0-9]{4}$' },
    yearsExperience: { min: 0, max: 60 },
  },

  crud: {
    list: {
      access: { roles: ['owner', 'hiring-manager', 'recruiter', 'interviewer'] },
      pageSize: 25,
      maxPageSize: 50,
    },
    get: { access: { roles: ['owner', 'hiring-manager', 'recruiter', 'interviewer'] } },
    create: { access: { roles: ['owner', 'hiring-manager', 'recruiter'] } },
    update: { access: { roles: ['owner', 'hiring-manager', 'recruiter'] } },
    // Soft, as everywhere unless said otherwise; the candidate's skills go with it.
    delete: { access: { roles: ['owner', 'hiring-manager'] }, mode: 'soft' },
  },

  views: {
    pipeline: {
      fields: ['id', 'name', 'source', 'yearsExperience'],
      access: { roles: ['owner', 'hiring-manager', 'recruiter', 'interviewer'] },
    },
    contact: {
      fields: ['id', 'name', 'email', 'phone'],
      access: { roles: ['owner', 'hiring-manager', 'recruiter'] },
    },
  },

  defaultSort: { field: 'name', order: 'asc' },
  inputHints: { source: 'select', summary: 'textarea' },
});

export type Candidate = typeof candidates.$inferSelect;
