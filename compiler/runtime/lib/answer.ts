// From stored rows to answers: decode, mask on the whole record, then project, with the labels of foreign keys and a weak ETag. Which masks apply is
// settled per set of roles; only the owner exception looks at the row. A value that does not fit its mask is starred whole.
import { createHash } from 'node:crypto';
import { bind, every, plain, type RawRow, type Sql } from './conditions.ts';
import { hasRole, perCaller, type AnyContext, type Context } from './context.ts';
import { fault } from './errors.ts';
import type { AnyRow, Mask, Policy } from './policy.ts';
import type { Basis, Resource } from './resource.ts';
import type { Call, Runtime } from './routes.ts';

const star = (text: string): string => '*'.repeat([...text].length);
const lastFour = (text: string, stars: number): string => '*'.repeat(stars) + text.slice(-4);
const digits = (text: string): string => {
  const bare = text.replace(/\D/g, '');
  return bare.length > 4 && /^[\d\s()+./-]+$/.test(text) ? lastFour(bare, bare.length - 4) : star(text);
};
function cardNumber(text: string): string {
  const bare = text.replace(/[\s-]/g, '');
  return /^[a-z0-9]{12,34}$/i.test(bare) ? lastFour(bare, 12) : star(text);
}

/** The masked form of a text, by type. */
export const MASKS = {
  redact: (_: string) => '[REDACTED]',
  email(text: string) {
    const parts = /^([^\s@])[^\s@]*@([^\s@])([^\s@]*)(\.[^\s@.]+)$/u.exec(text);
    return parts ? `${parts[1]}***@${parts[2]}${star(parts[3] ?? '')}${parts[4]}` : star(text);
  },
  phone: digits,
  ssn: digits,
  creditCard: cardNumber, //: cardMask
  name: (text: string) => text.replace(/\S+/gu, (word) => { const [first = '', ...rest] = word; return rest.length ? first + '*'.repeat(rest.length) : '*'; }), //: nameMask
};
export type MaskType = keyof typeof MASKS;

