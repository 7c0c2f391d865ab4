// From a body to a statement: guards, values by column type, defaults, stamps, foreign keys.
import type { Body } from './body.ts';
import type { RawRow } from './conditions.ts';
import { contextValue, type AnyContext } from './context.ts';
import type { Column } from './columns.ts';
import type { Statement } from './driver.ts';
import { ApiError, fail } from './errors.ts';
import { missing } from './firewall.ts';
import { guardsOf } from './guards.ts';
import { stored } from './operators.ts';
import { missingReferences, referring } from './references.ts';
import type { Resource } from './resource.ts';
import type { Runtime } from './runtime.ts';
import { bind, type Sql } from './sql.ts';
import { violation } from './violation.ts';
import { answersFor } from './answer.ts';
import { fromBody, ruleOf } from './values.ts';

/** Stored values by property name: what an INSERT or UPDATE sets. */
export type Values = Readonly<Record<string, unknown>>;

export interface Writer {
  /** A body as a new row, id and stamps included. Throws guard and validation errors. */
  insertion(ctx: AnyContext, body: Body, now: Date): Values;
  /** A body as a change of a row. Throws guard and validation errors. */
  change(ctx: AnyContext, body: Body, now: Date): Values;
  /** A body as the whole row that replaces another: what it omits goes to its default or null. */
  replacement(ctx: AnyContext, body: Body, now: Date): Values;
  /** The row that an insertion makes, as far as it is known before the database sees it. */
  row(values: Values): RawRow;
  /** For each row the error of foreign keys that point to no row of the caller's, or nothing. */
  missingReferences(ctx: AnyContext, list: readonly Values[]): Promise<readonly (ApiError | undefined)[]>;
  /** Both fail when a foreign key points to no row of the caller's. */
  insert(values: Values, ctx: AnyContext): Statement;
  update(values: Values, where: Sql, ctx: AnyContext): Statement;
  /** What the database refused, in the API's words. */
  refusal(error: unknown, values: Values, ctx: AnyContext): Promise<unknown>;
}

/** Prepares the writes of a resource. */
export function writerOf(r: Resource, rt: Runtime): Writer {
  const guards = guardsOf(r), { everything } = answersFor(r);
  const columns = [...r.columns.values()];
  const sqlOf = (name: string): string => r.columns.get(name)?.sql ?? fail('INTERNAL_ERROR');
  const returning = ` returning ${everything}`;
  return {
    insertion(ctx, body, now) {
      guards.create(body);
      const values = parse(r, withDefaults(r, body), true);
      return { ...values, ...made(columns, values, (c) => c.onCreate), ...identity(r, rt), ...scopes(r, ctx), ...stamps(r, ctx, now, true) };
    },
    change(ctx, body, now) {
      if (!Object.keys(body).length) fail('VALIDATION_FAILED', { fields: {} }, { error: 'Nothing to update' });
      guards.update(body);
      const values = parse(r, body, false);
      return { ...values, ...made(columns, values, (c) => c.onUpdate), ...stamps(r, ctx, now, false) };
    },
    replacement(ctx, body, now) {
      guards.create(body);
      const values = parse(r, withDefaults(r, body), true);
      const rest = columns.filter((c) => !(c.name in values) && !c.primary && !c.generated && !r.audit.has(c.name) && !r.scopes.has(c.name)).map((c) => [c.name, c.initial]);
      return { ...Object.fromEntries(rest), ...values, ...made(columns, values, (c) => c.onUpdate ?? c.onCreate), ...stamps(r, ctx, now, false) };
    },
    row: (values) => ({ ...Object.fromEntries(columns.map((c) => [c.name, c.initial])), ...values }),
    missingReferences: (ctx, list) => missingReferences(r, rt, ctx, list),
    insert(values, ctx) {
      const names = Object.keys(values), given = names.map((n) => referring(r, rt, ctx, n, values[n]));
      const into = names.length ? `(${names.map(sqlOf).join(', ')}) values (${given.map((g) => g.text).join(', ')})` : 'default values';
      return { text: `insert into ${r.from} ${into}${returning}`, params: given.flatMap((g) => bind(g, ctx)) };
    },
    update(values, where, ctx) {
      const set = Object.entries(values).map(([name, value]) => ({ name, to: referring(r, rt, ctx, name, value) }));
      const text = `update ${r.from} set ${set.map(({ name, to }) => `${sqlOf(name)} = ${to.text}`).join(', ')} where ${where.text}${returning}`;
      return { text, params: [...set.flatMap(({ to }) => bind(to, ctx)), ...bind(where, ctx)] };
    },
    async refusal(error, values, ctx) {
      const found = violation(r, error);
      if (!(found instanceof ApiError) || found.code !== 'FK_NOT_FOUND') return found;
      return (await missingReferences(r, rt, ctx, [values]))[0] ?? found; // all of them, where they are still missing
    },
  };
}

