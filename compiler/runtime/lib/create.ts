import { fail } from './errors.ts';
import type { Op } from './routes.ts';
export const create: Op<'create'> = { operation: 'create', bind: () => () => fail('NOT_FOUND') };
