import { defineActions } from '@quickback/compiler';
import { eq } from 'drizzle-orm';
import { z } from 'zod';
import { todos } from './todos';

export default defineActions(todos, {
  // POST /api/v1/todos/:id/complete
  complete: {
    description: 'Tick a todo off',
    input: z.object({}),
    access: { roles: ['member+'], record: { state: { equals: 'open' } } },
    execute: async ({ db, record }) => {
      const [todo] = await db
        .update(todos)
        .set({ state: 'done', completedAt: new Date().toISOString() })
        .where(eq(todos.id, record.id))
        .returning();
      return todo;
    },
  },

  reopen: {
    description: 'Take a todo up again',
    input: z.object({}),
    access: { roles: ['admin+'], record: { state: { equals: 'done' } } },
    execute: async ({ db, record }) => {
      const [todo] = await db
        .update(todos)
        .set({ state: 'open', completedAt: null })
        .where(eq(todos.id, record.id))
        .returning();
      return todo;
    },
  },
});
