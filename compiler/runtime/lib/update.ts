// PATCH /:id: the UPDATE repeats the firewall and the record's conditions, so that nothing can change in between.
import { answersFor } from './answer.ts';
import { readObject } from './body.ts';
import { enter, gateFor } from './entry.ts';
import { allowNew, lost, reach, still } from './record.ts';
import { presenterOf } from './labels.ts';
import { written } from './respond.ts';
import type { Op } from './routes.ts';
import { traced } from './trail.ts';
import { writerOf } from './write.ts';

export const update: Op<'update'> = {
  operation: 'update',
  bind(r, rt) {
    const gate = gateFor(r, 'update'), answers = answersFor(r), writer = writerOf(r, rt), present = presenterOf(r, rt);
    return async (c) => {
      const entry = enter(c, r, gate), { ctx } = entry, id = c.req.param('id');
      const row = await traced(c, r, rt, ctx, 'update', async () => {
        const before = await reach(rt, r, entry, id);
        const values = writer.change(ctx, await readObject(c.req.raw), rt.now());
        await allowNew(entry, { ...before, ...values }, false);
        const statement = writer.update(values, still(r, entry, before[r.key?.name ?? '']), ctx);
        try {
          return (await rt.db.all(statement.text, statement.params))[0];
        } catch (error) {
          throw await writer.refusal(error, values, ctx);
        }
      });
      const [data] = await present(ctx, [row ?? (await lost(rt, r, entry, id))], answers.fields(ctx, 'write'));
      return written({ data }, 200);
    };
  },
};
