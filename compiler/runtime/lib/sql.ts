// SQL as text with one '?' per parameter, and where each parameter's value comes from. Names and operators in a text
// come from policies and tables when the module loads; whatever a request says is a parameter.
import { contextValue, type AnyContext } from './context.ts';
import type { Column } from './columns.ts';
import { stored, type Stored } from './operators.ts';

/** A value known when the text is made, one of the request's context, or one of the request itself. */
export type Source =
  | { readonly value: unknown }
  | { readonly path: string; readonly column: Column }
  | { readonly list: readonly (Stored | `$ctx.${string}`)[] | '$ctx.roles'; readonly column: Column; readonly every: boolean }
  | { readonly slot: number };

export interface Sql {
  readonly text: string;
  readonly params: readonly Source[];
}

export const TRUE: Sql = { text: '1 = 1', params: [] };
export const FALSE: Sql = { text: '1 = 0', params: [] };

/** All of them hold. Every operand is parenthesised: an `or` in one can not swallow its neighbour. */
export function every(parts: readonly Sql[]): Sql {
  return fold(parts.filter((p) => p !== TRUE), ' and ', TRUE);
}
/** One of them holds. */
export function some(parts: readonly Sql[]): Sql {
  return fold(parts, ' or ', FALSE);
}
function fold(parts: readonly Sql[], word: string, none: Sql): Sql {
  const [first, ...rest] = parts;
  if (!first) return none;
  if (!rest.length) return first;
  return { text: parts.map((p) => `(${p.text})`).join(word), params: parts.flatMap((p) => p.params) };
}

/** The values of the parameters for one request. */
export function bind(sql: Sql, ctx: AnyContext, slots: readonly unknown[] = []): unknown[] {
  return sql.params.map((source) => {
    if ('value' in source) return source.value;
    if ('slot' in source) return slots[source.slot];
    if ('path' in source) return stored(source.column, contextValue(ctx, source.path)) ?? null;
    const list = listValues(source.list, source.column, source.every, ctx);
    return list ? JSON.stringify(list) : null;
  });
}

/** The operands of a list; with `every`, undefined when one of them is missing from the context. */
export function listValues(
  list: readonly (Stored | `$ctx.${string}`)[] | '$ctx.roles', column: Column, every: boolean, ctx: AnyContext,
): readonly Stored[] | undefined {
  if (list === '$ctx.roles') return ctx.authenticated ? ctx.roles : every ? undefined : [];
  const out: Stored[] = [];
  for (const item of list) {
    const value = isRef(item) ? stored(column, contextValue(ctx, item.slice(5))) : item;
    if (value !== undefined) out.push(value);
    else if (every) return undefined;
  }
  return out;
}

export function isRef(value: unknown): value is `$ctx.${string}` {
  return typeof value === 'string' && value.startsWith('$ctx.');
}