function textOf(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

export type Masking = ReturnType<typeof maskingOf>;

/** Prepares the masks of a table. Throws at load on a type it does not know. */
export function maskingOf({ masks = {} }: Pick<Policy<AnyRow>, 'masks'>) {
  const all = Object.entries(masks).flatMap(([field, rule]) => (rule ? [{ field, rule, mask: maskOf(field, rule), owner: rule.show.owner }] : []));
  const masked = (ctx: AnyContext) => all.filter(({ rule: { show } }) => !(show.roles && (show.roles.includes('everyone') || hasRole(ctx, show.roles))));
  /** The masks that apply to a caller, each unless the row names them as its `owner`. */
  const steps = perCaller(masked);
  /** Columns the caller would see masked in some row, and that no `query.roles` opens: not to be filtered, sorted or searched. */
  const closed = perCaller((ctx) => new Set(masked(ctx).filter(({ rule }) => !(rule.query && hasRole(ctx, rule.query.roles))).map(({ field }) => field)));
  /** Masks decoded rows in place. They must hold the owner columns of the steps. */
  const apply = (ctx: AnyContext, rows: Record<string, unknown>[]): void => {
    for (const { field, mask, owner } of steps(ctx)) {
      for (const row of rows) {
        const value = row[field];
        if (value === null || value === undefined || (owner !== undefined && owns(ctx, row[owner]))) continue;
        row[field] = mask(value);
      }
    }
  };
  return { steps, closed, apply };
}

/** An anonymous caller owns nothing, and nobody owns a row without an owner. */
const owns = (ctx: AnyContext, owner: unknown): boolean => ctx.authenticated && !ctx.isAnonymous && ctx.userId !== undefined && owner === ctx.userId;

function maskOf(field: string, rule: Mask<AnyRow>): (value: unknown) => unknown {
  if (rule.type === 'custom' && typeof rule.mask === 'function') return customMask(rule.mask); //: customMask
  const mask = Object.hasOwn(MASKS, rule.type) ? MASKS[rule.type as MaskType] : fault(`${field}: unknown mask`);
  return (value) => mask(textOf(value));
}
function customMask(mask: (value: never) => unknown) {
  return (value: unknown): unknown => {
    try {
      return mask(value as never);
    } catch {
      return star(textOf(value)); // the project's own function did not expect this value
    }
  };
}

type Decoders = readonly (readonly [name: string, decode: (value: unknown) => unknown])[];

export function answersOf({ columns, audit, scopes, masking, policy: { list, get, access } }: Basis) {
  const all = [...columns.keys()];
  /** `"db_name" as "name"` of these columns, for select and returning. */
  const select = (names: readonly string[]): string => names.map((n) => `${columns.get(n)?.sql ?? 'null'} as "${n}"`).join(', ');
  const decoders = (names: readonly string[]): Decoders => names.flatMap((n) => {
    const answer = columns.get(n)?.answer;
    return answer ? [[n, answer] as const] : [];
  });
  /** Narrows columns to those the caller may see: without a session no audit and scope columns. */
  const visible = (ctx: AnyContext, names: readonly string[]): readonly string[] =>
    (ctx.authenticated ? names : names.filter((n) => !audit.has(n) && !scopes.has(n)));
  const fields = { list: list?.fields ?? all, get: get?.fields ?? all, write: (access.get || !access.list ? get?.fields : list?.fields) ?? all };
  const shown = perCaller((ctx) => ({ list: visible(ctx, fields.list), get: visible(ctx, fields.get), write: visible(ctx, fields.write) }));
  const whole = decoders(all), typed: Decoders = [...columns.values()].flatMap((c) => (c.decode ? [[c.name, c.decode] as const] : []));
  const decode = <R extends Record<string, unknown>>(row: R, by: Decoders): R => {
    const out: Record<string, unknown> = row;
    for (const [name, to] of by) if (out[name] !== null && out[name] !== undefined) out[name] = to(out[name]);
    return row;
  };
  return {
    select, everything: select(all), visible, decoders,
    /** The columns an answer of this kind shows a caller. */
    fields: (ctx: AnyContext, kind: 'list' | 'get' | 'write') => shown(ctx)[kind],
    /** The whole row as the project's own code sees it. */
    record: (row: RawRow): AnyRow => decode({ ...row }, typed),
    one(ctx: AnyContext, row: RawRow, names: readonly string[]): Record<string, unknown> {
      const record = decode({ ...row }, whole);
      masking.apply(ctx, [record]);
      return Object.fromEntries(names.map((n) => [n, record[n]]));
    },
    /** Decodes and masks rows in place; `owners` are columns read for the masks alone, which leave again. */
    many(ctx: AnyContext, rows: Record<string, unknown>[], by: Decoders, owners: readonly string[] = []): void {
      if (by.length) for (const row of rows) decode(row, by);
      masking.apply(ctx, rows);
      if (owners.length) for (const row of rows) for (const name of owners) delete row[name];
    },
  };
}

const JSON_TYPE = { 'content-type': 'application/json' };
/** A readable answer, or 304 when the caller has it already. */
export function respond(c: Call, value: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  const body = JSON.stringify(value), etag = `W/"${createHash('sha1').update(body).digest('base64url')}"`;
  const known = c.req.header('if-none-match')?.split(',').some((tag) => tag.trim() === etag || tag.trim() === '*');
  return known ? new Response(null, { status: 304, headers: { etag, ...headers } }) : new Response(body, { headers: { ...JSON_TYPE, etag, ...headers } });
}

export function written(value: unknown, status = 200): Response {
  return new Response(JSON.stringify(value), { status, headers: JSON_TYPE });
}

/** Prepares the answers of whole rows: decoded, masked, projected, labelled. */
export function presenterOf(r: Resource, rt: Runtime) {
  const labels = labelsOf(r, rt);
  return async (ctx: Context, rows: readonly RawRow[], fields: readonly string[]): Promise<Record<string, unknown>[]> => {
    const out = rows.map((row) => r.answers.one(ctx, row, fields));
    await labels?.(ctx, out, fields);
    return out;
  };
}

/** Prepares what adds `x_label` for each `xId` among the fields; undefined for a table without foreign keys. One query per column. */
export function labelsOf(r: Resource, rt: Runtime) {
  const references = Object.entries(r.policy.references ?? {}).filter(([name]) => !r.scopes.has(name) && !r.audit.has(name));
  if (!references.length) return undefined;
  return async (ctx: Context, rows: Record<string, unknown>[], fields: readonly string[]): Promise<void> => {
    for (const [name, of = ''] of references) {
      const target = rt.registry.get(of), as = `${name.replace(/_?Id$|_id$/, '')}_label`;
      const found = target && fields.includes(name) ? await labelsFor(rt, target, ctx, rows.map((row) => row[name])) : undefined;
      if (found) for (const row of rows) row[as] = row[name] === null ? null : found.get(row[name]) ?? null;
    }
  };
}

async function labelsFor(rt: Runtime, target: Resource, ctx: Context, ids: readonly unknown[]): Promise<ReadonlyMap<unknown, unknown> | undefined> {
  const { answers, key, policy: { label } } = target;
  const rows = label === undefined ? undefined : readable(target, ctx, label);
  if (!rows || !key || label === undefined) return undefined;
  const wanted = [...new Set(ids)].filter((id) => id !== null && id !== undefined);
  if (!wanted.length) return new Map();
  const owners = target.masking.steps(ctx).flatMap((s) => (s.field === label && s.owner !== undefined ? [s.owner] : []));
  const names = [...new Set([key.name, label, ...owners])], where = every([rows, plain(`${key.sql} in (select value from json_each(?))`, JSON.stringify(wanted))]);
  const found = await rt.db.all(`select ${answers.select(names)} from ${target.from} where ${where.text}`, bind(where, ctx));
  answers.many(ctx, found, answers.decoders(names));
  return new Map(found.map((row) => [row[key.name], row[label]]));
}

/** The rows of the target of which get or list would show the column; undefined when neither would, or only code could say. */
function readable(target: Resource, ctx: Context, column: string): Sql | undefined {
  const wall = target.firewall.wall(ctx);
  if (wall.missing(ctx) !== undefined) return undefined;
  for (const operation of ['get', 'list'] as const) {
    const grant = target.answers.fields(ctx, operation).includes(column) && target.gates.get(operation)?.may(ctx);
    if (grant && grant.rows) return every([wall.where, grant.rows]);
  }
  return undefined;
}
