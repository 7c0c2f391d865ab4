// The list of a resource that has views and no list.
import { fail, invalid } from './errors.ts';
import { viewsOf } from './read.ts';
import type { Op } from './routes.ts';

/** `GET /?view=<name>`. */
export function views<V extends string>(...names: readonly [V, ...V[]]): Op<`view:${V}`> {
  return {
    operation: `view:${names[0]}`,
    bind(r, rt) {
      const named = viewsOf(r, rt, names);
      return (c) => {
        const handler = named.get(c.req.query('view') ?? r.policy.list?.defaultView ?? '');
        if (handler) return handler(c);
        if (!c.get('ctx')?.authenticated) fail('AUTH_MISSING');
        return invalid('view', `must be one of ${names.join(', ')}`);
      };
    },
  };
}
