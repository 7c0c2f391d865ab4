import { resource } from '../lib/resource.ts';
import candidatesActions from './definitions/candidates.actions.ts';
import * as importHandler from './handlers/import.ts';
import { candidates } from './schema.ts';

export const candidatesResource = resource(candidates)({
  name: 'candidates',
  rows: { organizationId: { equals: '$ctx.activeOrgId' }, deletedAt: { isNull: true } },
  id: { generate: 'prefixed', prefix: 'cnd' },
  access: {
    list: { any: [{ roles: ['owner', 'recruiter'] }, { all: [{ roles: ['interviewer'] }, { where: { stage: { equals: 'interview' } } }] }] },
    get: { any: [{ roles: ['owner', 'recruiter'] }, { all: [{ roles: ['interviewer'] }, { where: { stage: { equals: 'interview' } } }] }] },
    create: { roles: ['owner', 'recruiter'] },
    update: { any: [{ roles: ['owner', 'recruiter'] }, { all: [{ roles: ['interviewer'] }, { where: { stage: { equals: 'interview' } } }] }] },
    delete: { roles: ['owner'] },
  },
  write: {
    create: ['name', 'email', 'phone', 'jobId', 'score', 'remote', 'appliedAt', 'internalNotes'],
    update: ['name', 'phone', 'score', 'remote', 'appliedAt', 'internalNotes'],
    immutable: ['jobId', 'email'],
    protected: { stage: ['advance-stage'] },
    defaults: { stage: 'applied' },
  },
  delete: 'soft',
  batch: { create: { max: 100 }, update: { max: 100 }, delete: { max: 100, access: { roles: ['owner'] } } },
  masks: {
    email: { type: 'email', show: { roles: ['recruiter'], owner: 'createdBy' } },
    phone: { type: 'phone', show: { roles: ['owner', 'recruiter'] } },
  },
  list: { pageSize: 25, maxPageSize: 100, sort: '-createdAt' },
  views: {
    pipeline: {
      fields: ['id', 'name', 'stage'],
      access: { roles: ['owner', 'recruiter', 'interviewer'] },
      query: { filterable: ['stage'], searchable: ['name'], sortable: ['name'], defaultSort: 'name' },
    },
  },
  references: { jobId: 'jobs' },
  cascades: { applications: ['candidateId'] },
  label: 'name',
  values: { name: { minLength: 1, maxLength: 80 }, email: { format: 'email' }, score: { min: 0, max: 10 } },
  actions: {
    'advance-stage': {
      run: candidatesActions.actions['advance-stage'],
      access: { all: [{ roles: ['owner', 'recruiter'] }, { where: { stage: { in: ['applied', 'interview'] } } }] },
    },
    import: {
      run: candidatesActions.actions.import,
      handler: importHandler,
      standalone: true,
      path: '/candidates/import',
      method: 'POST',
      access: { roles: ['owner'] },
    },
  },
});
