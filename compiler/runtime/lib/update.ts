import { fail } from './errors.ts';
import type { Op } from './routes.ts';
export const update: Op<'update'> = { operation: 'update', bind: () => () => fail('NOT_FOUND') };
