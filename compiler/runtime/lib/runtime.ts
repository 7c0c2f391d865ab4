// What a resource needs from outside: a database, the other resources, a clock, names. Tests inject all of it.
import type { AnyContext } from './context.ts';
import type { Driver } from './driver.ts';
import { newId } from './ids.ts';
import type { IdRule } from './policy.ts';
import type { Resource } from './resource.ts';

export type Registry = ReadonlyMap<string, Resource>;

/** A line for the log: never a value of a row. */
export interface LogEntry {
  readonly level: 'error' | 'warn' | 'info';
  readonly message: string;
  readonly requestId?: string;
  readonly error?: unknown;
  readonly [detail: string]: unknown;
}
/** Something that must leave a trace: calls to PUBLIC writes and actions, and of unsafe actions. One call says when it begins and how it ended. */
export interface AuditEvent {
  /** Of the call: what is said of it later belongs to the same row. */
  readonly id: string;
  readonly event: string;
  readonly resource: string;
  readonly operation: string;
  readonly ctx: AnyContext;
  readonly requestId?: string;
  readonly method?: string;
  readonly outcome: 'begun' | 'success' | 'denied' | 'error';
  readonly recordId?: string;
  /** Of unsafe actions: why, and whose rows. */
  readonly reason?: string;
  readonly targetScope?: string;
  readonly targetOrgId?: string;
  /** How many rows a successful action answered with. */
  readonly rowCount?: number;
  readonly errorCode?: string;
  readonly errorMessage?: string;
}

export interface Runtime {
  readonly db: Driver;
  readonly registry: Registry;
  now(): Date;
  /** A fresh id; undefined where the database or the client makes it. */
  newId(rule: IdRule): string | undefined;
  log(entry: LogEntry): void;
  audit(event: AuditEvent): void | Promise<void>;
  readonly etag: boolean;
}

/** The resources by name. Throws when a name is taken twice, or a policy refers to a table or column that is not here. */
export function registryOf(resources: readonly Resource[]): Registry {
  const registry = new Map(resources.map((r) => [r.name, r]));
  if (registry.size !== resources.length) throw new Error('two tables have the same name');
  for (const { name, policy } of resources) {
    for (const [column, target] of Object.entries(policy.references ?? {})) {
      if (target !== undefined && !registry.get(target)?.key) throw new Error(`${name}.${column}: no table ${target} with a primary key`);
    }
    for (const [child, links] of Object.entries(policy.cascades ?? {})) {
      if (!Array.isArray(links) || !links.length) throw new Error(`${name}: no list of keys of ${child} to cascade to`);
      for (const column of links) if (!registry.get(child)?.columns.has(column)) throw new Error(`${name}: no ${child}.${column} to cascade to`);
    }
  }
  return registry;
}

/** A runtime with what is not given taken from the platform. Throws when the resources do not fit together. */
export function createRuntime(given: Pick<Runtime, 'db'> & { readonly resources: readonly Resource[] } & Partial<Omit<Runtime, 'registry'>>): Runtime {
  const { resources, ...rest } = given;
  return {
    registry: registryOf(resources),
    now: () => new Date(),
    newId,
    log: ({ level, ...entry }) => { console[level](JSON.stringify({ level, ...entry, error: describeError(entry.error) })); },
    audit: () => {},
    etag: true,
    ...rest,
  };
}

function describeError(error: unknown): string | undefined {
  return error instanceof Error ? (error.stack ?? error.message) : error === undefined ? undefined : String(error);
}
