// action('advance-stage', definition): the layers of an action around the project's own code. Access, route and transition come from the policy,
// input schema and code from the linked definition.
import { and, eq, type Column as DrizzleColumn, type SQL } from 'drizzle-orm';
import { sqliteTable } from 'drizzle-orm/sqlite-core';
import type { z } from 'zod';
import { answered, maskerOf, passed } from './action-answer.ts';
import { readInput } from './action-input.ts';
import { requireState, requireTransition } from './action-state.ts';
import { answersFor } from './answer.ts';
import type { Backend } from './app.ts';
import { hasUserRole } from './caller.ts';
import type { RawRow } from './conditions.ts';
import { forCode, type Context } from './context.ts';
import { ActionError, type ActionParams } from './definition.ts';
import { admitted, enter, gateFor, notFound, type Entry } from './entry.ts';
import { ApiError, fail } from './errors.ts';
import { Caller, guardedTables } from './gate-tables.ts';
import type { ActionRule, AnyRow } from './policy.ts';
import { keyIs, keyValue, load, still } from './record.ts';
import { resource, type Resource } from './resource.ts';
import type { Call, Op } from './routes.ts';
import type { Runtime } from './runtime.ts';
import { every } from './sql.ts';
import { factsOf, recorded, traced, type Trail } from './trail.ts';
import { violation } from './violation.ts';
import { stamps, writerOf } from './write.ts';

/** A linked action: its schema, and its code unless a handler file has it. */
export interface Linked {
  readonly input?: unknown;
  readonly execute?: unknown;
}
type Execute = (params: ActionParams<unknown, AnyRow>) => unknown;

/** The operation of an action. `handler` is the code of an action that keeps it in a file of its own. Throws at load when there is none. */
export function action<N extends string>(name: N, definition: Linked | undefined, handler?: { readonly execute: unknown }): Op<`action:${N}`> {
  const execute = handler?.execute ?? definition?.execute;
  if (typeof execute !== 'function') throw new Error(`action ${name}: no execute`);
  return { operation: `action:${name}`, bind: (r, rt) => bind(r, backend(rt), name, definition?.input as z.ZodType | undefined, execute as Execute) };
}

/** What a feature without tables routes its standalone actions with. */
export function tableless<A extends string>(name: string, actions: { readonly [K in A]: ActionRule<Record<never, never>> & { readonly standalone: true } }): Resource<`action:${A}`> {
  return resource<Record<never, never>>()<never, never, A>(sqliteTable(name, {}), { name, rows: 'unscoped', access: {}, actions });
}

function backend(rt: Runtime): Backend {
  if (!('scoped' in rt)) throw new Error('actions need the whole backend: createApp builds their routes');
  return rt as Backend;
}

function bind(r: Resource, rt: Backend, name: string, schema: z.ZodType | undefined, execute: Execute) {
  const gate = gateFor(r, `action:${name}`), rule = r.policy.actions?.[name], mask = maskerOf(r, rt);
  if (!rule) throw new Error(`${r.name}: no action ${name}`);
  if (rule.unsafe && !rt.raw) throw new Error(`${r.name}: the action ${name} is unsafe, and this backend has no audit trail`);
  const patch = rule.result === 'patch' ? patcher(r, rt, name, rule.transition?.field) : undefined;
  const run = async (c: Call, entry: Entry, trail?: Trail): Promise<Response> => {
    const { ctx } = entry, row = await target(c, r, rt, entry, rule, name);
    const input = await readInput(c.req.raw, schema, c.req.method, ctx.authenticated ? undefined : 'organizationId');
    if (row && rule.transition?.via !== undefined) requireTransition(rule, row, (input as AnyRow)[rule.transition.via], name);
    const scoped = rt.scoped(ctx, { action: name, rawSql: rule.rawSql === true });
    if (rule.unsafe) await trail?.begin();
    const raw = rule.unsafe && rt.raw?.(), end = (): void => { scoped.end(); raw?.end(); };
    try {
      const given = params(c, r, rt, entry, row, input, scoped.db, rule.transition?.field);
      const result = await execute(raw ? { ...given, rawDb: raw.db as ActionParams['rawDb'] } : given);
      if (Array.isArray(result)) trail?.note({ rowCount: result.length });
      const response = passed(result);
      if (response) return response; // its body may still be read from the database
      const data = patch && row && isObject(result) ? await patch(entry, row, result) : mask(ctx, result);
      end();
      return answered(data);
    } catch (error) {
      end();
      if (error instanceof ActionError) trail?.note({ errorCode: error.code });
      return failed(rt, r, error, (details) => mask(ctx, details));
    }
  };
  const { unsafe } = rule;
  if (unsafe) return (c: Call) => unsafely(c, r, rt, name, unsafe, (trail) => run(c, unsafe.crossTenant && rule.standalone ? admitted(r, gate, c.get('ctx')) : enter(c, r, gate), trail));
  return async (c: Call): Promise<Response> => {
    const entry = enter(c, r, gate);
    return traced(c, r, rt, entry.ctx, `action:${name}`, (trail) => run(c, entry, trail));
  };
}

