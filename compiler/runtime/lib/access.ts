// Who may do an operation. The role part is settled once per set of roles, into no, yes, or what is left to ask of the
// row: a WHERE clause for lists, a test for a single record, a function of the project for both.
import { hasRole, hasUserRole, perCaller } from './caller.ts';
import { whereOf, type RawRow, type Test } from './conditions.ts';
import { forCode, type AnyContext } from './context.ts';
import type { Columns } from './columns.ts';
import { fail } from './errors.ts';
import type { Access, AccessFunction, AnyRow } from './policy.ts';
import { every, FALSE, some, TRUE, type Sql } from './sql.ts';

type OfRow = { readonly kind: 'where'; readonly test: Test } | { readonly kind: 'check'; readonly code: AccessFunction<AnyRow> };
type Tree =
  | { readonly kind: 'roles' | 'userRole'; readonly names: readonly string[] }
  | OfRow
  | { readonly kind: 'any' | 'all'; readonly parts: readonly Tree[] };
/** What is left of a tree when the roles are known. */
type Rest = boolean | OfRow | { readonly kind: 'any' | 'all'; readonly parts: readonly Rest[] };

/** The access of one operation. */
export interface Gate {
  /** The role part. Throws AUTH_MISSING, ACCESS_ROLE_REQUIRED or ACCESS_ADMIN_REQUIRED. */
  admit(ctx: AnyContext): Grant;
}
/** An admitted caller's right: to all rows, or to those that satisfy what is left. */
export interface Grant {
  /** Different for every grant that differs: a key for prepared statements. */
  readonly id: number;
  /** The rows, as far as SQL can say; with `code` ask `filter` instead. */
  readonly rows: Sql;
  readonly code: boolean;
  /** The rows of a list: functions are asked once, without a row. */
  filter(ctx: AnyContext): Promise<Sql>;
  /** May the caller do it to this row? */
  test(row: RawRow, record: AnyRow | undefined, ctx: AnyContext): boolean | Promise<boolean>;
}

let grants = 0;

/** Prepares an access rule. No rule admits nobody. Throws at load when the rule is not understood. */
export function gateOf(columns: Columns, access: Access<AnyRow> | undefined, about: string): Gate {
  const tree: Tree = access ? compile(columns, access, about) : { kind: 'any', parts: [] };
  const admit = perCaller((ctx): Grant | false => {
    const rest = settle(tree, ctx, false);
    return rest === false ? false : grantOf(rest);
  });
  return { admit: (ctx) => admit(ctx) || refuse(tree, ctx) };
}

function compile(columns: Columns, access: Access<AnyRow>, about: string): Tree {
  const keys = Object.keys(access);
  if (keys.length !== 1) throw new Error(`${about}: one key in each access object, not ${keys.join(', ') || 'none'}`);
  const list = <T>(values: readonly T[]): readonly T[] => {
    if (!Array.isArray(values) || !values.length) throw new Error(`${about}: an empty list grants nobody`);
    return values;
  };
  if (access.roles) return { kind: 'roles', names: list(access.roles) };
  if (access.userRole) return { kind: 'userRole', names: list(access.userRole) };
  if (access.where) return { kind: 'where', test: whereOf(columns, access.where, about) };
  if (access.any) return { kind: 'any', parts: list(access.any).map((a) => compile(columns, a, about)) };
  if (access.all) return { kind: 'all', parts: list(access.all).map((a) => compile(columns, a, about)) };
  if (typeof access.check === 'function') return { kind: 'check', code: access.check };
  throw new Error(`${about}: unknown access ${keys.join()}`);
}

