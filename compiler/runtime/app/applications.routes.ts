import { create, get, list, remove, routes, update, type Runtime } from '../lib/routes.ts';
import { applicationsResource } from './applications.resource.ts';

export const applicationsRoutes = (rt: Runtime) => routes(applicationsResource, rt)
  .get('/', list)
  .get('/:id', get)
  .post('/', create)
  .patch('/:id', update)
  .delete('/:id', remove);
