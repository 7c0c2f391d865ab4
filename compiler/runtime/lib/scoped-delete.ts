// A delete by a handler goes on to what hangs on the rows exactly as the DELETE route does, in the same unit. Tables that delete hard leave that to
// the database's ON DELETE. `any` stands for Drizzle's delete builder.
import { plain } from './conditions.ts';
import { Refused, type Statement } from './driver.ts';
import type { Caller } from './gate.ts';
import { below } from './write.ts';

/** What has to happen before a builder's own statement, in the same unit. */
export const BEFORE = Symbol('before');
/** Runs that, and then the builder. */
export const AFTER = Symbol('after');

/** Gives a delete builder its cascade. Builders of tables without one are returned as they are. `db` is what its query is read from. */
export function cascading(builder: any, table: any, caller: Caller, db: any): any {
  const { resource, soft } = caller.of(table), { key } = resource;
  if (!soft || !Object.keys(resource.policy.cascades ?? {}).length) return builder;
  if (!key) throw new Refused(`${resource.name} has cascades but no single primary key`);
  builder.prepare = () => { throw new Refused(`a delete of ${resource.name} goes on to other tables and cannot be prepared`); };
  builder[BEFORE] = (): Statement[] => {
    const { limit, withList, where } = builder.config;
    if (limit !== undefined) throw new Refused(`a delete of ${resource.name} takes no limit`);
    const rows = (withList?.length ? db.with(...withList) : db).select({ id: table[key.name] }).from(table).where(where).toSQL();
    return below(resource, caller.runtime, plain(`${key.sql} in (${rows.sql})`, ...rows.params), caller.call.ctx, caller.runtime.now());
  };
  for (const method of ['run', 'all', 'get', 'values', 'execute']) {
    const original = builder[method].bind(builder);
    builder[method] = async (...given: unknown[]) => {
      const answer = await builder.session.owner[AFTER](builder, () => original(...given));
      return method === 'get' && Array.isArray(answer) ? answer[0] : answer; // a batch answers lists
    };
  }
  return builder;
}
