import { defineActions, defineTable, feature, q, z, ActionError } from '@quickback/compiler';
import { sqliteTable, text } from 'drizzle-orm/sqlite-core';

const jobs = sqliteTable('jobs', { id: text('id').primaryKey(), state: text('state', { enum: ['open', 'shut'] }).notNull() });

export const actions = defineActions(jobs, {
  key: {
    // @ts-expect-error not a schema
    input: { reason: 'string' },
    // @ts-expect-error not a value of the column
    access: { record: { state: { equals: 'closed' } } },
    // @ts-expect-error no such method
    method: 'FETCH',
    // @ts-expect-error a path begins with a slash
    path: 'close',
    // @ts-expect-error no such type of response
    responseType: 'xml',
    // @ts-expect-error unsafe says why
    unsafe: { crossTenant: true },
    // @ts-expect-error no such state
    transition: { field: 'state', fromTo: { open: ['closed'] }, to: 'shut' },
  },
  code: {
    description: 'Close',
    input: z.object({ reason: z.string() }),
    access: { roles: ['clerk'] },
    execute: async ({ db, input, record, ctx }) => {
      // @ts-expect-error the schema has no such key
      const why = input.reasons;
      // @ts-expect-error the schema says text
      const much: number = input.reason;
      // @ts-expect-error the table has no such column
      const title = record.title;
      // @ts-expect-error not a value of the column
      await db.update(jobs).set({ state: 'closed' });
      // @ts-expect-error no such value of the caller
      const who = ctx.userID;
      // @ts-expect-error the code comes second and is text
      throw new ActionError('No', 404, [why, much, title, who].length);
    },
  },
  bare: {
    description: 'Nothing',
    access: { roles: ['clerk'] },
    // @ts-expect-error without a schema there is no input
    execute: async ({ input }) => input.reason.length,
  },
});

// @ts-expect-error misspelt
export const alone = defineActions(jobs, { close: { descripton: 'Close' } });

export const columns = {
  // @ts-expect-error no such kind of column
  a: q.string(),
  // @ts-expect-error not one of the values
  b: q.enum(['x', 'y']).default('z'),
  // @ts-expect-error no such option
  c: q.text({ maxlength: 3 }),
  // @ts-expect-error no such scope
  d: q.scope('company'),
  // @ts-expect-error only times have a now
  e: q.int().defaultNow(),
  // @ts-expect-error no such mask
  f: q.text().masked('emial'),
  // @ts-expect-error no such operator
  g: q.text().filterable('equals'),
};

export const claims = feature('claims', {
  columns: { id: q.id(), cents: q.int().required(), state: q.enum(['open', 'paid']).default('open'), organizationId: q.scope('organization') },
  guards: {
    // @ts-expect-error no such column
    createable: ['cent'],
  },
  // @ts-expect-error no such column
  masking: { email: { type: 'email' } },
  // @ts-expect-error not a value of the column
  list: { access: { roles: ['member'], record: { state: 'closed' } } },
  actions: {
    a: {
      description: 'A state that does not exist',
      // @ts-expect-error not a value of the column
      execute: async () => ({ state: 'closed' }),
    },
    b: {
      description: 'What is no column',
      // @ts-expect-error no such column
      execute: async () => ({ status: 'paid' }),
    },
    c: {
      description: 'Not null',
      // @ts-expect-error the column is required
      execute: () => ({ cents: null }),
    },
  },
});
export const wrong = feature('wrong', {
  columns: { id: q.id() },
  // @ts-expect-error misspelt
  gaurds: {},
});
const notes = q.table('notes', { id: q.id(), body: q.text().required() });
// @ts-expect-error no such column
export const noted = defineTable(notes, { defaultSort: { field: 'bodies' } });
