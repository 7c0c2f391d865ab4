// A delete by a handler goes on to what hangs on the rows exactly as the DELETE route does, in the same transaction. Tables that delete hard leave
// that to the database's ON DELETE.
// `any` stands for Drizzle's delete builder.
import type { Caller } from './gate-tables.ts';
import { keyIn } from './record.ts';
import { removerOf } from './removal.ts';
import type { Runtime } from './runtime.ts';
import { Refused } from './transaction.ts';

/** The database that a builder runs on: a batch moves it to its own. */
export const OWNER = Symbol('owner');
/** Statements of the library with a gated database's turn. */
export const INTERNAL = Symbol('internal');

/** Gives a delete builder its cascade. Builders of tables without one are returned as they are. */
export function cascading(builder: any, table: any, caller: Caller, runtime: Runtime, db: any): any {
  const { resource, soft } = caller.of(table);
  if (!soft || !Object.keys(resource.policy.cascades ?? {}).length) return builder;
  const { key } = resource, remove = removerOf(resource, runtime);
  if (!key) throw new Refused(`${resource.name} has cascades but no single primary key`);
  builder.prepare = () => { throw new Refused(`a delete of ${resource.name} goes on to other tables and cannot be prepared`); };
  for (const method of ['run', 'all', 'get', 'values', 'execute'] as const) {
    const original = builder[method].bind(builder);
    builder[method] = (...given: unknown[]) => (builder[OWNER] ?? db).transaction(async (tx: any) => {
      if (builder.config.limit !== undefined) throw new Refused(`a delete of ${resource.name} takes no limit`);
      const { withList, where } = builder.config, from = withList?.length ? tx.with(...withList) : tx;
      const rows = await from.select({ id: table[key.name] }).from(table).where(where);
      builder.session = tx.session;
      const answer = await original(...given);
      const keys = rows.map((row: any) => key.encode(row.id));
      if (keys.length) for (const { text, params } of remove(keyIn(resource, keys), caller.call.ctx, runtime.now())) await tx[INTERNAL](text, params);
      return answer;
    });
  }
  return builder;
}
