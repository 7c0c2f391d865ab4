// The golden app as a backend, with a few rows in two organisations.
import '../app/register.ts';
import { applicationsResource } from '../app/applications.resource.ts';
import { candidatesResource } from '../app/candidates.resource.ts';
import { jobsResource } from '../app/jobs.resource.ts';
import { scoresResource } from '../app/scores.resource.ts';
import { app } from '../app/app.ts';
import { backend, user, type Backend } from './harness.ts';
import { apps } from './routes.ts';

export const owner = user(['owner']);
export const recruiter = user(['recruiter']);
export const interviewer = user(['interviewer']);
export const member = user(['member']);
export const stranger = user(['owner', 'recruiter'], { activeOrgId: 'org-b', userId: 'user-b' });

export async function recruiting(options: Parameters<typeof backend>[2] = {}): Promise<Backend> {
  return backend([jobsResource, candidatesResource, applicationsResource, scoresResource],
    apps(app.routes), options);
}

export interface Seeded extends Backend {
  /** Ids by name. */
  readonly id: Readonly<Record<'job' | 'otherJob' | 'ada' | 'bob' | 'cyd' | 'eve', string>>;
}
/** Ada (applied), Bob (interview, scored) and Cyd (offer) in org-a; Eve in org-b. */
export async function seeded(options: Parameters<typeof backend>[2] = {}): Promise<Seeded> {
  const b = await recruiting(options);
  const make = async (ctx: typeof owner, path: string, body: unknown): Promise<string> => {
    const reply = await b.as(ctx)('POST', path, body);
    if (reply.status !== 201) throw new Error(JSON.stringify(reply.body));
    return reply.body.data.id;
  };
  const job = await make(owner, '/jobs', { title: 'Engineer', status: 'open', salaryMax: 90000 });
  const otherJob = await make(stranger, '/jobs', { title: 'Spy', status: 'open' });
  const ada = await make(recruiter, '/candidates', { name: 'Ada Lovelace', email: 'ada@example.org', phone: '555-123-4567', jobId: job, score: 9, remote: true });
  const bob = await make(owner, '/candidates', { name: 'Bob_100%', email: 'bob@example.org', appliedAt: '2026-01-02T03:04:05.000Z' });
  const cyd = await make(recruiter, '/candidates', { name: 'Cyd', email: 'cyd@example.org', score: 3 });
  const eve = await make(stranger, '/candidates', { name: 'Eve', email: 'eve@example.org', jobId: otherJob });
  await b.rows(`update candidates set stage = 'interview' where id = ?`, bob);
  await b.rows(`update candidates set stage = 'offer' where id = ?`, cyd);
  return Object.assign(b, { id: { job, otherJob, ada, bob, cyd, eve } });
}
