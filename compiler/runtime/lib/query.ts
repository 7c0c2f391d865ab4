// The parameters of a list: what a caller may ask of it, and what they did ask. Whatever is not understood is refused by name: a mistyped filter
// must never return everything.
import type { Column } from './columns.ts';
import type { OperatorName } from './conditions.ts';
import { perCaller, type AnyContext } from './context.ts';
import { invalid } from './errors.ts';
import type { AnyRow, FilterOperator, QueryRule } from './policy.ts';
import type { Resource } from './resource.ts';
import { fromQuery, ruleOf, storable } from './values.ts';

interface Sort { readonly column: Column; readonly descending: boolean }
export interface Filter { readonly column: Column; readonly operator: OperatorName | 'isNull'; readonly operand: unknown }
/** What one set of roles may ask of a list or a view. */
export type Surface = ReturnType<ReturnType<typeof surfaceOf>>;
export type ListQuery = ReturnType<typeof parseQuery>;

const ALWAYS = ['createdAt', 'modifiedAt'];
let surfaces = 0;

/** What may be asked of the list, or of a view, by each set of roles. */
export function surfaceOf(r: Resource, view?: string) {
  const { list = {}, views = {} } = r.policy, rule = view === undefined ? undefined : views[view];
  const query: QueryRule<AnyRow> = { ...list, ...rule?.query }, always = ALWAYS.filter((n) => r.audit.has(n));
  const operators = (Array.isArray(query.filterable) ? Object.fromEntries(query.filterable.map((n: string) => [n, true])) : query.filterable ?? {}) as
    Readonly<Record<string, readonly FilterOperator[] | true | undefined>>;
  return perCaller((ctx) => {
    const closed = r.masking.closed(ctx);
    const reach = new Set([...r.answers.visible(ctx, rule?.fields ?? list.fields ?? [...r.columns.keys()]), ...always]);
    // An opt-in of the list itself may name a column its answer leaves out; a view never reaches beyond its fields.
    const within = (names: readonly string[]): string[] => names.filter((n) => ((view === undefined && ctx.authenticated) || reach.has(n)) && !closed.has(n));
    const allowed = (names: readonly string[] | undefined): string[] => within(names ? [...names, ...always] : [...reach]);
    return {
      id: ++surfaces, closed,
      fields: rule ? r.answers.visible(ctx, rule.fields) : r.answers.fields(ctx, 'list'),
      /** Is `?fields=` heard? */
      choose: view === undefined,
      filterable: new Map(allowed(query.filterable && Object.keys(operators)).map((n) => [n, operators[n] ?? true])),
      sortable: new Set(allowed(query.sortable)),
      searchable: within(query.searchable ?? [...reach].filter((n) => plainText(r, n))),
      sort: defaultSort(r, rule?.query?.defaultSort ?? list.sort, (n) => !closed.has(n) && (view === undefined || reach.has(n))),
      pageSize: Math.min(list.pageSize ?? 50, list.maxPageSize ?? 100), maxPageSize: list.maxPageSize ?? 100,
    };
  });
}

/** Text that people wrote: no keys, no scopes, no audit columns. */
function plainText(r: Resource, name: string): boolean {
  const column = r.columns.get(name);
  return column?.kind === 'text' && !column.primary && !r.audit.has(name) && !r.scopes.has(name) && !(name in (r.policy.references ?? {}));
}

function defaultSort(r: Resource, declared: string | readonly string[] | undefined, may: (name: string) => boolean): readonly Sort[] {
  const sort = (key: string): readonly Sort[] => {
    const column = r.columns.get(key.replace(/^-/, ''));
    return column && may(column.name) ? [{ column, descending: key.startsWith('-') }] : [];
  };
  const keys = [declared ?? []].flat().flatMap(sort), created = r.audit.has('createdAt') ? r.columns.get('createdAt') : undefined;
  return keys.length || !created ? keys : [{ column: created, descending: true }];
}

const OPERATORS: Readonly<Record<FilterOperator, OperatorName | 'isNull'>> = {
  eq: 'equals', ne: 'differs', gt: 'greaterThan', gte: 'greaterThanOrEqual', lt: 'lessThan', lte: 'lessThanOrEqual', like: 'contains', in: 'in', isNull: 'isNull',
};

