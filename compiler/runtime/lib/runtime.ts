// What a resource needs from outside: a database, the other resources, a clock, names. Tests inject all of it.
import type { AnyContext } from './context.ts';
import type { Driver } from './driver.ts';
import { newId as idOf } from './ids.ts';
import type { IdRule } from './policy.ts';
import type { Resource } from './resource.ts';
import type { Call } from './routes.ts';

/** A line for the log: never a value of a row. */
export interface LogEntry { readonly level: 'error' | 'warn' | 'info'; readonly message: string; readonly [detail: string]: unknown }
/** Adds what the end of a call will say in its row of the audit trail. */
export type Note = (more: { readonly rowCount?: number; readonly errorCode?: string }) => void;

export interface Runtime {
  readonly db: Driver;
  readonly registry: ReadonlyMap<string, Resource>;
  now(): Date;
  /** A fresh id; undefined where the database or the client makes it. */
  newId(rule: IdRule): string | undefined;
  log(entry: LogEntry): void;
  /** Runs a write, and leaves a trace of one that is open to the public: audit.ts, where a project has any. */
  traced<T>(c: Call, r: Resource, ctx: AnyContext, operation: string, write: (note?: Note) => Promise<T>): Promise<T>;
}

/** The resources by name. Throws when a name is taken twice, or a policy refers to a table or column that is not here. */
export function registryOf(resources: readonly Resource[]): Runtime['registry'] {
  const registry = new Map(resources.map((r) => [r.name, r]));
  if (registry.size !== resources.length) throw new Error('two tables have the same name');
  for (const { name, policy } of resources) {
    for (const [column, target = ''] of Object.entries(policy.references ?? {})) {
      if (!registry.get(target)?.key) throw new Error(`${name}.${column}: no table ${target} with a primary key`);
    }
    for (const [child, links] of Object.entries(policy.cascades ?? {})) {
      if (!Array.isArray(links) || !links.length) throw new Error(`${name}: no list of keys of ${child} to cascade to`);
      for (const column of links) if (!registry.get(child)?.columns.has(column)) throw new Error(`${name}: no ${child}.${column} to cascade to`);
    }
  }
  return registry;
}

/** A runtime with what is not given taken from the platform. Throws when the resources do not fit together. */
export function createRuntime({ db, resources, now = () => new Date(), newId = idOf, log = print, traced = (_c, _r, _ctx, _operation, write) => write() }: RuntimeGiven): Runtime {
  return { db, registry: registryOf(resources), now, newId, log, traced };
}
type RuntimeGiven = Pick<Runtime, 'db'> & { readonly resources: readonly Resource[] } & { readonly [K in 'now' | 'newId' | 'log' | 'traced']?: Runtime[K] | undefined };

function print({ error, ...entry }: LogEntry): void {
  console[entry.level](JSON.stringify({ ...entry, error: error instanceof Error ? error.stack ?? error.message : error && String(error) }));
}
