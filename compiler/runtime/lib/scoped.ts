// The gated database of a request.
import type { AnyContext } from './context.ts';
import type { Database } from './driver.ts';
import type { Runtime } from './runtime.ts';

/** Opens the database for one action call. */
export type OpenScoped = (ctx: AnyContext, call: { readonly action?: string; readonly rawSql?: boolean }) => { readonly db: object; end(): void };

export function scopedDatabases(_database: Database, _schema: Readonly<Record<string, unknown>>, _runtime: Runtime): OpenScoped {
  return () => { throw new Error('later'); };
}
