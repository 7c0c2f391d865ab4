// Standalone actions of a feature without tables.
import { sqliteTable } from 'drizzle-orm/sqlite-core';
import type { ActionRule } from './policy.ts';
import { resource, type Resource } from './resource.ts';

/** What they are routed with. */
export function tableless<A extends string>(name: string, actions: { readonly [K in A]: ActionRule<Record<never, never>> & { readonly standalone: true } }): Resource {
  return resource(sqliteTable(name, {}))<never, never, A>({ name, rows: 'unscoped', access: {}, actions });
}
