import { ActionError, defineActions } from '@quickback/compiler';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { parcels } from './parcels';

const access = { roles: ['member+'] };

export default defineActions(parcels, {
  relabel: {
    description: 'Writes, and answers the record with what else it has made of it',
    input: z.object({ label: z.string() }),
    access,
    execute: async ({ db, record, input }) => {
      const [parcel] = await db.update(parcels).set({ label: input.label }).where(eq(parcels.id, record.id)).returning();
      return { parcel, was: record, sum: 2n ** 64n, parts: [record.tracking, record.stamp] };
    },
  },
  refuse: {
    description: 'Refuses with the record as details',
    input: z.object({}),
    access,
    execute: async ({ record }) => {
      throw new ActionError('No', 'NO', 409, { parcel: record });
    },
  },
});
