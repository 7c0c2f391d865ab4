// Lists and views. The firewall, what access leaves to ask of a row, and the caller's filters make one WHERE clause;
// its text is made once per shape of request and the values are bound.
import type { Grant } from './access.ts';
import { answersFor, type Answers, type Decoders } from './answer.ts';
import type { AnyContext } from './context.ts';
import { enter, gateFor, type Entry } from './entry.ts';
import { fail } from './errors.ts';
import { OPERATORS } from './operators.ts';
import { parseQuery, surfaceOf, type Filter, type ListQuery, type Surface } from './query.ts';
import type { Resource } from './resource.ts';
import type { Call, Handler, Op } from './routes.ts';
import type { Runtime } from './runtime.ts';
import { labelsOf } from './labels.ts';
import { respond } from './respond.ts';
import { bind, every, some, type Sql } from './sql.ts';

/** `GET /`. With `?view=name` it is the view's access that counts, not the list's. */
export const list: Op<'list'> = {
  operation: 'list',
  bind(r, rt) {
    const plain = lister(r, rt, 'list'), named = viewsOf(r, rt, Object.keys(r.policy.views ?? {}));
    const gate = gateFor(r, 'list'), fallback = r.policy.list?.defaultView;
    return (c) => {
      const view = c.req.query('view') ?? fallback;
      if (view === undefined) return plain(c);
      const handler = named.get(view);
      if (handler) return handler(c);
      enter(c, r, gate);
      return fail('QUERY_INVALID', { parameter: 'view', reason: 'no such view' }, { error: `Invalid query parameter: view ${view}` });
    };
  },
};

/** `GET /views/<name>`. */
export function view<V extends string>(name: V): Op<`view:${V}`> {
  return { operation: `view:${name}`, bind: (r, rt) => lister(r, rt, `view:${name}`, name) };
}

/** `GET /?view=<name>` of a resource that has views and no list. */
export function views<V extends string>(...names: readonly [V, ...V[]]): Op<`view:${V}`> {
  return {
    operation: `view:${names[0]}`,
    bind(r, rt) {
      const named = viewsOf(r, rt, names);
      return (c) => {
        const handler = named.get(c.req.query('view') ?? r.policy.list?.defaultView ?? '');
        if (handler) return handler(c);
        if (!c.get('ctx')?.authenticated) fail('AUTH_MISSING');
        return fail('QUERY_INVALID', { parameter: 'view', reason: `must be one of ${names.join(', ')}` }, { error: 'Invalid query parameter: view' });
      };
    },
  };
}

function viewsOf(r: Resource, rt: Runtime, names: readonly string[]): ReadonlyMap<string, Handler> {
  return new Map(names.map((name) => [name, lister(r, rt, `view:${name}`, name)]));
}

/** A prepared list of one shape. */
interface Plan {
  readonly page: Sql;
  readonly total: Sql;
  readonly decoders: Decoders;
  readonly owners: readonly string[];
}
const PLANS = 512;

function lister(r: Resource, rt: Runtime, operation: string, view?: string): Handler {
  const gate = gateFor(r, operation), answers = answersFor(r), surfaces = surfaceOf(r, answers, view), labels = labelsOf(r, rt);
  const plans = new Map<string, Plan>();
  const planFor = (entry: Entry, surface: Surface, query: ListQuery, rows: Sql): Plan => {
    const shape = () => planOf(r, answers, entry, query, surface, rows);
    if (entry.grant.code) return shape(); // the functions may answer differently next time
    const key = `${entry.grant.id} ${entry.wall.id} ${surface.id} ${shapeOf(query, surface)}`;
    let plan = plans.get(key);
    if (!plan) {
      if (plans.size >= PLANS) plans.clear();
      plans.set(key, (plan = shape()));
    }
    return plan;
  };
  return async (c) => {
    const entry = enter(c, r, gate), { ctx } = entry;
    const surface = surfaces(ctx);
    const query = parseQuery(r, surface, paramsOf(c), ctx);
    const plan = planFor(entry, surface, query, await rowsOf(entry.grant, ctx));
    const values: unknown[] = [...query.filters.map((f) => f.operand), ...(query.search === undefined ? [] : [query.search])];
    const data = await rt.db.all(plan.page.text, bind(plan.page, ctx, [...values, query.limit, query.offset]));
    const total = query.total ? Number((await rt.db.all(plan.total.text, bind(plan.total, ctx, values)))[0]?.['n'] ?? 0) : undefined;
    answers.many(ctx, data, plan.decoders, plan.owners);
    if (labels) await labels(ctx, data, query.fields);
    const pagination = { limit: query.limit, offset: query.offset, count: data.length, ...(total === undefined ? {} : { total }) };
    const body = view === undefined ? { data, pagination } : { data, view, fields: query.fields, pagination };
    return respond(c, rt, body, query.header ? { 'x-total-count': String(total) } : {});
  };
}

