// Unsafe actions: for platform administrators alone unless the policy says otherwise, never without a row of the audit trail, and with a database
// without a gate. It takes its turn with all other statements, its transactions hold, and the rows that it answers are masked like all others.
import { SQLiteAsyncDialect } from 'drizzle-orm/sqlite-core';
import type { RawDatabases } from './app.ts';
import { factsOf, recorded, writerOf } from './audit.ts';
import { hasUserRole, type Context } from './context.ts';
import type { Database } from './driver.ts';
import { fail } from './errors.ts';
import { guardedTables } from './gate.ts';
import { enter, type Runtime } from './routes.ts';
import { UnitDatabase, type Scoped } from './scoped.ts';

/** Prepares a schema for databases without a gate, each for one call. */
export function ungated(database: Database, schema: Readonly<Record<string, unknown>>, runtime: Runtime): () => Scoped {
  const tables = guardedTables(runtime);
  return () => {
    const dialect = Object.assign(new SQLiteAsyncDialect(), { alive: true });
    return { db: new UnitDatabase({ database, schema, tables, dialect }), end: () => { dialect.alive = false; } };
  };
}

/** Prepares a schema for unsafe actions. */
export const rawDatabases: RawDatabases = (trail, database, schema, runtime) => {
  const audit = writerOf(trail), opened = ungated(database, schema, runtime);
  return (c, r, gate, name, run) => {
    const rule = r.policy.actions?.[name], { reason = '', adminOnly = true, crossTenant = false, targetScope } = rule?.unsafe ?? {};
    const ctx: Context | undefined = c.get('ctx'), id = c.req.param('id'), targetOrgId = targetScope === 'organization' ? ctx?.activeOrgId : undefined;
    const facts = {
      ...factsOf(c, r, ctx, 'unsafe', `action:${name}`), reason,
      ...(targetScope === undefined ? {} : { targetScope }), ...(targetOrgId === undefined ? {} : { targetOrgId }), ...(id === undefined ? {} : { recordId: id }),
    };
    return recorded(audit, facts, async (row) => {
      if (!ctx?.authenticated) fail('AUTH_MISSING');
      if ((adminOnly || crossTenant) && !hasUserRole(ctx, ['admin'])) fail('ACCESS_ADMIN_REQUIRED');
      // What is about no rows of the caller's own organisation does not ask whether they have one.
      const entry = crossTenant && rule?.standalone ? { ctx, grant: gate.admit(ctx), wall: r.firewall.wall(ctx) } : enter(c, r, gate);
      return run(entry, row.note, { ...opened(), begin: row.begin });
    });
  };
};
