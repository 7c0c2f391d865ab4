// The layers of an action around the project's own code. Access, route and transition come from the policy, input schema and code from the linked
// definition. Its input is a JSON body or a query string; its answer is masked by the tables it was read from, or a file, stream or Response as it is.
import { and, eq, type Column as DrizzleColumn, type SQL } from 'drizzle-orm';
import type { z } from 'zod';
import type { Gate } from './access.ts';
import { written } from './answer.ts';
import type { Backend } from './app.ts';
import { isObject, parseJson, readText } from './body.ts';
import { base64 } from './columns.ts';
import { conditionOf, every, plain, type RawRow } from './conditions.ts';
import { forCode, hasRole, hasUserRole, type AnyContext } from './context.ts';
import { ActionError, type ActionParams } from './definition.ts';
import { Refused } from './driver.ts';
import { ApiError, fail, told } from './errors.ts';
import { Caller, guardedTables } from './gate.ts';
import type { Access, ActionCode, ActionRule, AnyRow } from './policy.ts';
import { find, still } from './read.ts';
import type { Resource } from './resource.ts';
import { enter, gateFor, type Call, type Entry, type Handler, type Note, type Op, type Runtime } from './routes.ts';
import { originsOf, type Origin, type Origins } from './scoped.ts';
import { stamps, updateOf, violation } from './write.ts';

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
  if (access.userRole) return { open: hasUserRole(ctx, access.userRole) }; //: admin
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

/** What is known of a schema at run time, as far as a query string needs it. */
interface Schema { readonly _zod: { readonly def: Def } }
interface Def { readonly type: string; readonly innerType?: Schema; readonly in?: Schema; readonly element?: Schema; readonly shape?: Readonly<Record<string, Schema>> }

/** Reads and validates the input. Throws INVALID_JSON and VALIDATION_FAILED with a reason per field. */
async function readInput(request: Request, schema: z.ZodType | undefined, method: string, drop?: string): Promise<unknown> {
  const text = method === 'GET' ? '' : await readText(request);
  const given = method === 'GET' ? queryOf(request, schema, drop) : text.trim() === '' ? {} : parseJson(text);
  if (!schema) return {};
  const result = await schema.safeParseAsync(given);
  if (result.success) return result.data;
  const fields: Record<string, string> = {};
  for (const { path, message } of result.error.issues) fields[path.join('.')] ??= message;
  return fail('VALIDATION_FAILED', { fields });
}

function queryOf(request: Request, schema: z.ZodType | undefined, drop: string | undefined): object {
  const query = new URL(request.url).searchParams, shape = schema && core(schema as unknown as Schema).shape, out = {};
  for (const name of new Set(query.keys())) {
    const field = shape && Object.hasOwn(shape, name) ? shape[name] : undefined;
    // An own property even for a name such as __proto__.
    if (name !== drop) Object.defineProperty(out, name, { value: valueOf(query.getAll(name), field), enumerable: true });
  }
  return out;
}

/** The schema inside optional, nullable, default, pipe and the like. */
function core({ _zod: { def } }: Schema): Def {
  const inner = def.innerType ?? def.in;
  return inner ? core(inner) : def;
}

function valueOf(values: readonly string[], field: Schema | undefined): unknown {
  const def = field && core(field);
  if (def?.type === 'array') return values.map((value) => scalar(value, def.element && core(def.element).type));
  return values.length === 1 ? scalar(values[0] ?? '', def?.type) : values;
}

/** A text in the type that the schema asks for; what does not fit stays text, and the schema says what it expected. */
function scalar(text: string, type: string | undefined): unknown {
  switch (type) {
    case 'number': case 'int': return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
    case 'bigint': return /^-?\d+$/.test(text) ? BigInt(text) : text;
    case 'boolean': return text === 'true' || text === '1' ? true : text === 'false' || text === '0' ? false : text;
    case 'date': return Number.isNaN(Date.parse(text)) ? text : new Date(text);
    case 'null': return text === 'null' ? null : text;
    default: return text;
  }
}

/** Whether an answer is a Response, a stream or a file, and no data. */
function passes(result: unknown): boolean {
  if (result instanceof Response || result instanceof ReadableStream) return true;
  const { file, filename, contentType } = (result ?? {}) as Record<string, unknown>;
  return file !== undefined && file !== null && typeof filename === 'string' && typeof contentType === 'string';
}

