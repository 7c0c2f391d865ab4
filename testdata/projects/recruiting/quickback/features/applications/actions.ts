import { ActionError, defineActions } from '@quickback/compiler';
import { asc, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import { applicationEvents } from './application-events';
import { applications } from './applications';

const pipeline = ['applied', 'screening', 'interview', 'offer', 'hired'] as const;

export default defineActions(applications, {
  'advance-stage': {
    description: 'Move an application to the next stage of the pipeline',
    input: z.object({
      stage: z.enum(['screening', 'interview', 'offer', 'hired']),
      note: z.string().max(500).optional(),
    }),
    access: {
      or: [
        { roles: ['owner', 'hiring-manager'], record: { stage: { notIn: ['hired', 'rejected'] } } },
        // An offer is not a recruiter's to make.
        { roles: ['recruiter'], record: { stage: { in: ['applied', 'screening'] } } },
      ],
    },
    execute: async ({ db, record, input }) => {
      const next = pipeline[pipeline.findIndex((stage) => stage === record.stage) + 1];
      if (input.stage !== next) {
        throw new ActionError('An application moves one stage at a time', 'STAGE_OUT_OF_ORDER', 409, {
          current: record.stage,
          next,
        });
      }

      // Stage and history change together or not at all.
      const steps = db.$count(applicationEvents, eq(applicationEvents.applicationId, record.id));
      const [[advanced]] = await db.batch([
        db
          .update(applications)
          .set({ stage: input.stage })
          .where(eq(applications.id, record.id))
          .returning(),
        db.insert(applicationEvents).values({
          applicationId: record.id,
          step: sql`${steps} + 1`,
          fromStage: record.stage,
          toStage: input.stage,
          note: input.note ?? null,
        }),
      ]);
      return advanced;
    },
  },

  reject: {
    description: 'End an application and say why',
    input: z.object({ reason: z.string().min(1).max(500) }),
    access: {
      roles: ['owner', 'hiring-manager', 'recruiter'],
      record: { stage: { notIn: ['hired', 'rejected'] } },
    },
    execute: async ({ db, record, input }) => {
      const steps = db.$count(applicationEvents, eq(applicationEvents.applicationId, record.id));
      const [[rejected]] = await db.batch([
        db
          .update(applications)
          .set({ stage: 'rejected', rejectionReason: input.reason })
          .where(eq(applications.id, record.id))
          .returning(),
        db.insert(applicationEvents).values({
          applicationId: record.id,
          step: sql`${steps} + 1`,
          fromStage: record.stage,
          toStage: 'rejected',
          note: input.reason,
        }),
      ]);
      return rejected;
    },
  },

  history: {
    description: 'What happened to an application, oldest first',
    method: 'GET',
    input: z.object({}),
    access: { roles: ['owner', 'hiring-manager', 'recruiter'] },
    execute: async ({ db, record }) =>
      db
        .select({
          step: applicationEvents.step,
          fromStage: applicationEvents.fromStage,
          toStage: applicationEvents.toStage,
          note: applicationEvents.note,
        })
        .from(applicationEvents)
        .where(eq(applicationEvents.applicationId, record.id))
        .orderBy(asc(applicationEvents.step)),
  },

  'pipeline-report': {
    description: 'How many applications stand at which stage of which job',
    standalone: true,
    path: '/reports/pipeline',
    method: 'GET',
    input: z.object({ jobId: z.string().optional(), minimum: z.number().int().min(1).default(1) }),
    access: { roles: ['owner', 'hiring-manager'] },
    handler: './handlers/pipeline-report',
  },
});
