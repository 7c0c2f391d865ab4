import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { defineActions } from '../../lib/definition.ts';
import { candidates } from './candidates.ts';

export default defineActions(candidates, {
  'advance-stage': {
    description: 'Move a candidate to the next stage',
    input: z.object({ stage: z.enum(['interview', 'offer']) }),
    access: { roles: ['owner', 'recruiter'], record: { stage: { in: ['applied', 'interview'] } } },
    execute: async ({ db, record, input }) => {
      const [row] = await db.update(candidates).set({ stage: input.stage }).where(eq(candidates.id, record.id)).returning();
      return row;
    },
  },
  import: {
    description: 'Create candidates from a list',
    standalone: true,
    path: '/candidates/import',
    input: z.object({ people: z.array(z.object({ name: z.string(), email: z.string() })) }),
    access: { roles: ['owner'] },
    handler: './handlers/import',
  },
});
