import { get, list } from '../lib/read.ts';
import { remove } from '../lib/remove.ts';
import { routes, type Runtime } from '../lib/routes.ts';
import { create } from '../lib/write.ts';
import { jobsResource } from './jobs.resource.ts';

export const jobsRoutes = (rt: Runtime) => routes(jobsResource, rt)
  .get('/', list)
  .get('/:id', get)
  .post('/', create)
  .delete('/:id', remove);
