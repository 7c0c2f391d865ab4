import { resource } from '../lib/resource.ts';
import { applications } from './schema.ts';

export const applicationsResource = resource(applications)({
  name: 'applications',
  rows: {
    organizationId: { equals: '$ctx.activeOrgId' },
    ownerId: { equals: '$ctx.userId', unless: ['owner', 'admin'] },
    deletedAt: { isNull: true },
  },
  hidden: true,
  id: { generate: 'prefixed', prefix: 'app' },
  access: {
    list: { roles: ['owner', 'recruiter', 'interviewer'] },
    get: { roles: ['owner', 'recruiter', 'interviewer'] },
    create: { roles: ['owner', 'recruiter'] },
    update: { where: { createdBy: { equals: '$ctx.userId' } } },
    delete: { roles: ['owner', 'recruiter'] },
  },
  write: { create: ['candidateId', 'notes'], update: ['notes'] },
  delete: 'soft',
  references: { candidateId: 'candidates' },
  cascades: { scores: ['applicationId'] },
});
