import { expect, test } from 'bun:test';
import { asc, eq, getTableName } from 'drizzle-orm';
import { z } from 'zod';
import * as emitted from '../app/schema.ts';
import { integer, sqliteTable, text } from '../app/db.tables.ts';
import { ActionError, defineActions, defineTable, featuresOf, q, tablesOf, type ActionExecutor } from '../lib/definition-q.ts';

// As a definition module has it: fewer columns than the emitted table.
const candidates = sqliteTable('candidates', {
  id: text('id').primaryKey(),
  organizationId: text('organization_id').notNull(),
  name: text('name').notNull(),
  email: text('email').notNull(),
  stage: text('stage', { enum: ['applied', 'interview', 'offer'] }).notNull().default('applied'),
  score: integer('score'),
});

test('a table that a definition declares is the emitted one', () => {
  expect(candidates as unknown).toBe(emitted.candidates);
  expect(() => sqliteTable('nobody', { id: text('id') })).toThrow('nobody');
});

test('each action keeps the types of its own input and of its table', () => {
  const { actions, table } = defineActions(candidates, {
    'advance-stage': {
      description: 'next',
      input: z.object({ stage: z.enum(['interview', 'offer']), note: z.string().optional() }),
      access: { or: [{ roles: ['owner'] }, { roles: ['recruiter+'], record: { stage: { in: ['applied'] } } }] },
      execute: async ({ db, record, input, ctx }) => {
        const stage: 'interview' | 'offer' = input.stage;
        const before: 'applied' | 'interview' | 'offer' = record.stage;
        // @ts-expect-error the input has no such key
        void input.nope;
        // @ts-expect-error nor has the record
        void record.nope;
        const [row] = await db.update(candidates).set({ stage }).where(eq(candidates.id, record.id)).returning();
        return db.transaction(async (tx) => {
          const n: number = await tx.$count(candidates, eq(candidates.stage, before));
          // What the library stamps may be left out; what it does not may not.
          await tx.insert(candidates).values({ name: 'a', email: 'b' });
          // @ts-expect-error email is missing
          await tx.insert(candidates).values({ name: 'a' });
          // @ts-expect-error raw statements are not there
          tx.run;
          return { row, n, by: ctx.userId, notes: input.note };
        });
      },
    },
    list: {
      description: 'all',
      access: { roles: ['owner'] },
      execute: async ({ db, input }) => {
        const none: Record<string, never> = input;
        const rows = await db.select({ name: candidates.name }).from(candidates).orderBy(asc(candidates.name));
        const related = await db.query.candidates.findFirst({ columns: { name: true } });
        const name: string | undefined = related?.name ?? rows[0]?.name;
        const [jobs, found] = await db.batch([db.select().from(emitted.jobs), db.select().from(candidates)]);
        return { name, none, title: jobs[0]?.title, first: found[0]?.email };
      },
    },
    report: { description: 'r', standalone: true, path: '/reports/x', method: 'GET', input: z.object({}), access: { roles: ['owner'] }, handler: './handlers/report' },
  });
  expect(Object.keys(actions)).toEqual(['advance-stage', 'list', 'report']);
  expect(table as unknown).toBe(emitted.candidates);
});

test('a handler file narrows its input itself', () => {
  const execute: ActionExecutor = async ({ db, input }) => {
    const query = input as { minimum: number };
    return (await db.select().from(candidates)).slice(query.minimum);
  };
  expect(typeof execute).toBe('function');
});

test('definitions load: tables, features with q, errors', () => {
  expect(defineTable(candidates, { crud: {} }).table as unknown).toBe(emitted.candidates);
  const columns = { id: q.id(), text: q.text({ maxLength: 3 }).required().default('x') };
  const project = featuresOf({ candidates: emitted.candidates });
  const parcels = project('candidates', { columns, actions: { send: { execute: async ({ record }) => ({ name: record.name.trim() }) } } });
  expect(getTableName(parcels)).toBe('candidates');
  expect(parcels.id as unknown).toBe(emitted.candidates.id);
  expect(typeof parcels.actions.send.execute).toBe('function');
  expect(() => project('gone' as 'candidates', { columns })).toThrow('no table "gone"');
  expect(new ActionError('no', 'NO', 409, { a: 1 })).toMatchObject({ message: 'no', code: 'NO', status: 409, details: { a: 1 } });
  expect(new ActionError('no', 'NO').status).toBe(400);
});

test('a table declared with q is the emitted one', () => {
  const things = { emitted: true }, own = tablesOf({ things });
  expect(own.table('things', { id: own.id(), name: own.text({ maxLength: 3 }).optional() })).toBe(things);
  expect(() => own.table('thingz' as 'things', {})).toThrow('no table "thingz"');
  expect(() => own.table('toString' as 'things', {})).toThrow('compile the definitions again');
});
