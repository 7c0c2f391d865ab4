// Which rows exist for a caller. A predicate whose context value is missing refuses the request; it is never skipped.
import { hasRole, perCaller } from './caller.ts';
import { conditionOf, type RawRow, type Test } from './conditions.ts';
import { contextValue, type AnyContext } from './context.ts';
import type { Columns } from './columns.ts';
import { fail } from './errors.ts';
import type { AnyRow, RowCondition, Rows } from './policy.ts';
import { every, isRef, type Sql } from './sql.ts';

/** The predicates that hold for one set of roles. */
export interface Wall {
  /** Different for every wall that differs: a key for prepared statements. */
  readonly id: number;
  readonly where: Sql;
  readonly holds: (row: RawRow, ctx: AnyContext) => boolean;
  /** Context paths without which there is no answer. */
  readonly needs: readonly string[];
}
export interface Firewall {
  /** Does a scope depend on the active organisation? */
  readonly organisation: boolean;
  /** The wall for a caller, whether or not the context has what it needs. */
  wall(ctx: AnyContext): Wall;
  /** The wall for a caller. Throws ACCESS_NO_ORG or AUTH_MISSING when a value is missing. */
  enter(ctx: AnyContext): Wall;
}

interface Predicate {
  readonly test: Test;
  readonly needs: readonly string[];
  readonly unless: readonly string[];
}
let walls = 0;

/** Prepares the `rows` of a policy. Throws at load when they are not understood. */
export function firewallOf(columns: Columns, rows: Rows<AnyRow>, about: string): Firewall {
  const predicates = rows === 'unscoped' ? [] : Object.entries(rows).map(([name, rule]) => predicate(columns, name, rule, about));
  if (rows !== 'unscoped' && !predicates.length) throw new Error(`${about}: no predicate; a table without any is 'unscoped'`);
  const wall = perCaller((ctx): Wall => {
    const active = predicates.filter((p) => !p.unless.length || !hasRole(ctx, p.unless));
    return {
      id: ++walls,
      where: every(active.map((p) => p.test.sql)),
      holds: (row, who) => active.every((p) => p.test.js(row, who)),
      needs: [...new Set(active.flatMap((p) => p.needs))],
    };
  });
  const enter = (ctx: AnyContext): Wall => {
    const found = wall(ctx);
    for (const path of found.needs) if (contextValue(ctx, path) === undefined) missing(ctx, path);
    return found;
  };
  return { organisation: predicates.some((p) => p.needs.includes('activeOrgId')), wall, enter };
}

function predicate(columns: Columns, name: string, rule: RowCondition<NonNullable<unknown>> | undefined, about: string): Predicate {
  const column = columns.get(name);
  if (!column || !rule) throw new Error(`${about}: no column ${name}`);
  const operands = Object.entries(rule).filter(([key]) => key !== 'unless').flatMap(([, value]): readonly unknown[] => (Array.isArray(value) ? value : [value]));
  return {
    test: conditionOf(column, rule as Readonly<Record<string, unknown>>, `${about}.${name}`),
    needs: operands.filter((o) => isRef(o)).map((o) => o.slice(5)).filter((path) => path !== 'roles'),
    unless: rule.unless ?? [],
  };
}

/** Answers for a context value that the firewall needs and the session has not. */
export function missing(ctx: AnyContext, path: string): never {
  if (!ctx.authenticated) fail('AUTH_MISSING');
  if (path === 'activeOrgId') fail('ACCESS_NO_ORG');
  fail('ACCESS_NO_ORG', { missing: path }, { error: `No ${path} in this session` });
}
