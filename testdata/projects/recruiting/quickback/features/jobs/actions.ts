import { ActionError, defineActions } from '@quickback/compiler';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { jobs } from './jobs';

// jobs.status is protected: these two are the only doors to it.
export default defineActions(jobs, {
  publish: {
    description: 'Open a drafted job for applications',
    input: z.object({ closesAt: z.iso.datetime().optional() }),
    access: {
      roles: ['owner', 'hiring-manager'],
      record: { status: { equals: 'draft' } },
    },
    execute: async ({ db, record, input }) => {
      const closesAt = input.closesAt === undefined ? record.closesAt : new Date(input.closesAt);
      if (record.salaryMin !== null && record.salaryMax !== null && record.salaryMin > record.salaryMax) {
        throw new ActionError('The salary range is upside down', 'SALARY_RANGE_INVALID', 400, {
          salaryMin: record.salaryMin,
          salaryMax: record.salaryMax,
        });
      }

      const [published] = await db
        .update(jobs)
        .set({ status: 'open', closesAt })
        .where(eq(jobs.id, record.id))
        .returning();
      return published;
    },
  },

  close: {
    description: 'Close an open job, filled or not',
    input: z.object({}),
    access: {
      roles: ['owner', 'hiring-manager'],
      record: { status: { equals: 'open' } },
    },
    execute: async ({ db, record }) => {
      const [closed] = await db
        .update(jobs)
        .set({ status: 'closed' })
        .where(eq(jobs.id, record.id))
        .returning();
      return closed;
    },
  },
});
