// Reading: one record, lists and views. The firewall, what access leaves to ask of a row, and the caller's filters make one WHERE clause, whose text is
// made once per shape of request. What is not understood of a request is refused by name: a mistyped filter must never return everything.
import { labelsOf, presenterOf, respond } from './answer.ts';
import type { Column } from './columns.ts';
import { bind, every, FALSE, OPERATORS, plain, some, type OperatorName, type RawRow, type Sql } from './conditions.ts';
import { perCaller } from './context.ts';
import { fail, fault, invalid } from './errors.ts';
import type { AnyRow, FilterOperator, QueryRule } from './policy.ts';
import type { Resource } from './resource.ts';
import { enter, gateFor, notFound, type Entry, type Handler, type Op, type Runtime } from './routes.ts';
import { fromQuery, ruleOf, storable } from './values.ts';

/** The primary key a path or body names, in the column's own type; undefined when no row can have it. */
export function keyValue(r: Resource, id: unknown): string | number | undefined {
  if (r.key?.kind === 'text') return typeof id === 'string' && id !== '' && storable(id) ? id : undefined;
  const number = typeof id === 'number' ? id : typeof id === 'string' && /^-?\d{1,16}$/.test(id) ? Number(id) : NaN; //: serial
  return Number.isSafeInteger(number) ? number : undefined; //: serial
}

export function keyOf(r: Resource): { readonly name: string; readonly sql: string } {
  return r.key ?? fault(`${r.name}: records need a primary key of one column`);
}

/** Reads the rows of these keys inside the wall. */
export async function load(rt: Runtime, r: Resource, { ctx, wall }: Entry, keys: readonly unknown[]): Promise<RawRow[]> {
  const { sql } = keyOf(r), which = keys.length === 1 ? plain(`${sql} = ?`, keys[0]) : plain(`${sql} in (select value from json_each(?))`, JSON.stringify(keys));
  const where = every([wall.where, which]);
  return rt.db.all(`select ${r.answers.everything} from ${r.from} where ${where.text}`, bind(where, ctx));
}

/** The record of a path inside the firewall. */
export async function find(rt: Runtime, r: Resource, entry: Entry, id: unknown): Promise<RawRow> {
  const key = keyValue(r, id), [row] = key === undefined ? [] : await load(rt, r, entry, [key]);
  if (!row) throw notFound(r);
  return row;
}

/** The same after the record part of access. */
export async function reach(rt: Runtime, r: Resource, entry: Entry, id: unknown): Promise<RawRow> {
  const row = await find(rt, r, entry, id);
  await allow(r, entry, row);
  return row;
}

export async function allow(r: Resource, { ctx, grant }: Entry, row: RawRow): Promise<void> {
  if (!(await grant.test(row, r.answers.record(row), ctx))) fail('ACCESS_CONDITION_FAILED');
}

/** A row as it would be written: inside the firewall, and on creation what access asks of it. Functions see no row then. */
export async function allowNew({ ctx, wall, grant }: Entry, row: RawRow, creating: boolean): Promise<void> {
  if (!wall.holds(row, ctx) || (creating && !(await grant.test(row, undefined, ctx)))) fail('ACCESS_CONDITION_FAILED');
}

/** What a write repeats: the wall, what access asks of the row as far as SQL can say, and the key. */
export function still(r: Resource, { wall, grant }: Entry, row: RawRow): Sql {
  const { name, sql } = keyOf(r);
  return every([plain(`${sql} = ?`, row[name]), wall.where, ...(grant.rows ? [grant.rows] : [])]);
}

/** `GET /:id`. */
export const get: Op<'get'> = {
  operation: 'get',
  bind(r, rt) {
    const gate = gateFor(r, 'get'), present = presenterOf(r, rt);
    return async (c) => {
      const entry = enter(c, r, gate), row = await reach(rt, r, entry, c.req.param('id'));
      const [record] = await present(entry.ctx, [row], chosen(r.answers.fields(entry.ctx, 'get'), c.req.query('fields')));
      return respond(c, record);
    };
  },
};

