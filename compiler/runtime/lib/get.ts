import { fail } from './errors.ts';
import type { Op } from './routes.ts';
export const get: Op<'get'> = { operation: 'get', bind: () => () => fail('NOT_FOUND') };
