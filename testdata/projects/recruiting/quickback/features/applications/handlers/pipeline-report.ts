import type { ActionExecutor } from '@quickback/compiler';
import { asc, count, eq } from 'drizzle-orm';
import { jobs } from '../../jobs/jobs';
import { applications } from '../applications';

interface PipelineQuery {
  jobId?: string;
  minimum: number;
}

/**
 * Counts applications by job and stage. There is no WHERE on the organization and
 * none on deleted rows: the scoped database adds both, to each joined table.
 */
export const execute: ActionExecutor = async ({ db, input }) => {
  const query = input as PipelineQuery;

  const counted = await db
    .select({ jobId: jobs.id, title: jobs.title, stage: applications.stage, total: count() })
    .from(applications)
    .innerJoin(jobs, eq(applications.jobId, jobs.id))
    .where(query.jobId === undefined ? undefined : eq(jobs.id, query.jobId))
    .groupBy(jobs.id, jobs.title, applications.stage)
    .orderBy(asc(jobs.title), asc(applications.stage));

  const rows = counted.filter((row) => row.total >= query.minimum);
  return { rows, total: rows.reduce((sum, row) => sum + row.total, 0) };
};