/** `GET /`. With `?view=name` it is the view's access that counts, not the list's. */
export const list: Op<'list'> = {
  operation: 'list',
  bind(r, rt) {
    const plainly = lister(r, rt, 'list'), named = viewsOf(r, rt, Object.keys(r.policy.views ?? {})), gate = gateFor(r, 'list');
    return (c) => {
      const view = c.req.query('view') ?? r.policy.list?.defaultView, handler = view === undefined ? plainly : named.get(view);
      if (handler) return handler(c);
      enter(c, r, gate);
      return invalid('view', `no such view: ${view}`);
    };
  },
};

/** `GET /views/<name>`. */
export function view<V extends string>(name: V): Op<`view:${V}`> {
  return { operation: `view:${name}`, bind: (r, rt) => lister(r, rt, `view:${name}`, name) };
}

export function viewsOf(r: Resource, rt: Runtime, names: readonly string[]): ReadonlyMap<string, Handler> {
  return new Map(names.map((name) => [name, lister(r, rt, `view:${name}`, name)]));
}

type Plan = ReturnType<typeof planOf>;
const PLANS = 512;

function lister(r: Resource, rt: Runtime, operation: string, view?: string): Handler {
  const gate = gateFor(r, operation), surfaces = surfaceOf(r, view), labels = labelsOf(r, rt), plans = new Map<string, Plan>();
  const planFor = async (entry: Entry, surface: Surface, query: ListQuery): Promise<Plan> => {
    const { id, rows = FALSE } = entry.grant;
    if (entry.grant.filter) return planOf(r, entry, query, surface, await entry.grant.filter(entry.ctx)); //: check
    const key = `${id} ${entry.wall.id} ${surface.id} ${shapeOf(query, surface)}`;
    let plan = plans.get(key);
    if (!plan) {
      if (plans.size >= PLANS) plans.clear();
      plans.set(key, (plan = planOf(r, entry, query, surface, rows)));
    }
    return plan;
  };
  return async (c) => {
    const entry = enter(c, r, gate), { ctx } = entry, surface = surfaces(ctx), at = c.req.url.indexOf('?');
    const query = parseQuery(r, surface, at < 0 ? undefined : new URLSearchParams(c.req.url.slice(at)));
    const plan = await planFor(entry, surface, query), values = [...query.filters.map((f) => f.operand), ...(query.search === undefined ? [] : [query.search])];
    const data = await rt.db.all(plan.page.text, bind(plan.page, ctx, [...values, query.limit, query.offset]));
    const total = query.total ? Number((await rt.db.all(plan.total.text, bind(plan.total, ctx, values)))[0]?.['n'] ?? 0) : undefined;
    r.answers.many(ctx, data, plan.decoders, plan.owners);
    if (labels) await labels(ctx, data, query.fields);
    const pagination = { limit: query.limit, offset: query.offset, count: data.length, ...(total === undefined ? {} : { total }) };
    return respond(c, view === undefined ? { data, pagination } : { data, view, fields: query.fields, pagination }, query.header ? { 'x-total-count': String(total) } : {});
  };
}

/** Everything that changes the text of the statement, and nothing else. */
function shapeOf(query: ListQuery, surface: Surface): string {
  const fields = query.fields === surface.fields ? '' : query.fields.join();
  const sort = query.sort === surface.sort ? '' : query.sort.map((s) => (s.descending ? '-' : '') + s.column.name).join();
  const filters = query.filters.map((f) => `${f.column.name}.${f.operator}${f.operator === 'isNull' ? String(f.operand) : ''}`).join();
  return `${fields}|${sort}|${filters}|${query.search === undefined ? '' : '?'}`;
}

