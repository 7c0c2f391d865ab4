// GET /:id.
import { answersFor } from './answer.ts';
import { enter, gateFor } from './entry.ts';
import { presenterOf } from './labels.ts';
import { chooseFields } from './query.ts';
import { reach } from './record.ts';
import { respond } from './respond.ts';
import type { Op } from './routes.ts';

export const get: Op<'get'> = {
  operation: 'get',
  bind(r, rt) {
    const gate = gateFor(r, 'get'), answers = answersFor(r), present = presenterOf(r, rt);
    return async (c) => {
      const entry = enter(c, r, gate), { ctx } = entry;
      const row = await reach(rt, r, entry, c.req.param('id'));
      const asked = c.req.query('fields'), shown = answers.fields(ctx, 'get');
      const fields = asked === undefined ? shown : chooseFields(shown, asked);
      const [record] = await present(ctx, [row], fields);
      return respond(c, rt, record);
    };
  },
};