function rowsOf(grant: Grant, ctx: AnyContext): Sql | Promise<Sql> {
  return grant.code ? grant.filter(ctx) : grant.rows;
}

function paramsOf(c: Call): URLSearchParams | undefined {
  const { url } = c.req, at = url.indexOf('?');
  return at < 0 ? undefined : new URLSearchParams(url.slice(at));
}

/** Everything that changes the text of the statement, and nothing else. */
function shapeOf(query: ListQuery, surface: Surface): string {
  const fields = query.fields === surface.fields ? '' : query.fields.join();
  const sort = query.sort === surface.sort ? '' : query.sort.map((s) => (s.descending ? '-' : '') + s.column.name).join();
  const filters = query.filters.map((f) => `${f.column.name}.${f.operator}${f.operator === 'isNull' ? String(f.operand) : ''}`).join();
  return `${fields}|${sort}|${filters}|${query.search === undefined ? '' : '?'}`;
}

function planOf(r: Resource, answers: Answers, { ctx, wall }: Entry, query: ListQuery, surface: Surface, rows: Sql): Plan {
  const shown = new Set(query.fields);
  const owners = [...new Set(r.masking.steps(ctx).flatMap((s) => (shown.has(s.field) && s.owner !== undefined ? [s.owner] : [])))].filter((o) => !shown.has(o));
  const filters = query.filters.map((f, slot) => filterSql(f, slot));
  const search = query.search === undefined ? [] : [some(surface.searchable.map((n) => ({
    text: OPERATORS.contains.sql(r.columns.get(n)?.sql ?? 'null'), params: [{ slot: filters.length }],
  })))];
  const where = every([wall.where, rows, ...filters, ...search]);
  const names = [...query.fields, ...owners], next = filters.length + search.length;
  return {
    page: {
      text: `select ${answers.select(names)} from ${r.from} where ${where.text}${orderBy(r, query)} limit ? offset ?`,
      params: [...where.params, { slot: next }, { slot: next + 1 }],
    },
    total: { text: `select count(*) as "n" from ${r.from} where ${where.text}`, params: where.params },
    decoders: answers.decoders(names),
    owners,
  };
}

function filterSql({ column, operator, operand }: Filter, slot: number): Sql {
  if (operator === 'isNull') return { text: `${column.sql} is ${operand === true ? '' : 'not '}null`, params: [] };
  return { text: OPERATORS[operator].sql(column.sql), params: [{ slot }] };
}

/** The primary key comes last, so that two pages never show a row twice; in the direction before it, so that one index can serve both. */
function orderBy(r: Resource, query: ListQuery): string {
  const keys = [...r.columns.values()].filter((c) => c.primary && !query.sort.some((s) => s.column === c));
  const way = query.sort.at(-1)?.descending ? 'desc' : 'asc';
  const parts = [...query.sort.map((s) => `${s.column.sql}${s.descending ? ' desc' : ' asc'}`), ...keys.map((k) => `${k.sql} ${way}`)];
  return parts.length ? ` order by ${parts.join(', ')}` : '';
}
