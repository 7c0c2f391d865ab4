// What the gate knows of each table: its rule as SQL, what an insert is stamped with, which columns no handler writes. It reads the same policy
// as the CRUD routes, through the same firewall.
// `any` stands where Drizzle's own types do not describe its tables, columns and aliases.
import { getTableName, is, sql, type SQL, Table, View } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import { contextValue, type AnyContext } from './context.ts';
import { firewallOf, missing, type Firewall } from './firewall.ts';
import { stored } from './operators.ts';
import type { Resource } from './resource.ts';
import type { Runtime } from './runtime.ts';
import { bind, type Sql } from './sql.ts';
import { Refused } from './transaction.ts';

/** Who asks, and what the action may do. */
export interface Call {
  readonly ctx: AnyContext;
  /** The action's name, for protected columns. */
  readonly action?: string;
  readonly rawSql?: boolean;
}

/** A table with its policy, read once. */
export interface Guarded {
  readonly resource: Resource;
  readonly soft: boolean;
  /** Scope column → context path it is stamped from. */
  readonly scope: readonly (readonly [string, string])[];
  /** Columns that no update may name. */
  readonly managed: ReadonlySet<string>;
  /** Columns that the database computes. */
  readonly computed: ReadonlySet<string>;
  /** Columns that the gate writes itself, whatever an update says of them. */
  readonly stamped: ReadonlySet<string>;
  firewall(qualifier: string): Firewall;
}

/** Aliases are proxies that forward unknown symbols to their table: the table itself under a symbol survives alias(), a look-alike has none. */
const SELF = Symbol.for('qbls.table');
const CREATED = ['createdAt', 'createdBy'], MODIFIED = ['modifiedAt', 'modifiedBy'], DELETED = ['deletedAt', 'deletedBy'];

/** All tables that have a policy. */
export type Tables = ReadonlyMap<object, Guarded>;

/** Reads the policies of a runtime's registry. */
export function guardedTables(runtime: Pick<Runtime, 'registry'>): Tables {
  return new Map([...runtime.registry.values()].map((resource) => {
    Object.defineProperty(resource.table, SELF, { value: resource.table, configurable: true });
    return [resource.table, guarded(resource)] as const;
  }));
}

function guarded(resource: Resource): Guarded {
  const { columns, policy } = resource, rows = policy.rows === 'unscoped' ? {} : policy.rows;
  const has = (names: readonly string[]): string[] => (policy.audit === false ? [] : names.filter((n) => columns.has(n)));
  const scope = [...resource.scopes];
  const nulled = Object.entries(rows).flatMap(([name, rule]) => (rule?.isNull === true ? [name] : []));
  const walls = new Map<string, Firewall>();
  return {
    resource, scope,
    soft: policy.delete !== 'hard' && has(['deletedAt']).length > 0,
    computed: new Set([...columns.values()].filter((c) => c.generated).map((c) => c.name)),
    managed: new Set([...scope.map(([name]) => name), ...nulled, ...has(CREATED), ...has(DELETED), ...(resource.key ? [resource.key.name] : [])]),
    stamped: new Set(has(MODIFIED)),
    firewall(qualifier) {
      const known = walls.get(qualifier);
      if (known) return known;
      const qualified = new Map([...columns].map(([name, column]) => [name, { ...column, sql: `${qualifier}.${column.sql}` }]));
      const made = firewallOf(qualified, policy.rows, `${resource.name}.rows`);
      if (walls.size < 64) walls.set(qualifier, made);
      return made;
    },
  };
}

/** The tables as one call sees them. */
export class Caller {
  constructor(private readonly tables: Tables, private readonly runtime: Runtime, readonly call: Call) {}

  /** The policy of a table or its alias. Throws Refused for tables and views without one. */
  of(table: any): Guarded {
    const found = is(table, View) ? undefined : this.tables.get(table?.[SELF]);
    if (!found) throw new Refused(`${is(table, View) ? 'a view' : `table "${is(table, Table) ? getTableName(table) : '?'}"`} is not in the policy`);
    return found;
  }

  /** The condition that the caller's rows of this table, or of this alias of it, meet. Throws the API's own error when the context lacks a value. */
  rule(table: any): SQL | undefined {
    const guardedTable = this.of(table);
    if (guardedTable.resource.policy.rows === 'unscoped') return undefined;
    const wall = guardedTable.firewall(`"${getTableName(table).replaceAll('"', '""')}"`).enter(this.call.ctx);
    return expression(wall.where, this.call.ctx);
  }

