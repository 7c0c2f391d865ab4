// From stored rows to answers: decode, mask on the whole record, then project.
import type { RawRow } from './conditions.ts';
import { perCaller, type AnyContext } from './context.ts';
import type { AnyRow } from './policy.ts';
import type { Basis } from './resource.ts';

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
