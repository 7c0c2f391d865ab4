import { resource } from '../lib/resource.ts';
import { jobs } from './schema.ts';

export const jobsResource = resource(jobs)({
  name: 'jobs',
  rows: { organizationId: { equals: '$ctx.activeOrgId' }, deletedAt: { isNull: true } },
  id: { generate: 'prefixed', prefix: 'job' },
  access: {
    list: { any: [{ roles: ['owner', 'recruiter'] }, { all: [{ roles: ['PUBLIC'] }, { where: { status: { equals: 'open' } } }] }] },
    get: { any: [{ roles: ['owner', 'recruiter'] }, { all: [{ roles: ['PUBLIC'] }, { where: { status: { equals: 'open' } } }] }] },
    create: { roles: ['owner', 'recruiter'] },
    delete: { roles: ['owner'] },
  },
  write: { create: ['title', 'status', 'salaryMax'] },
  delete: 'soft',
  cascades: { candidates: ['jobId'] },
  masks: { salaryMax: { type: 'redact', show: { roles: ['owner', 'recruiter'] } } },
  label: 'title',
});
