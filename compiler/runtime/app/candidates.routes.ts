import {
  batchCreate, batchDelete, batchUpdate, create, get, list, remove, routes, update, view, type Runtime,
} from '../lib/routes.ts';
import { candidatesResource } from './candidates.resource.ts';

export const candidatesRoutes = (rt: Runtime) => routes(candidatesResource, rt)
  .get('/', list)
  .get('/views/pipeline', view('pipeline'))
  .get('/:id', get)
  .post('/', create)
  .patch('/:id', update)
  .delete('/:id', remove)
  .post('/batch', batchCreate)
  .patch('/batch', batchUpdate)
  .delete('/batch', batchDelete);
