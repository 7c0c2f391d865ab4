import { internal } from '../lib/resource.ts';
import { scores, type ScoresRow } from './schema.ts';

export const scoresResource = internal<ScoresRow>()(scores, {
  name: 'scores',
  rows: { organizationId: { equals: '$ctx.activeOrgId' }, deletedAt: { isNull: true } },
  id: { generate: 'prefixed', prefix: 'sco' },
  references: { applicationId: 'applications' },
});
