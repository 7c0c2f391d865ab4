import { fail } from './errors.ts';
import type { Op } from './routes.ts';
export const batchCreate: Op<'batch:create'> = { operation: 'batch:create', bind: () => () => fail('NOT_FOUND') };
export const batchDelete: Op<'batch:delete'> = { operation: 'batch:delete', bind: () => () => fail('NOT_FOUND') };
export const batchPut: Op<'batch:put'> = { operation: 'batch:put', bind: () => () => fail('NOT_FOUND') };
export const batchUpdate: Op<'batch:update'> = { operation: 'batch:update', bind: () => () => fail('NOT_FOUND') };
