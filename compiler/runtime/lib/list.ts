import { fail } from './errors.ts';
import type { Op } from './routes.ts';
export const list: Op<'list'> = { operation: 'list', bind: () => () => fail('NOT_FOUND') };
export const views: Op<`view:${string}`> = { operation: 'view:', bind: () => () => fail('NOT_FOUND') };
export const view = <V extends string>(name: V): Op<`view:${V}`> => ({ operation: `view:${name}`, bind: () => () => fail('NOT_FOUND') });