function withDefaults(r: Resource, body: Body): Body {
  const { write } = r.policy;
  return write === undefined || write === 'open' ? body : { ...write.defaults, ...body };
}

/** Checks every field and reports all that fail. */
function parse(r: Resource, body: Body, creating: boolean): Values {
  const out: Record<string, unknown> = {}, failed: Record<string, string> = {};
  for (const [name, value] of Object.entries(body)) {
    const column = r.columns.get(name);
    const parsed = column ? fromBody(column, ruleOf(column, r.policy.values?.[name], r.audit), value) : undefined;
    if (parsed?.ok) out[name] = parsed.stored;
    else failed[name] = parsed?.reason ?? 'unknown field';
  }
  if (creating) for (const column of r.columns.values()) if (!(column.name in body) && required(r, column)) failed[column.name] = 'is required';
  if (Object.keys(failed).length) fail('VALIDATION_FAILED', { fields: failed });
  return out;
}

function required(r: Resource, column: Column): boolean {
  if (column.generated || r.audit.has(column.name) || r.scopes.has(column.name)) return false;
  if (column.primary) return r.policy.id?.generate === false;
  return r.policy.values?.[column.name]?.required === true || !(column.nullable || column.hasDefault);
}

/** What the table's own code fills in. */
function made(columns: readonly Column[], values: Values, by: (c: Column) => (() => unknown) | undefined): Values {
  return Object.fromEntries(columns.flatMap((c) => {
    const make = c.name in values ? undefined : by(c);
    return make ? [[c.name, c.encode(make())]] : [];
  }));
}

function identity(r: Resource, rt: Runtime): Values {
  const id = r.policy.id && rt.newId(r.policy.id);
  return id === undefined || !r.key ? {} : { [r.key.name]: id };
}

/** Scope columns come from the session alone. */
function scopes(r: Resource, ctx: AnyContext): Values {
  return Object.fromEntries([...r.scopes].map(([name, path]) => {
    const column = r.columns.get(name);
    const value = column && stored(column, contextValue(ctx, path));
    return [name, value ?? missing(ctx, path)];
  }));
}

/** Who and when, from the session and the clock alone. */
export function stamps(r: Resource, ctx: AnyContext, now: Date, creating: boolean): Values {
  return { ...(creating ? stamp(r, ctx, now, 'created') : {}), ...stamp(r, ctx, now, 'modified') };
}
export function stamp(r: Resource, ctx: AnyContext, now: Date, what: 'created' | 'modified' | 'deleted'): Values {
  const out: Record<string, unknown> = {};
  const at = r.audit.has(`${what}At`) ? r.columns.get(`${what}At`) : undefined;
  const by = r.audit.has(`${what}By`) ? r.columns.get(`${what}By`) : undefined;
  if (at) out[at.name] = at.kind === 'text' ? now.toISOString() : at.kind === 'date' ? at.encode(now) : now.getTime();
  if (by) out[by.name] = stored(by, ctx.authenticated ? ctx.userId : undefined) ?? null;
  return out;
}
