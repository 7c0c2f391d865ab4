// The layers of an action around the project's own code. Access, route and transition come from the policy, input schema and code from the linked
// definition.
import { and, eq, type Column as DrizzleColumn, type SQL } from 'drizzle-orm';
import type { z } from 'zod';
import type { Gate } from './access.ts';
import { maskerOf, passed, passes } from './action-answer.ts';
import { readInput } from './action-input.ts';
import { written } from './answer.ts';
import type { Backend } from './app.ts';
import { isObject } from './body.ts';
import { conditionOf, every, plain, type RawRow } from './conditions.ts';
import { violation } from './constraints.ts';
import { forCode, hasRole, hasUserRole, type AnyContext } from './context.ts';
import { ActionError, type ActionParams } from './definition.ts';
import { ApiError, fail, told } from './errors.ts';
import { Caller, guardedTables } from './gate-tables.ts';
import type { Access, ActionCode, ActionRule, AnyRow } from './policy.ts';
import { find, still } from './read.ts';
import type { Resource } from './resource.ts';
import { enter, gateFor, type Call, type Entry, type Handler, type Note, type Op, type Runtime } from './routes.ts';
import { Refused } from './transaction.ts';
import { stamps, updateOf } from './write.ts';

/** The operation of an action. Throws at load when there is no code. */
export function action<N extends string>(name: N, { run, handler }: ActionCode): Op<`action:${N}`> {
  const execute = handler?.execute ?? run?.execute;
  if (typeof execute !== 'function') throw new Error(`action ${name}: no execute`);
  return {
    operation: `action:${name}`,
    bind(r, rt) {
      if (!('scoped' in rt)) throw new Error('actions need the whole backend: createApp builds their routes');
      return bound(r, rt as Backend, name, run?.input as z.ZodType | undefined, execute as (params: ActionParams<unknown, AnyRow>) => unknown);
    },
  };
}

/** The database without a firewall, for one call of an unsafe action. `begin` leaves the call's row in the audit trail; nothing is done before. */
export interface Raw { readonly db: object; begin(): Promise<void>; end(): void }
/** Lets the callers of an unsafe action in: raw.ts. */
export type Unsafely = (c: Call, r: Resource, gate: Gate, name: string, run: (entry: Entry, note: Note, raw: Raw) => Promise<Response>) => Promise<Response>;

function bound(r: Resource, rt: Backend, name: string, schema: z.ZodType | undefined, execute: (params: ActionParams<unknown, AnyRow>) => unknown): Handler {
  const gate = gateFor(r, `action:${name}`), rule = r.policy.actions?.[name], mask = maskerOf(r, rt);
  if (!rule) throw new Error(`${r.name}: no action ${name}`);
  const run = async (c: Call, entry: Entry, note?: Note, raw?: Raw): Promise<Response> => {
    const { ctx } = entry, row = await target(c, r, rt, entry, rule, name);
    const input = await readInput(c.req.raw, schema, c.req.method, ctx.authenticated ? undefined : 'organizationId');
    if (row && rule.transition?.via !== undefined) requireTransition(rule, row, (input as AnyRow)[rule.transition.via], name); //: transition
    await raw?.begin(); //: unsafe
    const scoped = rt.scoped(ctx, { action: name, rawSql: rule.rawSql === true }), end = (): void => { scoped.end(); raw?.end(); };
    try {
      const now = rt.now().toISOString(), auditFields = { createdAt: now, modifiedAt: now }, record = row ? r.answers.record(row) : {};
      const result = await execute({
        record, input, db: scoped.db as ActionParams['db'], ctx: forCode(ctx), c, env: rt.env, services: {}, auditFields,
        rawDb: raw?.db as ActionParams['rawDb'], //: unsafe
        ...conditionsOf(r, row, rule), //: conditions
      });
      if (Array.isArray(result)) note?.({ rowCount: result.length });
      //: passed
      // Its body may still be read from the database, so that it is not over.
      if (passes(result)) return passed(result, (error) => told(rt, error, c.req.raw, c.get('requestId')));
      //: end
      if (passes(result)) throw new Refused(`${name} answers what is no data, which is left out because no definition made such a thing: compile them again`);
      const answer = (data: unknown): Response => { end(); return written({ success: true, data: data ?? null }); };
      if (row && rule.result === 'patch' && isObject(result)) return answer(await patched(r, rt, name, rule, entry, row, result)); //: patch
      return answer(mask(ctx, result));
    } catch (error) {
      end();
      if (error instanceof ActionError) note?.({ errorCode: error.code });
      return failed(rt, r, error, (details) => mask(ctx, details));
    }
  };
  const { unsafely } = rt; //: unsafe
  if (rule.unsafe && unsafely) return (c) => unsafely(c, r, gate, name, (entry, note, raw) => run(c, entry, note, raw)); //: unsafe
  if ('unsafe' in rule) throw new Error(`${r.name}: the action ${name} is unsafe, but this backend has no audit trail`);
  return (c) => { const entry = enter(c, r, gate); return rt.traced(c, r, entry.ctx, `action:${name}`, (note) => run(c, entry, note)); };
}

/** The record, behind the firewall and its conditions; undefined for standalone actions. */
async function target(c: Call, r: Resource, rt: Runtime, entry: Entry, rule: ActionRule<AnyRow>, name: string): Promise<RawRow | undefined> {
  if (rule.standalone) return (await entry.grant.test({}, undefined, entry.ctx)) ? undefined : fail('ACCESS_CONDITION_FAILED');
  const row = await find(rt, r, entry, c.req.param('id'));
  await requireState(r, rule, entry, row, name);
  if (rule.transition?.to !== undefined) requireTransition(rule, row, rule.transition.to, name); //: transition
  return row;
}