/** Reads the parameters. Throws QUERY_INVALID that names the first one that is not understood. */
export function parseQuery(r: Resource, surface: Surface, params: URLSearchParams | undefined, ctx: AnyContext) {
  let limit = surface.pageSize, offset = 0, { fields, sort } = surface, search: string | undefined, total = false, header = false;
  const filters: Filter[] = [];
  for (const [name, value] of params ?? []) {
    switch (name) {
      case 'limit': limit = Math.min(surface.maxPageSize, whole(name, value, 1)); break;
      case 'offset': offset = whole(name, value, 0); break;
      case 'sort': sort = sortOf(r, surface, value, params?.get('order') ?? undefined); break;
      case 'order': if (value !== 'asc' && value !== 'desc') invalid(name, 'must be asc or desc'); break;
      case 'fields': if (surface.choose) fields = chosen(surface.fields, value); break;
      case 'search': search = value === '' ? undefined : storable(value) ? value : invalid(name, 'no text of a column'); break;
      case 'total': total = yes(name, value) || total; break;
      case 'count': if (yes(name, value)) total = header = true; break;
      case 'view': case '_': break;
      default: {
        // Callers without a session name their organisation; to all others it is a column like any.
        const visitors = name === 'organizationId' && !ctx.authenticated && r.firewall.organisation;
        if (!name.startsWith('utm_') && !visitors) filters.push(filterOf(r, surface, name, value));
      }
    }
  }
  return { limit, offset, fields, sort, filters, search, total, header };
}

function whole(name: string, value: string, least: number): number {
  const number = /^\d+$/.test(value) ? Number(value) : -1;
  if (number < least || !Number.isSafeInteger(number)) invalid(name, `must be a whole number of at least ${least}`);
  return number;
}
function yes(name: string, value: string): boolean {
  if (value !== 'true' && value !== 'false') invalid(name, 'must be true or false');
  return value === 'true';
}
/** The fields that `?fields=` names. Unknown names are ignored as documented; when none is left, all are meant. */
export function chosen(fields: readonly string[], value: string | undefined): readonly string[] {
  const names = new Set(value?.split(',').map((n) => n.trim())), known = fields.filter((f) => names.has(f));
  return known.length ? known : fields;
}

/** `a,-b` and `a:desc,b:asc`; a single plain name takes its direction from `order`. */
function sortOf(r: Resource, surface: Surface, value: string, order: string | undefined): readonly Sort[] {
  const sorts = value.split(',').map((part): Sort => {
    const key = part.trim(), [name = '', direction, ...more] = key.replace(/^-/, '').split(':');
    const column = surface.sortable.has(name) ? r.columns.get(name) : undefined;
    if (!column) return invalid('sort', `cannot sort by ${name}${surface.closed.has(name) ? ', which is masked for you' : ''}`);
    if (more.length || (direction !== undefined && direction !== 'asc' && direction !== 'desc')) invalid('sort', `unknown direction ${[direction, ...more].join(':')}`);
    return { column, descending: key.startsWith('-') !== (direction === 'desc') };
  });
  const [first] = sorts;
  if (first && sorts.length === 1 && order && /^[^-:]+$/.test(value)) return [{ ...first, descending: order === 'desc' }];
  return sorts.filter((s, i) => sorts.findIndex((t) => t.column === s.column) === i);
}

function filterOf(r: Resource, surface: Surface, parameter: string, value: string): Filter {
  const [name = '', ...rest] = parameter.split('.'), operator = rest.length ? rest.join('.') : 'eq';
  const column = r.columns.get(name), allowed = surface.filterable.get(name);
  if (!column || !allowed) return invalid(parameter, surface.closed.has(name) ? 'the column is masked for you' : 'no such column to filter by');
  if (!Object.hasOwn(OPERATORS, operator)) return invalid(parameter, 'unknown operator');
  const known = operator as FilterOperator;
  if (allowed !== true && !allowed.includes(known)) return invalid(parameter, 'this operator is not open for the column');
  return { column, operator: OPERATORS[known], operand: operandOf(r, column, known, parameter, value) };
}

function operandOf(r: Resource, column: Column, operator: FilterOperator, parameter: string, value: string): unknown {
  const rule = ruleOf(column, r.policy.values?.[column.name], r.audit);
  if (operator === 'isNull') return yes(parameter, value);
  if (operator === 'like') return column.kind === 'text' && storable(value) ? value.replace(/^%/, '').replace(/%$/, '') : invalid(parameter, 'like needs a text column');
  const read = (text: string): string | number => fromQuery(column, rule, text) ?? invalid(parameter, `no value of this ${column.kind} column`);
  return operator === 'in' ? JSON.stringify(value.split(',').map((v) => read(v.trim()))) : read(value);
}