function planOf(r: Resource, { ctx, wall }: Entry, query: ListQuery, surface: Surface, rows: Sql) {
  const shown = new Set(query.fields), slot = (at: number) => (_: unknown, slots: readonly unknown[]): unknown => slots[at];
  const owners = [...new Set(r.masking.steps(ctx).flatMap((s) => (shown.has(s.field) && s.owner !== undefined ? [s.owner] : [])))].filter((o) => !shown.has(o));
  const filters = query.filters.map(({ column, operator, operand }: Filter, i): Sql => {
    if (operator === 'isNull') return plain(`${column.sql} is ${operand === true ? '' : 'not '}null`);
    return { text: OPERATORS[operator].sql(column.sql), params: [slot(i)] };
  });
  const searched = (name: string): Sql => ({ text: OPERATORS.contains.sql(r.columns.get(name)?.sql ?? 'null'), params: [slot(filters.length)] });
  const search = query.search === undefined ? [] : [some(surface.searchable.map(searched))];
  const where = every([wall.where, rows, ...filters, ...search]), names = [...query.fields, ...owners], next = filters.length + search.length;
  return {
    page: {
      text: `select ${r.answers.select(names)} from ${r.from} where ${where.text}${orderBy(r, query)} limit ? offset ?`, params: [...where.params, slot(next), slot(next + 1)],
    },
    total: { text: `select count(*) as "n" from ${r.from} where ${where.text}`, params: where.params },
    decoders: r.answers.decoders(names),
    owners,
  };
}

/** The primary key comes last, so that two pages never show a row twice; in the direction before it, so that one index can serve both. */
function orderBy(r: Resource, { sort }: ListQuery): string {
  const keys = [...r.columns.values()].filter((c) => c.primary && !sort.some((s) => s.column === c)), descending = sort.at(-1)?.descending ?? false;
  const parts = [...sort, ...keys.map((column) => ({ column, descending }))].map((s) => `${s.column.sql} ${s.descending ? 'desc' : 'asc'}`);
  return parts.length ? ` order by ${parts.join(', ')}` : '';
}

interface Sort { readonly column: Column; readonly descending: boolean }
interface Filter { readonly column: Column; readonly operator: OperatorName | 'isNull'; readonly operand: unknown }
/** What one set of roles may ask of a list or a view. */
type Surface = ReturnType<ReturnType<typeof surfaceOf>>;
type ListQuery = ReturnType<typeof parseQuery>;

const ALWAYS = ['createdAt', 'modifiedAt'];
let surfaces = 0;

/** What may be asked of the list, or of a view, by each set of roles. */
function surfaceOf(r: Resource, view?: string) {
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
      /** Callers without a session name their organisation with `organizationId`; to all others it is a column like any. */ //: public
      visitors: !ctx.authenticated && r.firewall.organisation, //: public
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

const FILTERS: Readonly<Record<FilterOperator, OperatorName | 'isNull'>> = {
  eq: 'equals', ne: 'differs', gt: 'greaterThan', gte: 'greaterThanOrEqual', lt: 'lessThan', lte: 'lessThanOrEqual', like: 'contains', in: 'in', isNull: 'isNull',
};

/** Reads the parameters. Throws QUERY_INVALID that names the first one that is not understood. */
function parseQuery(r: Resource, surface: Surface, params: URLSearchParams | undefined) {
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
      default:
        if (name === 'organizationId' && surface.visitors) break; //: public
        if (!name.startsWith('utm_')) filters.push(filterOf(r, surface, name, value));
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
function chosen(fields: readonly string[], value: string | undefined): readonly string[] {
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
  if (!Object.hasOwn(FILTERS, operator)) return invalid(parameter, 'unknown operator');
  const known = operator as FilterOperator;
  if (allowed !== true && !allowed.includes(known)) return invalid(parameter, 'this operator is not open for the column');
  return { column, operator: FILTERS[known], operand: operandOf(r, column, known, parameter, value) };
}

function operandOf(r: Resource, column: Column, operator: FilterOperator, parameter: string, value: string): unknown {
  const rule = ruleOf(column, r.policy.values?.[column.name], r.audit);
  if (operator === 'isNull') return yes(parameter, value);
  if (operator === 'like') return column.kind === 'text' && storable(value) ? value.replace(/^%/, '').replace(/%$/, '') : invalid(parameter, 'like needs a text column');
  const read = (text: string): string | number => fromQuery(column, rule, text) ?? invalid(parameter, `no value of this ${column.kind} column`);
  return operator === 'in' ? JSON.stringify(value.split(',').map((v) => read(v.trim()))) : read(value);
}
