// POST /: guards, values, foreign keys, stamps, one INSERT.
import { answersFor } from './answer.ts';
import { readObject } from './body.ts';
import { enter, gateFor } from './entry.ts';
import { allowNew } from './record.ts';
import { presenterOf } from './labels.ts';
import { written } from './respond.ts';
import type { Op } from './routes.ts';
import { traced } from './trail.ts';
import { writerOf } from './write.ts';

export const create: Op<'create'> = {
  operation: 'create',
  bind(r, rt) {
    const gate = gateFor(r, 'create'), answers = answersFor(r), writer = writerOf(r, rt), present = presenterOf(r, rt);
    return async (c) => {
      const entry = enter(c, r, gate), { ctx } = entry;
      const row = await traced(c, r, rt, ctx, 'create', async () => {
        const values = writer.insertion(ctx, await readObject(c.req.raw), rt.now());
        await allowNew(entry, writer.row(values), true);
        const insert = writer.insert(values, ctx);
        try {
          return (await rt.db.all(insert.text, insert.params))[0];
        } catch (error) {
          throw await writer.refusal(error, values, ctx);
        }
      });
      if (!row) throw new Error(`${r.name}: the insert returned no row`);
      const [data] = await present(ctx, [row], answers.fields(ctx, 'write'));
      return written({ data }, 201);
    };
  },
};
