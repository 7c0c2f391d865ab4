import { action } from '../lib/action.ts';
import { batchCreate, batchDelete, batchUpdate } from '../lib/batch.ts';
import { get, list, view } from '../lib/read.ts';
import { remove } from '../lib/remove.ts';
import { routes, type Runtime } from '../lib/routes.ts';
import { create, update } from '../lib/write.ts';
import { candidatesResource } from './candidates.resource.ts';
import candidatesActions from './definitions/candidates.actions.ts';
import * as importHandler from './handlers/import.ts';

export const candidatesRoutes = (rt: Runtime) => routes(candidatesResource, rt)
  .get('/', list)
  .get('/views/pipeline', view('pipeline'))
  .get('/:id', get)
  .post('/', create)
  .patch('/:id', update)
  .delete('/:id', remove)
  .post('/batch', batchCreate)
  .patch('/batch', batchUpdate)
  .delete('/batch', batchDelete)
  .post('/:id/advance-stage', action('advance-stage', candidatesActions.actions['advance-stage']))
  .post('/import', action('import', candidatesActions.actions.import, importHandler));
