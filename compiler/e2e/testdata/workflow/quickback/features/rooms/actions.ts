import { ActionError, defineActions } from '@quickback/compiler';
import { z } from 'zod';
import { rooms } from './rooms';

const think = () => new Promise((done) => { setTimeout(done, 30); });

// These write for themselves, with the conditions that the library hands them.
export default defineActions(rooms, {
  book: {
    description: 'Book a free room',
    input: z.object({ by: z.string() }),
    access: { roles: ['member+'] },
    transition: { field: 'state', fromTo: { free: ['booked'] }, to: 'booked' },
    execute: async ({ db, input, whereTransition }) => {
      await think();
      const [booked] = await db.update(rooms).set({ state: 'booked', guest: input.by }).where(whereTransition()).returning();
      if (!booked) throw new ActionError('Somebody was faster', 'ROOM_TAKEN', 409);
      return booked;
    },
  },
  rename: {
    description: 'Write a guest down whatever the state is',
    input: z.object({ by: z.string() }),
    access: { roles: ['member+'] },
    execute: async ({ db, input, whereRecord }) => {
      const [changed] = await db.update(rooms).set({ guest: input.by }).where(whereRecord()).returning();
      return changed;
    },
  },
});