/** Without a session a condition or a function admits only beside PUBLIC: `open` says that PUBLIC stands beside it. */
function settle(tree: Tree, ctx: AnyContext, open: boolean): Rest {
  switch (tree.kind) {
    case 'roles': return hasRole(ctx, tree.names);
    case 'userRole': return hasUserRole(ctx, tree.names);
    case 'where': case 'check': return ctx.authenticated || open ? tree : false;
    case 'any': {
      const rest = tree.parts.map((p) => settle(p, ctx, open)).filter((p) => p !== false);
      return rest.includes(true) ? true : rest.length > 0 && { kind: 'any', parts: rest };
    }
    case 'all': {
      const beside = open || tree.parts.some((p) => admitsAll(p, ctx));
      const rest = tree.parts.map((p) => settle(p, ctx, beside)).filter((p) => p !== true);
      return rest.includes(false) ? false : rest.length === 0 || { kind: 'all', parts: rest };
    }
  }
}

/** Whether PUBLIC, or roles in its place, stands in a conjunction without a condition of its own. */
function admitsAll(tree: Tree, ctx: AnyContext): boolean {
  return tree.kind === 'all' ? tree.parts.some((p) => admitsAll(p, ctx)) : settle(tree, ctx, false) === true;
}

function grantOf(rest: Rest): Grant {
  const code = hasCode(rest);
  return {
    id: ++grants,
    rows: code ? FALSE : sqlOf(rest),
    code,
    filter: async (ctx) => sqlOf(await answered(rest, ctx)),
    test: (row, record, ctx) => (code ? testWithCode(rest, row, record, ctx) : test(rest, row, ctx)),
  };
}

function hasCode(rest: Rest): boolean {
  return typeof rest === 'object' && (rest.kind === 'check' || ('parts' in rest && rest.parts.some((p) => hasCode(p))));
}

function sqlOf(rest: Rest): Sql {
  if (typeof rest === 'boolean') return rest ? TRUE : FALSE;
  if (rest.kind === 'where') return rest.test.sql;
  if (rest.kind === 'check') return FALSE;
  return (rest.kind === 'any' ? some : every)(rest.parts.map((p) => sqlOf(p)));
}

async function answered(rest: Rest, ctx: AnyContext): Promise<Rest> {
  if (typeof rest === 'boolean' || rest.kind === 'where') return rest;
  if (rest.kind === 'check') return (await rest.code(forCode(ctx), undefined)) === true;
  const parts: Rest[] = [];
  for (const part of rest.parts) parts.push(await answered(part, ctx));
  if (rest.kind === 'any') return parts.includes(true) || { kind: 'any', parts };
  return !parts.includes(false) && { kind: 'all', parts };
}

function test(rest: Rest, row: RawRow, ctx: AnyContext): boolean {
  if (typeof rest === 'boolean') return rest;
  if (rest.kind === 'where') return rest.test.js(row, ctx);
  if (rest.kind === 'check') return false;
  return rest.kind === 'any' ? rest.parts.some((p) => test(p, row, ctx)) : rest.parts.every((p) => test(p, row, ctx));
}

async function testWithCode(rest: Rest, row: RawRow, record: AnyRow | undefined, ctx: AnyContext): Promise<boolean> {
  if (typeof rest === 'boolean' || rest.kind === 'where') return test(rest, row, ctx);
  if (rest.kind === 'check') return (await rest.code(forCode(ctx), record)) === true; // a truthy object is no yes
  for (const part of rest.parts) {
    const holds = await testWithCode(part, row, record, ctx);
    if (holds === (rest.kind === 'any')) return holds;
  }
  return rest.kind === 'all';
}

function refuse(tree: Tree, ctx: AnyContext): never {
  if (!ctx.authenticated) fail('AUTH_MISSING');
  const required = [...new Set(names(tree, 'roles'))];
  if (!required.length && names(tree, 'userRole').length) fail('ACCESS_ADMIN_REQUIRED');
  fail('ACCESS_ROLE_REQUIRED', { required, current: ctx.roles });
}

function names(tree: Tree, kind: 'roles' | 'userRole'): readonly string[] {
  if (tree.kind === kind && 'names' in tree) return tree.names;
  return 'parts' in tree ? tree.parts.flatMap((p) => names(p, kind)) : [];
}
