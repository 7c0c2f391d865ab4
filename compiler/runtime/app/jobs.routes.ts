import { create, get, list, remove, routes, type Runtime } from '../lib/routes.ts';
import { jobsResource } from './jobs.resource.ts';

export const jobsRoutes = (rt: Runtime) => routes(jobsResource, rt)
  .get('/', list)
  .get('/:id', get)
  .post('/', create)
  .delete('/:id', remove);
