import { fail } from './errors.ts';
import type { Op } from './routes.ts';
export const remove: Op<'delete'> = { operation: 'delete', bind: () => () => fail('NOT_FOUND') };
