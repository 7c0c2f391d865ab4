// DELETE /:id: soft, with everything that hangs on the record, or hard.
import { enter, gateFor } from './entry.ts';
import { lost, reach, still } from './record.ts';
import { removerOf } from './removal.ts';
import { written } from './respond.ts';
import type { Op } from './routes.ts';
import { traced } from './trail.ts';
import { violation } from './violation.ts';

export const remove: Op<'delete'> = {
  operation: 'delete',
  bind(r, rt) {
    const gate = gateFor(r, 'delete'), remover = removerOf(r, rt);
    return async (c) => {
      const entry = enter(c, r, gate), { ctx } = entry;
      const id = await traced(c, r, rt, ctx, 'delete', async () => {
        const key = (await reach(rt, r, entry, c.req.param('id')))[r.key?.name ?? ''];
        const statements = remover(still(r, entry, key), ctx, rt.now());
        try {
          const results = await rt.db.atomic(statements);
          return results.at(-1)?.length ? key : await lost(rt, r, entry, key);
        } catch (error) {
          throw violation(r, error, true);
        }
      });
      return written({ data: { id, deleted: true } }, 200);
    };
  },
};
