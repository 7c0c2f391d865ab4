// A delete by a handler goes on to what hangs on the rows, as the DELETE route's does: through the foreign keys the policies name, to any depth, in
// the same transaction. Hard-deleted tables leave that to the database's ON DELETE.
// `any` stands for Drizzle's delete builder.
import type { Caller } from './gate-tables.ts';
import type { Resource } from './resource.ts';
import type { Runtime } from './runtime.ts';
import { OWNER } from './scoped.ts';
import { Refused } from './transaction.ts';

/** Gives a delete builder its cascade. Builders of tables without one are returned as they are. */
export function softDelete(builder: any, table: any, caller: Caller, runtime: Runtime, db: any): any {
  const { resource, soft } = caller.of(table), { cascades } = resource.policy;
  if (!soft || !cascades || !Object.keys(cascades).length) return builder;
  const key = resource.key;
  if (!key) throw new Refused(`${resource.name} has cascades but no single primary key`);
  builder.prepare = () => { throw new Refused(`a delete of ${resource.name} goes on to other tables and cannot be prepared`); };
  for (const method of ['run', 'all', 'get', 'values', 'execute'] as const) {
    const original = builder[method].bind(builder);
    builder[method] = (...given: unknown[]) => (builder[OWNER] ?? db).transaction(async (tx: any) => {
      if (builder.config.limit !== undefined) throw new Refused(`a delete of ${resource.name} takes no limit`);
      const rows = await tx.select({ id: table[key.name] }).from(table).where(builder.config.where);
      if (rows.length) await descend(resource, rows.map((row: any) => key.encode(row.id)), caller, runtime, tx);
      builder.session = tx.session;
      return original(...given);
    });
  }
  return builder;
}

async function descend(parent: Resource, keys: readonly unknown[], caller: Caller, runtime: Runtime, tx: any): Promise<void> {
  for (const [name, column] of Object.entries(parent.policy.cascades ?? {})) {
    const child = runtime.registry.get(name), foreign = child?.columns.get(column);
    if (!child || !foreign) throw new Refused(`${parent.name} cascades to ${name}.${column}, which is not there`);
    if (!caller.of(child.table).soft) continue;
    const found = await tx.internal(...update(child, foreign.sql, keys, caller, runtime));
    if (found.length && child.key) await descend(child, found.map((row: any) => row.key), caller, runtime, tx);
  }
}

/** The children's own firewall does not count here: an owner's rows go with their parent, whoever deletes it. */
function update(child: Resource, foreign: string, keys: readonly unknown[], caller: Caller, runtime: Runtime): [string, unknown[]] {
  const now = runtime.now(), values = { deletedAt: now, modifiedAt: now, deletedBy: caller.call.ctx.userId ?? null, modifiedBy: caller.call.ctx.userId ?? null };
  const set = Object.entries(values).flatMap(([name, value]) => {
    const column = child.columns.get(name);
    return column ? [{ text: `${column.sql} = ?`, value: value instanceof Date ? column.encode(column.kind === 'date' ? value : value.toISOString()) : value }] : [];
  });
  const alive = child.columns.get('deletedAt')?.sql;
  const text = `update ${child.from} set ${set.map((s) => s.text).join(', ')} where ${foreign} in (select value from json_each(?)) and ${alive} is null returning ${child.key?.sql ?? '1'} as key`;
  return [text, [...set.map((s) => s.value), JSON.stringify(keys)]];
}
