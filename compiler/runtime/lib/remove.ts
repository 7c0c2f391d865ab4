// Deleting, hard or soft. A soft delete goes down the tree of cascades, deepest table first, and marks the record itself last: each statement
// repeats the condition on the record, so that nothing below falls when the record may not.
import { bind, every, plain, some, TRUE, type Sql } from './conditions.ts';
import type { AnyContext } from './context.ts';
import type { Statement } from './driver.ts';
import { fault } from './errors.ts';
import { find, keyOf, still } from './read.ts';
import type { Resource } from './resource.ts';
import type { Op, Runtime } from './routes.ts';
import { single, stamps, updateOf, type Planner } from './write.ts';

/** Plans deletion; the last statement answers with the row's key as `id`, and the stamps of a soft delete. */
export const removing: Planner = (r, rt) => {
  const key = `${keyOf(r).sql} as "id"`;
  if (r.policy.delete !== 'hard' && !r.audit.has('deletedAt')) fault(`${r.name}: a soft delete needs the column deletedAt`);
  const returning = ` returning ${[key, r.answers.select(['deletedAt', 'deletedBy'].filter((n) => r.audit.has(n)))].filter(Boolean).join(', ')}`;
  return async (entry, { before = {}, now }) => {
    const which = still(r, entry, before), { ctx } = entry;
    if (r.policy.delete === 'hard') return { values: {}, statements: [{ text: `delete from ${r.from} where ${which.text} returning ${key}`, params: bind(which, ctx) }] };
    return { values: {}, statements: [...descend(r, rt, selected(r, which), ctx, now, [r.name]), mark(r, rt, rooted(r, which), ctx, now, returning)] };
  };
};

/** `DELETE /:id`. */
export const remove: Op<'delete'> = single('delete', removing, find);

/** The statements that soft-delete what hangs on the rows of a condition, but not those rows: they come before, while the condition still holds. */
export function below(r: Resource, rt: Runtime, which: Sql, ctx: AnyContext, now: Date): Statement[] {
  const hanging = descend(r, rt, selected(r, which), ctx, now, [r.name]);
  if (linksOf(r, r).length) hanging.push(mark(r, rt, every([treeOf(r, which), { text: `not (${which.text})`, params: which.params }]), ctx, now)); //: trees
  return hanging;
}

function mark(r: Resource, rt: Runtime, which: Sql, ctx: AnyContext, now: Date, returning = ''): Statement {
  return updateOf(r, rt, stamps(r, ctx, now, 'modified', 'deleted'), which, ctx, returning);
}

/** Marks what hangs on the parents, a query for their keys; what hangs on that comes before. */
function descend(parent: Resource, rt: Runtime, parents: Sql, ctx: AnyContext, now: Date, path: readonly string[]): Statement[] {
  return Object.keys(parent.policy.cascades ?? {}).flatMap((name): Statement[] => {
    const child = rt.registry.get(name) ?? fault(`${parent.name}: no ${name} to cascade to`);
    if (path.includes(name) || !child.audit.has('deletedAt')) return []; // a hard-delete child is left alone
    const linked = linksOf(parent, child).map((link) => ({ text: `${link} in (${parents.text})`, params: parents.params }));
    const hanging = every([some(linked), living(child, ctx)]);
    const deeper = child.key ? descend(child, rt, selected(child, hanging), ctx, now, [...path, name]) : [];
    return [...deeper, mark(child, rt, child.key ? rooted(child, hanging) : hanging, ctx, now)];
  });
}

/** Rows that are not deleted yet, of the caller's organisation where the table has one. */
function living(r: Resource, ctx: AnyContext): Sql {
  const scope = [...r.scopes].find(([, path]) => path === 'activeOrgId')?.[0] ?? '', column = r.columns.get(scope);
  return every([plain(`${r.columns.get('deletedAt')?.sql} is null`), column && ctx.activeOrgId !== undefined ? plain(`${column.sql} = ?`, ctx.activeOrgId) : TRUE]);
}

/** The SQL names of a child's foreign keys to a parent. A table that cascades to itself takes the whole tree below. */
function linksOf(parent: Resource, child: Resource): readonly string[] {
  return (parent.policy.cascades?.[child.name] ?? []).map((name) => (child.columns.get(name) ?? fault(`no ${child.name}.${name} to cascade to`)).sql);
}

/** A query for the keys of these rows. */
function selected(r: Resource, which: Sql): Sql {
  const { text, params } = rooted(r, which);
  return { text: `select ${keyOf(r).sql} from ${r.from} where ${text}`, params };
}
/** These rows and, in a table that refers to itself, all rows below them. */
function rooted(r: Resource, which: Sql): Sql {
  if (!linksOf(r, r).length) return which;
  return treeOf(r, which); //: trees
  fault(`${r.name}: nothing deletes rows below others of their table`);
}
function treeOf(r: Resource, { text, params }: Sql): Sql {
  const key = keyOf(r).sql, on = linksOf(r, r).map((link) => `t.${link} = "tree"."id"`).join(' or ');
  const step = `select t.${key} from ${r.from} as t join "tree" on ${on} where t.${r.columns.get('deletedAt')?.sql} is null`;
  return { text: `${key} in (with recursive "tree"("id") as (select ${key} from ${r.from} where ${text} union ${step}) select "id" from "tree")`, params };
}
