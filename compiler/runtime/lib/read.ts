// Reading: one record inside the caller's firewall, lists and views. The firewall, what access leaves to ask of a row, and the caller's filters make
// one WHERE clause of a list; its text is made once per shape of request and the values are bound.
import { labelsOf, presenterOf, respond } from './answer.ts';
import { bind, every, FALSE, OPERATORS, plain, some, type RawRow, type Sql } from './conditions.ts';
import { fail, fault, invalid } from './errors.ts';
import { chosen, parseQuery, surfaceOf, type Filter, type ListQuery, type Surface } from './query.ts';
import type { Resource } from './resource.ts';
import { enter, gateFor, notFound, type Entry, type Handler, type Op, type Runtime } from './routes.ts';
import { storable } from './values.ts';

/** The primary key a path or body names, in the column's own type; undefined when no row can have it. */
export function keyValue(r: Resource, id: unknown): string | number | undefined {
  if (r.key?.kind === 'text') return typeof id === 'string' && id !== '' && storable(id) ? id : undefined;
  const number = typeof id === 'number' ? id : typeof id === 'string' && /^-?\d{1,16}$/.test(id) ? Number(id) : NaN;
  return Number.isSafeInteger(number) ? number : undefined;
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
    const query = parseQuery(r, surface, at < 0 ? undefined : new URLSearchParams(c.req.url.slice(at)), ctx);
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