/** The record part of an action's access. Throws 409 with the column that stands in the way, and its value where answers show the caller that column. */
async function requireState({ answers, columns }: Resource, rule: ActionRule<AnyRow>, { ctx, grant }: Entry, row: RawRow, action: string): Promise<void> {
  if (await grant.test(row, answers.record(row), ctx)) return;
  const { field } = obstacle(columns, rule.access, row, ctx), shown = field !== undefined && answers.fields(ctx, 'write').includes(field);
  fail('ACCESS_ACTION_NOT_ALLOWED_FOR_STATE', { action, ...(field === undefined ? {} : { field }), ...(shown ? { current: answers.one(ctx, row, [field])[field] } : {}) });
}

/** A step of the action's state machine. Throws 409 with where the record may go. */
function requireTransition({ transition: machine }: ActionRule<AnyRow>, row: RawRow, target: unknown, action: string): void {
  if (!machine) return;
  const current = row[machine.field];
  const allowedTargets = typeof current === 'string' && Object.hasOwn(machine.fromTo, current) ? machine.fromTo[current] ?? [] : [];
  if (!allowedTargets.some((state) => state === target)) fail('ACCESS_ACTION_NOT_ALLOWED_FOR_STATE', { action, field: machine.field, current, target, allowedTargets });
}

/** The first column whose condition fails in a part of the rule that the caller's roles leave open. */
function obstacle(columns: Resource['columns'], access: Access<AnyRow>, row: RawRow, ctx: AnyContext): { readonly open: boolean; readonly field?: string | undefined } {
  if (access.roles) return { open: hasRole(ctx, access.roles) };
  if (access.userRole) return { open: hasUserRole(ctx, access.userRole) };
  if (access.where) {
    // Conditions on who is calling are not told: their column names another person.
    const conditions = Object.entries(access.where).filter(([, condition]) => !JSON.stringify(condition).includes('"$ctx.'));
    const failing = conditions.find(([name, condition]) => {
      const column = columns.get(name);
      return column && !conditionOf(column, condition as Readonly<Record<string, unknown>>, name).js(row, ctx);
    });
    return { open: true, field: failing?.[0] };
  }
  const parts = (access.any ?? access.all ?? []).map((part) => obstacle(columns, part, row, ctx));
  const open = access.all ? !parts.some((p) => !p.open) : parts.some((p) => p.open);
  return { open, field: open ? parts.find((p) => p.open && p.field !== undefined)?.field : undefined };
}

/** The conditions that pick the record, and the record as it was read. */
function conditionsOf(r: Resource, row: RawRow | undefined, { transition }: ActionRule<AnyRow>) {
  const is = (name = ''): SQL => {
    const column = (r.table as Readonly<Record<string, DrizzleColumn>>)[name];
    if (!row || !column) throw new Error('an action without a record has no condition for one');
    return eq(column, r.answers.record(row)[name]);
  };
  const whereRecord = (): SQL => is(r.key?.name);
  return { whereRecord, whereTransition: (): SQL => (transition ? (and(whereRecord(), is(transition.field)) as SQL) : whereRecord()) };
}

/** Writes what execute returned to the record: one UPDATE that repeats the conditions and the state that was read, so that of two callers one loses. */
async function patched(r: Resource, rt: Runtime, name: string, { transition }: ActionRule<AnyRow>, entry: Entry, row: RawRow, changes: AnyRow): Promise<unknown> {
  const { ctx } = entry, names = Object.keys(changes), show = (changed: RawRow): unknown => r.answers.one(ctx, changed, r.answers.fields(ctx, 'write'));
  if (!names.length) return show(row);
  new Caller(guardedTables(rt), rt, { ctx, action: name }).mayUpdate(r.table, names);
  const values = { ...Object.fromEntries(names.map((n) => [n, r.columns.get(n)?.encode(changes[n])])), ...stamps(r, ctx, rt.now(), 'modified') };
  const state = transition && r.columns.get(transition.field), same = state ? [plain(`${state.sql} is ?`, row[state.name])] : [];
  const { text, params } = updateOf(r, rt, values, every([still(r, entry, row), ...same]), ctx), [changed] = await rt.db.all(text, params);
  return changed ? show(changed) : fail('ACCESS_TRANSITION_LOST');
}

/** The project's own errors with their code and masked details, the API's with theirs, constraints by name; all else is for the log alone. */
function failed(rt: Runtime, r: Resource, error: unknown, mask: (details: unknown) => unknown): Response {
  const chain: Error[] = [];
  for (let e = error; e instanceof Error && chain.length < 5; e = e.cause) chain.push(e);
  for (const cause of chain) {
    if (cause instanceof ActionError) {
      const { message, code, details } = cause, status = cause.status >= 400 && cause.status <= 599 ? cause.status : 500;
      return Response.json({ error: message, layer: 'action', code, ...(details ? { details: mask(details) } : {}) }, { status });
    }
    if (cause instanceof ApiError) throw cause;
    if (cause instanceof Refused) throw error;
  }
  // The table that a constraint's message names, for the names of its columns.
  const table = chain.map((e) => /constraint failed: (\w+)\./.exec(e.message)?.[1]).find((name) => name !== undefined);
  throw violation([...rt.registry.values()].find((known) => known.from === `"${table}"`) ?? r, error);
}
