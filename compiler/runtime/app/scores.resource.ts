import { internal } from '../lib/resource.ts';
import { scores } from './schema.ts';

export const scoresResource = internal(scores)({
  name: 'scores',
  rows: { organizationId: { equals: '$ctx.activeOrgId' }, deletedAt: { isNull: true } },
  id: { generate: 'prefixed', prefix: 'sco' },
  references: { applicationId: 'applications' },
});
