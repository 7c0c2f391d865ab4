// What the gate knows of each table: its rule as SQL, what an insert is stamped with, which columns no handler writes. It reads the same policy
// as the CRUD routes, through the same firewall. `any` stands where Drizzle's own types do not describe its tables, columns and aliases.
import { getTableName, is, Param, sql, type SQL, Table, View } from 'drizzle-orm';
import { alias } from 'drizzle-orm/sqlite-core';
import { firewallOf, type Firewall } from './access.ts';
import { quote } from './columns.ts';
import { bind } from './conditions.ts';
import type { AnyContext } from './context.ts';
import type { Resource } from './resource.ts';
import type { Runtime } from './routes.ts';
import { Refused } from './transaction.ts';
import { scopes, stamps, type Values } from './write.ts';

/** Who asks, and what the action may do; its name is for protected columns. */
export interface Call { readonly ctx: AnyContext; readonly action?: string; readonly rawSql?: boolean }

/** A table with its policy, read once. */
type Guarded = ReturnType<typeof guarded>;
export type Tables = ReadonlyMap<object, Guarded>;

/** Aliases are proxies that forward unknown symbols to their table: the table itself under a symbol survives alias(), a look-alike has none. */
export const SELF = Symbol.for('qbls.table');
/** Columns that the gate writes itself, whatever an update says of them. */
const STAMPED = ['modifiedAt', 'modifiedBy'];

/** Reads the policies of a runtime's registry. */
export function guardedTables(runtime: Pick<Runtime, 'registry'>): Tables {
  return new Map([...runtime.registry.values()].map((resource) => {
    Object.defineProperty(resource.table, SELF, { value: resource.table, configurable: true });
    return [resource.table, guarded(resource)] as const;
  }));
}

function guarded(resource: Resource) {
  const { columns, policy, audit, scopes, key } = resource, walls = new Map<string, Firewall>();
  const nulled = Object.entries(policy.rows === 'unscoped' ? {} : policy.rows).flatMap(([name, rule]) => (rule?.isNull === true ? [name] : []));
  return {
    resource,
    soft: policy.delete !== 'hard' && audit.has('deletedAt'),
    /** Columns that no update may name. */
    managed: new Set([...scopes.keys(), ...nulled, ...[...audit].filter((name) => !STAMPED.includes(name)), ...(key ? [key.name] : [])]),
    firewall(qualifier: string): Firewall {
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
  constructor(private readonly tables: Tables, readonly runtime: Runtime, readonly call: Call) {}

  /** The policy of a table or its alias. Throws Refused for tables and views without one. */
  of(table: any): Guarded {
    const found = is(table, View) ? undefined : this.tables.get(table?.[SELF]);
    if (!found) throw new Refused(`${is(table, Table) ? `table "${getTableName(table)}"` : 'what is no table'} is not in the policy`);
    return found;
  }

  /** The condition that the caller's rows of this table, or of this alias of it, meet. Throws the API's own error when the context lacks a value. */
  rule(table: any): SQL | undefined {
    const { resource, firewall } = this.of(table), { ctx } = this.call;
    if (resource.policy.rows === 'unscoped') return undefined;
    const { where } = firewall(quote(getTableName(table))).enter(ctx), pieces = where.text.split('?'), values = bind(where, ctx);
    if (pieces.length !== values.length + 1) throw new Error('a condition has other than one ? per parameter');
    return sql.join(pieces.flatMap((piece, i) => (i === 0 ? [sql.raw(piece)] : [sql`${values[i - 1]}`, sql.raw(piece)])));
  }

  /** The condition that a foreign key's target, as the caller sees it, has this key. */
  target(table: any, column: string, value: SQL): SQL | undefined {
    const target = this.runtime.registry.get(this.of(table).resource.policy.references?.[column] ?? '');
    if (!target?.key) return undefined;
    const aliased: any = alias(target.table as never, '$target'), rule = this.rule(aliased);
    return sql`exists (select 1 from ${target.table as Table} ${sql.identifier('$target')} where ${aliased[target.key.name]} = ${value}${rule ? sql` and (${rule})` : sql``})`;
  }

  /** What an insert writes whatever the handler says. */
  inserted(table: any): Record<string, SQL> {
    const { resource, managed } = this.of(table), { ctx } = this.call, closed = [...managed].filter((name) => name !== resource.key?.name);
    return params({ ...Object.fromEntries(closed.map((name) => [name, null])), ...scopes(resource, ctx), ...stamps(resource, ctx, this.runtime.now(), 'created', 'modified') });
  }

  /** What an update, or a soft delete, writes besides. */
  updated(table: any, ...what: readonly 'deleted'[]): Record<string, SQL> {
    return params(stamps(this.of(table).resource, this.call.ctx, this.runtime.now(), 'modified', ...what));
  }

  /** A key for a row that has none, unless the database makes it. */
  newKey(table: any, row: Values): Record<string, SQL> {
    const { key, policy: { id } } = this.of(table).resource, value = key && id && absent(row[key.name]) ? this.runtime.newId(id) : undefined;
    return key && value !== undefined ? params({ [key.name]: value }) : {};
  }

  /** Throws Refused for what is no column: Drizzle would leave it out without a word, and the handler would take it for written. */
  mustHave(table: any, names: readonly string[]): void {
    const { columns, name } = this.of(table).resource, unknown = names.filter((n) => !columns.has(n));
    if (unknown.length) throw new Refused(`${name} has no column ${unknown.join(', ')}`);
  }

  /** Throws Refused when an update names what is no column, or what only the system, or another action, writes. */
  mayUpdate(table: any, names: readonly string[]): void {
    this.mustHave(table, names);
    const { resource: { name: of, audit, columns, policy: { write } }, managed } = this.of(table), { action } = this.call;
    for (const name of names) {
      if (audit.has(name) && STAMPED.includes(name)) continue;
      if (columns.get(name)?.generated) throw new Refused(`column ${name} of ${of} is computed by the database`);
      if (managed.has(name)) throw new Refused(`column ${name} of ${of} is managed by the system`);
      const allowed = typeof write === 'object' ? write.protected?.[name] : undefined;
      if (allowed === undefined || (action !== undefined && (allowed === 'any' || allowed.includes(action)))) continue;
      throw new Refused(`GUARD_FIELD_PROTECTED: column ${name} of ${of} is protected: ${allowed === 'any' ? 'an action' : allowed.join(', ')} may change it, ${action ?? 'this'} may not`);
    }
  }
}

/** Whether a builder was given no value. */
export const absent = (value: unknown): boolean => value === undefined || (is(value, Param) && value.value === undefined);

function params(values: Values): Record<string, SQL> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, sql`${value}`]));
}
