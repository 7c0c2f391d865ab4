// Who may do an operation, and which rows exist for them. A set of roles is settled once, into no, yes, or what is left to ask of the row: as SQL, as a
// test of a record, by the project's own code. A predicate of the firewall whose context value is missing refuses the request; it is never skipped.
import type { Columns } from './columns.ts';
import { conditionOf, every, FALSE, isRef, some, TRUE, whereOf, type RawRow, type Sql } from './conditions.ts';
import { contextValue, forCode, hasRole, hasUserRole, perCaller, type AnyContext } from './context.ts';
import { fail, fault } from './errors.ts';
import type { Access, AnyRow, Rows } from './policy.ts';

export type Gate = ReturnType<typeof gateOf>;
/** What an admitted caller may: all rows, or those that satisfy what is left. */
interface Rest {
  /** The rows; undefined where only the project's code can say. */
  readonly rows: Sql | undefined;
  /** Asks that code, once and without a row. */ //: check
  readonly filter?: ((ctx: AnyContext) => Promise<Sql>) | undefined; //: check
  /** May the caller do it to this row? `record` is the row as code sees it. */
  test(row: RawRow, record: AnyRow | undefined, ctx: AnyContext): Promise<boolean>;
}
/** `id` is different for every grant that differs: a key for prepared statements. */
export type Grant = Rest & { readonly id: number };
/** A rule, prepared. Without a session a condition or a function admits only beside PUBLIC: `open` says that PUBLIC stands beside it. */
interface Rule {
  settle(ctx: AnyContext, open: boolean): Rest | boolean;
  /** Whether PUBLIC, or roles in its place, stands in it without a condition of its own. */
  admitsAll(ctx: AnyContext): boolean;
  readonly roles?: readonly string[];
  readonly userRoles?: readonly string[]; //: admin
}

let grants = 0;
const EVERYTHING: Rest = { rows: TRUE, test: async () => true };

/** Prepares an access rule. Throws at load when the rule is not understood. */
export function gateOf(columns: Columns, access: Access<AnyRow>, about: string) {
  const rule = ruleOf(columns, access, about);
  const may = perCaller((ctx): Grant | false => {
    const rest = rule.settle(ctx, false);
    return rest && { ...(rest === true ? EVERYTHING : rest), id: ++grants };
  });
  /** The role part: `admit` throws AUTH_MISSING, ACCESS_ROLE_REQUIRED or ACCESS_ADMIN_REQUIRED where `may` says false. */
  return { may, admit: (ctx: AnyContext): Grant => may(ctx) || refuse(rule, ctx) };
}

function ruleOf(columns: Columns, access: Access<AnyRow>, about: string): Rule {
  const keys = Object.keys(access), { roles, where, any: some, all } = access;
  if (keys.length !== 1) fault(`${about}: one key in each access object, not ${keys.join(', ') || 'none'}`);
  const list = <T>(values: readonly T[]): readonly T[] => (Array.isArray(values) && values.length ? values : fault(`${about}: an empty list grants nobody`));
  if (roles) return { roles: list(roles), ...byCaller((ctx) => hasRole(ctx, roles)) };
  const { userRole } = access; //: admin
  if (userRole) return { userRoles: list(userRole), ...byCaller((ctx) => hasUserRole(ctx, userRole)) }; //: admin
  if (where) {
    const { sql, js } = whereOf(columns, where, about);
    return byRow({ rows: sql, test: async (row, _, ctx) => js(row, ctx) });
  }
  if (typeof access.check === 'function') return byRow(byCode(access.check)); //: check
  const parts = list(some ?? all ?? fault(`${about}: unknown access ${keys.join()}`)).map((part) => ruleOf(columns, part, about));
  return combination(parts, some !== undefined);
}

const byCaller = (holds: (ctx: AnyContext) => boolean): Rule => ({ settle: holds, admitsAll: holds });
const byRow = (rest: Rest): Rule => ({ settle: (ctx, open) => (ctx.authenticated || open) && rest, admitsAll: () => false });

function byCode(check: NonNullable<Access<AnyRow>['check']>): Rest {
  const ask = async (ctx: AnyContext, record: AnyRow | undefined): Promise<boolean> => (await check(forCode(ctx), record)) === true; // a truthy object is no yes
  return { rows: undefined, filter: async (ctx) => ((await ask(ctx, undefined)) ? TRUE : FALSE), test: (_, record, ctx) => ask(ctx, record) };
}

function combination(parts: readonly Rule[], union: boolean): Rule {
  const settle: Rule['settle'] = (ctx, open) => {
    const beside = open || (!union && parts.some((p) => p.admitsAll(ctx)));
    const left = parts.map((p) => p.settle(ctx, beside)).filter((rest) => rest !== !union);
    if (left.some((rest) => rest === union)) return union;
    return left.length ? combined(left as Rest[], union) : !union;
  };
  return {
    settle, admitsAll: (ctx) => (union ? settle(ctx, false) === true : parts.some((p) => p.admitsAll(ctx))),
    roles: parts.flatMap((p) => p.roles ?? []),
    userRoles: parts.flatMap((p) => p.userRoles ?? []), //: admin
  };
}

function combined(parts: readonly Rest[], union: boolean): Rest {
  const join = union ? some : every, rows = parts.flatMap((p) => p.rows ?? []), known = rows.length === parts.length;
  return {
    rows: known ? join(rows) : undefined,
    filter: known ? undefined : async (ctx) => join(await filtersOf(parts, ctx)), //: check
    async test(row, record, ctx) {
      for (const part of parts) if ((await part.test(row, record, ctx)) === union) return union;
      return !union;
    },
  };
}

/** What the parts say of all rows: the project's code is asked one after the other. */
async function filtersOf(parts: readonly Rest[], ctx: AnyContext): Promise<readonly Sql[]> {
  const asked: Sql[] = [];
  for (const { rows, filter } of parts) asked.push(rows ?? (await filter?.(ctx)) ?? FALSE);
  return asked;
}

function refuse(rule: Rule, ctx: AnyContext): never {
  if (!ctx.authenticated) fail('AUTH_MISSING');
  if (!rule.roles?.length && rule.userRoles?.length) fail('ACCESS_ADMIN_REQUIRED'); //: admin
  fail('ACCESS_ROLE_REQUIRED', { required: [...new Set(rule.roles)], current: ctx.roles });
}

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
  if (path === 'activeTeamId') fail('ACCESS_NO_ORG', { missing: path }, { error: 'No active team', hint: 'Choose a team of the active organization for this session' }); //: teams
  fail('ACCESS_NO_ORG', { missing: path }, { error: `No ${path} in this session` });
}
