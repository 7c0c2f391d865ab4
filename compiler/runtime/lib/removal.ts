// Deleting. A soft delete goes down the tree of cascades, deepest table first, and marks the record itself last: each
// statement repeats the condition on the record, so that nothing below falls when the record may not.
import type { AnyContext } from './context.ts';
import type { Statement } from './driver.ts';
import type { Resource } from './resource.ts';
import type { Runtime } from './runtime.ts';
import { keyOf } from './record.ts';
import { bind, every, some, TRUE, type Sql } from './sql.ts';
import { stamps, stamp } from './write.ts';

/** The statements that delete the rows of a condition; the last one answers with their keys as `id`, and the stamps of a soft delete. */
export type Remover = (which: Sql, ctx: AnyContext, now: Date) => Statement[];

/** Prepares deletion for a resource. */
export function removerOf(r: Resource, rt: Runtime): Remover {
  const key = `${keyOf(r)} as "id"`;
  if (r.policy.delete === 'hard') {
    return (which, ctx) => [{ text: `delete from ${r.from} where ${which.text} returning ${key}`, params: bind(which, ctx) }];
  }
  if (!r.audit.has('deletedAt')) throw new Error(`${r.name}: a soft delete needs the column deletedAt`);
  const stamped = ['deletedAt', 'deletedBy'].filter((n) => r.audit.has(n)).map((n) => `${r.columns.get(n)?.sql} as "${n}"`);
  return (which, ctx, now) => {
    const below = descend(r, rt, selected(r, which), ctx, now, [r.name]);
    return [...below, mark(r, rootOf(r, which), ctx, now, ` returning ${[key, ...stamped].join(', ')}`)];
  };
}

/** The statements that soft-delete what hangs on the rows of a condition, but not those rows: they come before, while the condition still holds. */
export function belowOf(r: Resource, rt: Runtime): Remover {
  return (which, ctx, now) => {
    const below = descend(r, rt, selected(r, which), ctx, now, [r.name]);
    if (!selfLinks(r).length) return below;
    return [...below, mark(r, every([rootOf(r, which), { text: `not (${which.text})`, params: which.params }]), ctx, now, '')];
  };
}

/** Sets the deletion stamps. */
function mark(r: Resource, which: Sql, ctx: AnyContext, now: Date, returning: string): Statement {
  const values = { ...stamps(r, ctx, now, false), ...stamp(r, ctx, now, 'deleted') };
  const set = Object.keys(values).map((n) => `${r.columns.get(n)?.sql} = ?`).join(', ');
  return { text: `update ${r.from} set ${set} where ${which.text}${returning}`, params: [...Object.values(values), ...bind(which, ctx)] };
}

/** Marks what hangs on the parents, a query for their keys; what hangs on that comes before. */
function descend(parent: Resource, rt: Runtime, parents: Sql, ctx: AnyContext, now: Date, path: readonly string[]): Statement[] {
  return Object.entries(parent.policy.cascades ?? {}).flatMap(([name, links]): Statement[] => {
    const child = rt.registry.get(name);
    if (!child) throw new Error(`${parent.name}: no ${name} to cascade to`);
    if (path.includes(name) || !child.audit.has('deletedAt')) return []; // a hard-delete child is left alone
    const linked = some(linksOf(child, links).map((link) => ({ text: `${link} in (${parents.text})`, params: parents.params })));
    const hanging = every([linked, living(child, ctx)]);
    const below = child.key ? descend(child, rt, selected(child, hanging), ctx, now, [...path, name]) : [];
    return [...below, mark(child, child.key ? rootOf(child, hanging) : hanging, ctx, now, '')];
  });
}

/** Rows that are not deleted yet, of the caller's organisation where the table has one. */
function living(r: Resource, ctx: AnyContext): Sql {
  const deletedAt = r.columns.get('deletedAt');
  const scope = [...r.scopes].find(([, path]) => path === 'activeOrgId')?.[0];
  const column = scope === undefined ? undefined : r.columns.get(scope);
  return every([
    deletedAt ? { text: `${deletedAt.sql} is null`, params: [] } : TRUE,
    column && ctx.activeOrgId !== undefined ? { text: `${column.sql} = ?`, params: [{ value: ctx.activeOrgId }] } : TRUE,
  ]);
}

/** A table that cascades to itself takes the whole tree below. */
function selfLinks(r: Resource): readonly string[] {
  return linksOf(r, r.policy.cascades?.[r.name] ?? []);
}

/** The SQL names of a child's foreign keys. */
function linksOf(child: Resource, links: readonly string[]): readonly string[] {
  return links.map((name) => child.columns.get(name)?.sql ?? unknown(child, name));
}
function unknown(child: Resource, name: string): never {
  throw new Error(`no ${child.name}.${name} to cascade to`);
}

/** A query for the keys of these rows and, in a table that refers to itself, of all rows below them. */
function selected(r: Resource, which: Sql): Sql {
  const key = keyOf(r), links = selfLinks(r);
  const base = `select ${key} from ${r.from} where ${which.text}`;
  if (!links.length) return { text: base, params: which.params };
  const living = `${r.columns.get('deletedAt')?.sql} is null`;
  const step = `select t.${key} from ${r.from} as t join "tree" on ${links.map((link) => `t.${link} = "tree"."id"`).join(' or ')} where t.${living}`;
  return { text: `with recursive "tree"("id") as (${base} union ${step}) select "id" from "tree"`, params: which.params };
}

function rootOf(r: Resource, which: Sql): Sql {
  if (!selfLinks(r).length) return which;
  const rows = selected(r, which);
  return { text: `${keyOf(r)} in (${rows.text})`, params: rows.params };
}