/** Runs an unsafe action: for platform administrators alone unless the policy says otherwise, and never without a row of the audit trail. */
function unsafely(c: Call, r: Resource, rt: Backend, name: string, unsafe: NonNullable<ActionRule<AnyRow>['unsafe']>, run: (trail: Trail) => Promise<Response>): Promise<Response> {
  const ctx: Context | undefined = c.get('ctx'), id = c.req.param('id'), { targetScope } = unsafe;
  const targetOrgId = targetScope === 'organization' ? ctx?.activeOrgId : undefined;
  const facts = {
    ...factsOf(c, r, ctx, 'unsafe', `action:${name}`), reason: unsafe.reason,
    ...(targetScope === undefined ? {} : { targetScope }), ...(targetOrgId === undefined ? {} : { targetOrgId }), ...(id === undefined ? {} : { recordId: id }),
  };
  return recorded(rt, facts, async (trail) => {
    if (!ctx?.authenticated) fail('AUTH_MISSING');
    if ((unsafe.adminOnly || unsafe.crossTenant) && !hasUserRole(ctx, ['admin'])) fail('ACCESS_ADMIN_REQUIRED');
    return run(trail);
  });
}

/** The record, behind the firewall and its conditions; undefined for standalone actions. */
async function target(c: Call, r: Resource, rt: Runtime, entry: Entry, rule: ActionRule<AnyRow>, name: string): Promise<RawRow | undefined> {
  if (rule.standalone) {
    if (!(await entry.grant.test({}, undefined, entry.ctx))) fail('ACCESS_CONDITION_FAILED');
    return undefined;
  }
  const key = keyValue(r, c.req.param('id'));
  const [row] = key === undefined ? [] : await load(rt, r, entry, keyIs(r, key));
  if (!row) return notFound(r);
  await requireState(r, rule, entry, row, name);
  if (rule.transition?.to !== undefined) requireTransition(rule, row, rule.transition.to, name);
  return row;
}

function params(c: Call, r: Resource, rt: Backend, { ctx }: Entry, row: RawRow | undefined, input: unknown, db: object, state: string | undefined): ActionParams<unknown, AnyRow> {
  const record = row ? answersFor(r).record(row) : {}, now = rt.now().toISOString();
  const is = (name: string | undefined): SQL => {
    const column = name === undefined ? undefined : (r.table as unknown as Readonly<Record<string, DrizzleColumn>>)[name];
    if (!row || !column || name === undefined) throw new Error('an action without a record has no condition for one');
    return eq(column, record[name]);
  };
  return {
    db: db as ActionParams['db'], rawDb: undefined as never, record, input, c, env: rt.env, services: rt.services,
    ctx: forCode(ctx),
    auditFields: { createdAt: now, modifiedAt: now },
    whereRecord: () => is(r.key?.name),
    whereTransition: () => (state === undefined ? is(r.key?.name) : (and(is(r.key?.name), is(state)) as SQL)),
  };
}

/** Writes what execute returned to the record: one UPDATE that repeats the conditions and the state that was read, so that of two callers one loses. */
function patcher(r: Resource, rt: Backend, name: string, state: string | undefined) {
  const writer = writerOf(r, rt), answers = answersFor(r), tables = guardedTables(rt), column = state === undefined ? undefined : r.columns.get(state);
  return async (entry: Entry, row: RawRow, changes: AnyRow): Promise<unknown> => {
    const { ctx } = entry, names = Object.keys(changes), show = (changed: RawRow): unknown => answers.one(ctx, changed, answers.fields(ctx, 'write'));
    if (!names.length) return show(row);
    new Caller(tables, rt, { ctx, action: name }).mayUpdate(r.table, names);
    const values = { ...Object.fromEntries(names.map((n) => [n, r.columns.get(n)?.encode(changes[n])])), ...stamps(r, ctx, rt.now(), false) };
    const same = column ? [{ text: `${column.sql} is ?`, params: [{ value: row[column.name] }] }] : [];
    const statement = writer.update(values, every([still(r, entry, row[r.key?.name ?? '']), ...same]), ctx);
    const [changed] = await rt.db.all(statement.text, statement.params);
    return changed ? show(changed) : fail('ACCESS_TRANSITION_LOST');
  };
}

const isObject = (value: unknown): value is AnyRow => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The project's own errors with their code and masked details, the API's with theirs, constraints by name; all else is for the log alone. */
function failed(rt: Runtime, r: Resource, error: unknown, mask: (details: unknown) => unknown): Response {
  const chain: unknown[] = [];
  for (let e = error; e instanceof Error && chain.length < 5; e = e.cause) chain.push(e);
  for (const cause of chain) {
    if (cause instanceof ActionError) {
      const { message, code, details } = cause, status = cause.status >= 400 && cause.status <= 599 ? cause.status : 500;
      return Response.json({ error: message, layer: 'action', code, ...(details ? { details: mask(details) } : {}) }, { status });
    }
    if (cause instanceof ApiError) throw cause;
    const foreign = cause instanceof Error && /FK_NOT_FOUND (\w+)/.exec(cause.message);
    if (foreign && !chain.some((e) => (e as Error).name === 'Refused')) throw new ApiError('FK_NOT_FOUND', { fields: [foreign[1]] });
  }
  throw violation(about(rt, r, chain), error);
}

/** The table that a constraint's message names, for the names of its columns. */
function about(rt: Runtime, r: Resource, chain: readonly unknown[]): Resource {
  const name = chain.map((e) => /constraint failed: (\w+)\./.exec((e as Error).message)?.[1]).find((n) => n !== undefined);
  return [...rt.registry.values()].find((known) => known.from === `"${name}"`) ?? r;
}
