// From stored rows to answers: decode, mask on the whole record, then project.
import { perCaller } from './caller.ts';
import type { RawRow } from './conditions.ts';
import type { AnyContext } from './context.ts';
import type { Masking } from './mask.ts';
import type { AnyRow } from './policy.ts';
import type { Resource } from './resource.ts';

export interface Answers {
  readonly masking: Masking;
  /** `"db_name" as "name"` of these columns, for select and returning. */
  select(names: readonly string[]): string;
  /** All columns. */
  readonly everything: string;
  /** The columns an answer of this kind shows a caller: without a session no audit and scope columns. */
  fields(ctx: AnyContext, kind: 'list' | 'get' | 'write'): readonly string[];
  /** Narrows the columns a policy lists to those the caller may see. */
  visible(ctx: AnyContext, names: readonly string[]): readonly string[];
  /** The whole row as the project's own code sees it. */
  record(row: RawRow): AnyRow;
  /** The answer for a whole row. */
  one(ctx: AnyContext, row: RawRow, fields: readonly string[]): Record<string, unknown>;
  /** Decodes and masks rows in place; `owners` are columns read for the masks alone, which leave again. */
  many(ctx: AnyContext, rows: Record<string, unknown>[], decoders: Decoders, owners: readonly string[]): void;
  decoders(names: readonly string[]): Decoders;
}
export type Decoders = readonly (readonly [name: string, decode: (value: unknown) => unknown])[];

/** Prepares the answers of a table. */
export function answersOf(r: Resource): Answers {
  const { masking } = r;
  const all = [...r.columns.keys()];
  const select = (names: readonly string[]): string => names.map((n) => `${r.columns.get(n)?.sql ?? 'null'} as "${n}"`).join(', ');
  const decoders = (names: readonly string[]): Decoders => names.flatMap((n) => {
    const answer = r.columns.get(n)?.answer;
    return answer ? [[n, answer] as const] : [];
  });
  const visible = (ctx: AnyContext, names: readonly string[]): readonly string[] =>
    (ctx.authenticated ? names : names.filter((n) => !r.audit.has(n) && !r.scopes.has(n)));
  const { list, get, access } = r.policy;
  const fields = { list: list?.fields ?? all, get: get?.fields ?? all, write: (access.get || !access.list ? get?.fields : list?.fields) ?? all };
  const shown = perCaller((ctx) => ({ list: visible(ctx, fields.list), get: visible(ctx, fields.get), write: visible(ctx, fields.write) }));
  const whole = decoders(all), typed: Decoders = [...r.columns.values()].flatMap((c) => (c.decode ? [[c.name, c.decode] as const] : []));
  const decode = (row: RawRow, with_: Decoders): Record<string, unknown> => {
    const out = { ...row };
    for (const [name, to] of with_) if (out[name] !== null && out[name] !== undefined) out[name] = to(out[name]);
    return out;
  };
  return {
    masking, select, everything: select(all), visible, decoders,
    fields: (ctx, kind) => shown(ctx)[kind],
    record: (row) => decode(row, typed),
    one(ctx, row, names) {
      const record = decode(row, whole);
      masking.apply(ctx, [record]);
      return Object.fromEntries(names.map((n) => [n, record[n]]));
    },
    many(ctx, rows, with_, owners) {
      for (const row of rows) for (const [name, to] of with_) if (row[name] !== null) row[name] = to(row[name]);
      masking.apply(ctx, rows);
      if (owners.length) for (const row of rows) for (const name of owners) delete row[name];
    },
  };
}

const prepared = new WeakMap<Resource, Answers>();
/** The answers of a table, prepared once. */
export function answersFor(r: Resource): Answers {
  let made = prepared.get(r);
  if (!made) prepared.set(r, (made = answersOf(r)));
  return made;
}
