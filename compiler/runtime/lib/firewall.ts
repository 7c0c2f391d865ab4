// Which rows exist for a caller. A predicate whose context value is missing refuses the request; it is never skipped.
import type { Columns } from './columns.ts';
import { conditionOf, every, isRef, type RawRow, type Sql } from './conditions.ts';
import { contextValue, hasRole, perCaller, type AnyContext } from './context.ts';
import { fail } from './errors.ts';
import type { AnyRow, Rows } from './policy.ts';

/** The predicates that hold for one set of roles. */
export interface Wall {
  /** Different for every wall that differs: a key for prepared statements. */
  readonly id: number;
  readonly where: Sql;
  readonly holds: (row: RawRow, ctx: AnyContext) => boolean;
  /** The context value without which there is no answer; the organisation before all others. */
  readonly missing: (ctx: AnyContext) => string | undefined;
}
export interface Firewall {
  /** Does a scope depend on the active organisation? */
  readonly organisation: boolean;
  /** The wall for a caller, whether or not the context has what it needs. */
  wall(ctx: AnyContext): Wall;
  /** The wall for a caller. Throws ACCESS_NO_ORG or AUTH_MISSING when a value is missing. */
  enter(ctx: AnyContext): Wall;
}
let walls = 0;

/** Prepares the `rows` of a policy. Throws at load when they are not understood. */
export function firewallOf(columns: Columns, rows: Rows<AnyRow>, about: string): Firewall {
  const predicates = rows === 'unscoped' ? [] : Object.entries(rows).map(([name, rule]) => {
    const column = columns.get(name);
    if (!column || !rule) throw new Error(`${about}: no column ${name}`);
    const { unless = [], ...condition } = rule;
    return {
      test: conditionOf(column, condition, `${about}.${name}`), unless,
      needs: Object.values(condition).flat().filter(isRef).map((ref) => ref.slice(5)).filter((path) => path !== 'roles'),
    };
  });
  if (rows !== 'unscoped' && !predicates.length) throw new Error(`${about}: no predicate; a table without any is 'unscoped'`);
  const wall = perCaller((ctx): Wall => {
    const active = predicates.filter((p) => !p.unless.length || !hasRole(ctx, p.unless)), needs = active.flatMap((p) => p.needs);
    return {
      id: ++walls,
      where: every(active.map((p) => p.test.sql)),
      holds: (row, who) => active.every((p) => p.test.js(row, who)),
      missing: (who) => ['activeOrgId', ...needs].find((path) => needs.includes(path) && contextValue(who, path) === undefined),
    };
  });
  const enter = (ctx: AnyContext): Wall => {
    const found = wall(ctx), path = found.missing(ctx);
    return path === undefined ? found : missing(ctx, path);
  };
  return { organisation: predicates.some((p) => p.needs.includes('activeOrgId')), wall, enter };
}

/** Answers for a context value that the firewall needs and the session has not. */
export function missing(ctx: AnyContext, path: string): never {
  if (!ctx.authenticated) fail('AUTH_MISSING');
  if (path === 'activeOrgId') fail('ACCESS_NO_ORG');
  if (path === 'activeTeamId') fail('ACCESS_NO_ORG', { missing: path }, { error: 'No active team', hint: 'Choose a team of the active organization for this session' });
  fail('ACCESS_NO_ORG', { missing: path }, { error: `No ${path} in this session` });
}
