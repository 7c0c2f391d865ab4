import { ActionError, defineActions } from '@quickback/compiler';
import { eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import repairs from '../repairs/repairs';
import { photos } from '../repairs/photos';
import { steps } from '../repairs/steps';
import { thumbnails } from '../repairs/thumbnails';
import { machines } from './machines';

const access = { roles: ['AUTHENTICATED'] };

export default defineActions(machines, {
  approve: {
    description: 'Approve it in the caller\'s name',
    input: z.object({}),
    access: { roles: ['manager+'] },
    execute: async ({ db, record, ctx }) => {
      const [approved] = await db.update(machines).set({ approvedBy: ctx.userId }).where(eq(machines.id, record.id)).returning();
      return approved;
    },
  },
  literal: {
    description: "Says '$ctx.userId' and \"ctx.userId\" as they stand",
    input: z.object({}),
    access: { roles: ['member+'] },
    execute: async () => ({ texts: ['$ctx.userId', "ctx.userId isn't a value", `the ${'ctx'}.userId`] }),
  },
  set: {
    description: 'Sets whatever column it is told to',
    input: z.object({ column: z.string(), value: z.unknown() }),
    access: { roles: ['member+'] },
    execute: async ({ db, record, input }) => {
      const values: Record<string, unknown> = {};
      values[input.column] = input.value;
      const [row] = await db.update(machines).set(values as { name: string }).where(eq(machines.id, record.id)).returning();
      return row;
    },
  },
  found: {
    description: 'Enters a machine, and claims what is not the caller\'s to say',
    standalone: true,
    path: '/machines/found',
    input: z.object({ name: z.string(), ownerId: z.string(), claim: z.record(z.string(), z.unknown()) }),
    access: { roles: ['member+'] },
    execute: async ({ db, input: { name, ownerId, claim } }) => {
      const [row] = await db.insert(machines).values({ ...claim, name, ownerId }).returning();
      return row;
    },
  },
  everything: {
    description: 'Reads in every way there is, never with a condition',
    standalone: true,
    path: '/machines/everything',
    method: 'GET',
    input: z.object({}),
    access,
    execute: async ({ db }) => {
      const joined = await db.select({ machine: machines.id, repair: repairs.id }).from(machines).innerJoin(repairs, sql`1 = 1`);
      const one = await db.select({ id: machines.id }).from(machines).get();
      return {
        all: (await db.select({ id: machines.id }).from(machines).all()).map((row) => row.id),
        one: one?.id ?? null,
        relational: (await db.query.machines?.findMany() ?? []).map((row) => (row as { id: string }).id),
        first: ((await db.query.machines?.findFirst()) as { id: string } | undefined)?.id ?? null,
        joined: [...new Set(joined.flatMap((row) => [row.machine, row.repair]))],
        left: (await db.select({ id: machines.id, repair: repairs.id }).from(machines).leftJoin(repairs, sql`1 = 1`)).flatMap((row) => [row.id, row.repair]),
        count: await db.$count(machines),
      };
    },
  },
  rows: {
    description: 'All machines as they are',
    standalone: true,
    path: '/machines/rows',
    method: 'GET',
    input: z.object({}),
    access,
    execute: async ({ db }) => db.select().from(machines),
  },
  rename: {
    description: 'Renames without a condition',
    standalone: true,
    path: '/machines/rename',
    input: z.object({ name: z.string() }),
    access,
    execute: async ({ db, input }) => {
      await db.update(machines).set({ name: input.name }).run();
      return {};
    },
  },
  'force-status': {
    description: 'Enters a repair in a state that no body could name',
    standalone: true,
    path: '/machines/force-status',
    input: z.object({ id: z.string(), status: z.string() }),
    access,
    execute: async ({ db, input }) => {
      const values: Record<string, unknown> = {};
      values['status'] = input.status;
      await db.update(repairs).set(values as { hours: number }).where(eq(repairs.id, input.id));
      return {};
    },
  },
  pictures: {
    description: 'How many pictures there are',
    standalone: true,
    path: '/machines/pictures',
    method: 'GET',
    input: z.object({}),
    access,
    execute: async ({ db }) => ({ steps: await db.$count(steps), photos: await db.$count(photos), thumbnails: await db.$count(thumbnails) }),
  },
  photograph: {
    description: 'Leaves a photo and its thumbnail at a step',
    standalone: true,
    path: '/machines/photograph',
    input: z.object({ stepId: z.string() }),
    access,
    execute: async ({ db, input }) => {
      const [step] = await db.select().from(steps).where(eq(steps.id, input.stepId));
      if (!step) throw new ActionError('There is no such step', 'NO_STEP', 404);
      const [photo] = await db.insert(photos).values({ stepId: step.id, caption: 'it was like this' }).returning();
      if (!photo) throw new ActionError('Not stored', 'NOT_STORED', 500);
      const [thumbnail] = await db.insert(thumbnails).values({ photoId: photo.id }).returning();
      return { photo, thumbnail };
    },
  },
});
