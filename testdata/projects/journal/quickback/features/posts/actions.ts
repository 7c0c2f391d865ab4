import { defineActions } from '@quickback/compiler';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { posts } from './posts';

export default defineActions(posts, {
  publish: {
    description: 'Let everybody read a post',
    input: z.object({}),
    access: { record: { createdBy: { equals: '$ctx.userId' }, state: { equals: 'draft' } } },
    execute: async ({ db, record }) => {
      const [published] = await db.update(posts).set({ state: 'published' }).where(eq(posts.id, record.id)).returning();
      return published;
    },
  },
});
