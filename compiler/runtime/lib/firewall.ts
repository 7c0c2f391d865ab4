// Which rows exist for a caller. A predicate whose context value is missing refuses the request; it is never skipped.
import type { Columns } from './columns.ts';
import { conditionOf, every, isRef, type RawRow } from './conditions.ts';
import { contextValue, hasRole, perCaller, type AnyContext } from './context.ts';
import { fail, fault } from './errors.ts';
import type { AnyRow, Rows } from './policy.ts';

export type Firewall = ReturnType<typeof firewallOf>;
export type Wall = ReturnType<Firewall['wall']>;
let walls = 0;

/** Prepares the `rows` of a policy. Throws at load when they are not understood. */
export function firewallOf(columns: Columns, rows: Rows<AnyRow>, about: string) {
  const predicates = rows === 'unscoped' ? [] : Object.entries(rows).map(([name, rule]) => {
    const { unless = [], ...condition } = rule ?? {};
    return {
      test: conditionOf(columns.get(name) ?? fault(`${about}: no column ${name}`), condition, `${about}.${name}`), unless,
      needs: Object.values(condition).flat().filter(isRef).map((ref) => ref.slice(5)).filter((path) => path !== 'roles'),
    };
  });
  if (rows !== 'unscoped' && !predicates.length) fault(`${about}: no predicate; a table without any is 'unscoped'`);
  const wall = perCaller((ctx) => {
    const active = predicates.filter((p) => !p.unless.length || !hasRole(ctx, p.unless)), needs = active.flatMap((p) => p.needs);
    return {
      /** Different for every wall that differs: a key for prepared statements. */
      id: ++walls,
      where: every(active.map((p) => p.test.sql)),
      holds: (row: RawRow, who: AnyContext): boolean => active.every((p) => p.test.js(row, who)),
      /** The context value without which there is no answer; the organisation before all others. */
      missing: (who: AnyContext) => ['activeOrgId', ...needs].find((path) => needs.includes(path) && contextValue(who, path) === undefined),
    };
  });
  return {
    /** Does a scope depend on the active organisation? */
    organisation: predicates.some((p) => p.needs.includes('activeOrgId')),
    /** The predicates that hold for one set of roles, whether or not the context has what they need. */
    wall,
    /** The same. Throws ACCESS_NO_ORG or AUTH_MISSING when a value is missing. */
    enter(ctx: AnyContext) {
      const found = wall(ctx), path = found.missing(ctx);
      return path === undefined ? found : missing(ctx, path);
    },
  };
}

/** Answers for a context value that the firewall needs and the session has not. */
export function missing(ctx: AnyContext, path: string): never {
  if (!ctx.authenticated) fail('AUTH_MISSING');
  if (path === 'activeOrgId') fail('ACCESS_NO_ORG');
  if (path === 'activeTeamId') fail('ACCESS_NO_ORG', { missing: path }, { error: 'No active team', hint: 'Choose a team of the active organization for this session' });
  fail('ACCESS_NO_ORG', { missing: path }, { error: `No ${path} in this session` });
}