  /** The condition that a foreign key's target, as the caller sees it, has this key. */
  target(table: any, column: string, value: SQL): SQL | undefined {
    const name = this.of(table).resource.policy.references?.[column];
    const target = name === undefined ? undefined : this.runtime.registry.get(name);
    if (!target?.key) return undefined;
    const aliased: any = alias(target.table as never, '$target');
    const rule = this.rule(aliased);
    return sql`exists (select 1 from ${target.table as Table} ${sql.identifier('$target')} where ${aliased[target.key.name]} = ${value}${rule ? sql` and (${rule})` : sql``})`;
  }

  /** What an insert writes whatever the handler says. */
  inserted(table: any): Record<string, SQL> {
    const { resource, scope, managed } = this.of(table), { columns, policy } = resource, out: Record<string, SQL> = {};
    for (const name of managed) if (name !== resource.key?.name) out[name] = sql`null`;
    for (const [name, path] of scope) {
      const column = columns.get(name), value = contextValue(this.call.ctx, path);
      if (!column || value === undefined) missing(this.call.ctx, path);
      out[name] = sql`${stored(column, value)}`;
    }
    return policy.audit === false ? out : { ...out, ...this.stamps(table, [...CREATED, ...MODIFIED]) };
  }

  /** What an update writes besides. */
  updated(table: any): Record<string, SQL> {
    return this.of(table).resource.policy.audit === false ? {} : this.stamps(table, MODIFIED);
  }

  /** What a soft delete writes. */
  deleted(table: any): Record<string, SQL> {
    return { ...this.updated(table), ...this.stamps(table, DELETED) };
  }

  /** A key for a row that has none; undefined when the database or the handler names it. */
  newKey(table: any): SQL | undefined {
    const { policy } = this.of(table).resource, value = policy.id && this.runtime.newId(policy.id);
    return value === undefined ? undefined : sql`${value}`;
  }

  /** Throws Refused for what is no column: Drizzle would leave it out without a word, and the handler would take it for written. */
  mustHave(table: any, names: readonly string[]): void {
    const { columns, name } = this.of(table).resource, unknown = names.filter((n) => !columns.has(n));
    if (unknown.length) throw new Refused(`${name} has no column ${unknown.join(', ')}`);
  }

  /** Throws Refused when an update names what is no column, or what only the system, or another action, writes. */
  mayUpdate(table: any, names: readonly string[]): void {
    const { resource, managed, computed } = this.of(table);
    const write = resource.policy.write;
    this.mustHave(table, names);
    for (const name of names) {
      if (computed.has(name)) throw new Refused(`column ${name} of ${resource.name} is computed by the database`);
      if (managed.has(name)) throw new Refused(`column ${name} of ${resource.name} is managed by the system`);
      const allowed = write === undefined || write === 'open' ? undefined : write.protected?.[name];
      if (allowed === undefined || (this.call.action !== undefined && (allowed === 'any' || allowed.includes(this.call.action)))) continue;
      throw new Refused(`GUARD_FIELD_PROTECTED: column ${name} of ${resource.name} is protected: ${allowed === 'any' ? 'an action' : allowed.join(', ')} may change it, ${this.call.action ?? 'this'} may not`);
    }
  }

  private stamps(table: any, names: readonly string[]): Record<string, SQL> {
    const { columns } = this.of(table).resource, now = this.runtime.now().toISOString();
    return Object.fromEntries(names.flatMap((name) => {
      const column = columns.get(name);
      if (!column) return [];
      const value = name.endsWith('At') ? stored(column, now) : this.call.ctx.userId;
      return [[name, sql`${value ?? null}`]];
    }));
  }
}

/** The library's own SQL as Drizzle's. */
function expression(where: Sql, ctx: AnyContext): SQL {
  const pieces = where.text.split('?'), values = bind(where, ctx);
  if (pieces.length !== values.length + 1) throw new Error('a condition has other than one ? per parameter');
  return sql.join(pieces.flatMap((piece, i) => (i === 0 ? [sql.raw(piece)] : [sql`${values[i - 1]}`, sql.raw(piece)])));
}
