import { fail } from './errors.ts';
import type { Op } from './routes.ts';
export const put: Op<'put'> = { operation: 'put', bind: () => () => fail('NOT_FOUND') };
