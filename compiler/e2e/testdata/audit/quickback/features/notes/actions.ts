import { ActionError, defineActions, z } from '@quickback/compiler';
import { eq } from 'drizzle-orm';
import { notes } from './notes';

export default defineActions(notes, {
  everything: {
    description: 'All notes of all tenants, and those of the own one',
    standalone: true,
    method: 'GET',
    unsafe: { reason: 'Support looks for lost notes', targetScope: 'all' },
    access: { roles: ['owner'] },
    execute: async ({ db, rawDb }) => {
      const all = await rawDb.select().from(notes).orderBy(notes.title);
      const own = await db.select({ title: notes.title }).from(notes);
      return [...all, { title: `own ${own.length}` }];
    },
  },
  rename: {
    description: 'Renames a note of any tenant',
    standalone: true,
    unsafe: { reason: 'Support corrects titles' },
    access: { roles: ['owner'] },
    input: z.object({ id: z.string(), title: z.string(), fail: z.enum(['refuse', 'crash']).optional() }),
    execute: async ({ rawDb, input }) => {
      await rawDb.batch([
        rawDb.update(notes).set({ title: 'half' }).where(eq(notes.id, input.id)),
        rawDb.update(notes).set({ title: input.title }).where(eq(notes.id, input.id)),
      ]);
      if (input.fail === 'refuse') throw new ActionError('No', 'NOT_TODAY', 422);
      if (input.fail === 'crash') throw new Error(`secret ${input.title}`);
      return { renamed: input.id };
    },
  },
  peek: {
    description: 'The note as it is stored, with how many there are',
    unsafe: { reason: 'Owners count their notes', adminOnly: false, crossTenant: false, targetScope: 'organization' },
    access: { roles: ['owner'] },
    execute: async ({ rawDb, record }) => ({ title: record.title, of: await rawDb.$count(notes) }),
  },
  plain: {
    description: 'Says whether it got the raw database',
    standalone: true,
    access: { roles: ['owner'] },
    execute: async ({ rawDb }) => ({ raw: rawDb !== undefined }),
  },
});