/** It, as it stands. `broke` logs why a stream of events ends early, and answers what is told of it. */
function passed(result: unknown, broke: (error: unknown) => ApiError): Response {
  if (result instanceof Response) return result;
  if (result instanceof ReadableStream) return new Response(ending(result as ReadableStream<unknown>, broke), { headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' } });
  const { file, filename, contentType } = result as { readonly file: BodyInit; readonly filename: string; readonly contentType: string };
  const ascii = filename.replace(/[^\w. -]/g, '_'), encoded = encodeURIComponent(filename).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return new Response(file, { headers: { 'content-type': contentType, 'content-disposition': `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}` } });
}

/** A stream that fails ends with an event of the name `error`: its head is sent, and not every runtime breaks the connection. */
function ending(stream: ReadableStream<unknown>, broke: (error: unknown) => ApiError): ReadableStream<unknown> {
  const reader = stream.getReader();
  let failed: { readonly error: unknown } | undefined;
  return new ReadableStream<unknown>({
    async pull(controller) {
      if (failed) return controller.error(failed.error); // only now: an error takes what waits in the queue along
      try {
        const { done, value } = await reader.read();
        return done ? controller.close() : controller.enqueue(value);
      } catch (error) {
        failed = { error };
        // The line break ends a line that was begun: its event becomes this one.
        controller.enqueue(new TextEncoder().encode(`\nevent: error\ndata: ${JSON.stringify(broke(error).body)}\n\n`));
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

/** A column that callers without a session do not get. */
const HIDDEN = Symbol('hidden');

/** Masks data for callers of one action. */
function maskerOf(bound: Resource, rt: Runtime): (ctx: AnyContext, data: unknown) => unknown {
  const byTable = new Map([...rt.registry.values()].map((r) => [r.table, r]));
  const walk = (ctx: AnyContext, value: unknown): unknown => {
    if (typeof value === 'bigint') return String(value); // as lists answer it: JSON has neither such numbers nor bytes
    if (value instanceof Uint8Array) return base64(value);
    if (typeof value !== 'object' || value === null || value instanceof Date) return value;
    if ('toJSON' in value && typeof value.toJSON === 'function') return walk(ctx, (value.toJSON as () => unknown)());
    const origins = originsOf(value), known = (key: string): readonly Origin[] => origins?.get(key) ?? [];
    const masked = (key: string, given: unknown): unknown => (origins && known(key).length ? traced(ctx, value as Record<string, unknown>, key, origins) : given);
    if (Array.isArray(value)) return value.map((item: unknown, i) => walk(ctx, masked(String(i), item)));
    // What has the name of a masked column of the action's table: what a handler put together from its rows.
    const out: Record<string, unknown> = { ...(value as Record<string, unknown>) };
    bound.masking.apply(ctx, [out]);
    for (const [key, given] of Object.entries(value)) {
      const shown = masked(key, given);
      if (known(key).length || out[key] === given) out[key] = walk(ctx, shown);
      if (shown === HIDDEN) delete out[key]; //: public
    }
    return out;
  };
  const traced = (ctx: AnyContext, row: Record<string, unknown>, key: string, origins: Origins): unknown => {
    let value = row[key];
    for (const origin of origins.get(key) ?? []) {
      const table = byTable.get(origin.table);
      if (!table) continue;
      if (!ctx.authenticated && origin.direct && (table.audit.has(origin.column) || table.scopes.has(origin.column))) return HIDDEN; //: public
      value = maskedBy(ctx, table, origin, value, row, origins);
    }
    return value;
  };
  return walk;
}

function maskedBy(ctx: AnyContext, { masking, table, columns }: Resource, { column, direct }: Origin, value: unknown, row: AnyRow, origins: Origins): unknown {
  // A number computed from a text is a count or a length, not the text.
  if (!direct && typeof value !== 'string' && columns.get(column)?.kind === 'text') return value;
  const whole: Record<string, unknown> = {};
  for (const [key, sources] of origins) for (const source of sources) if (source.direct && source.table === table) whole[source.column] = row[key];
  whole[column] = value;
  masking.apply(ctx, [whole]);
  return whole[column];
}
