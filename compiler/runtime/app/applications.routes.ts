import { get, list } from '../lib/read.ts';
import { remove } from '../lib/remove.ts';
import { routes, type Runtime } from '../lib/routes.ts';
import { create, update } from '../lib/write.ts';
import { applicationsResource } from './applications.resource.ts';

export const applicationsRoutes = (rt: Runtime) => routes(applicationsResource, rt)
  .get('/', list)
  .get('/:id', get)
  .post('/', create)
  .patch('/:id', update)
  .delete('/:id', remove);
