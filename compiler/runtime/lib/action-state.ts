// Whether a record's state allows an action, and what to tell a caller whose role allows it but whose record does not.
import { conditionOf, type RawRow } from './conditions.ts';
import { hasRole, hasUserRole, type AnyContext } from './context.ts';
import { fail } from './errors.ts';
import type { Access, ActionRule, AnyRow } from './policy.ts';
import type { Resource } from './resource.ts';
import type { Entry } from './routes.ts';

/** The record part of an action's access. Throws 409 with the column that stands in the way, and its value where answers show the caller that column. */
export async function requireState({ answers, columns }: Resource, rule: ActionRule<AnyRow>, { ctx, grant }: Entry, row: RawRow, action: string): Promise<void> {
  if (await grant.test(row, answers.record(row), ctx)) return;
  const { field } = obstacle(columns, rule.access, row, ctx), shown = field !== undefined && answers.fields(ctx, 'write').includes(field);
  fail('ACCESS_ACTION_NOT_ALLOWED_FOR_STATE', { action, ...(field === undefined ? {} : { field }), ...(shown ? { current: answers.one(ctx, row, [field])[field] } : {}) });
}

/** A step of the action's state machine. Throws 409 with where the record may go. */
export function requireTransition({ transition: machine }: ActionRule<AnyRow>, row: RawRow, target: unknown, action: string): void {
  if (!machine) return;
  const current = row[machine.field];
  const allowedTargets = typeof current === 'string' && Object.hasOwn(machine.fromTo, current) ? machine.fromTo[current] ?? [] : [];
  if (!allowedTargets.some((state) => state === target)) fail('ACCESS_ACTION_NOT_ALLOWED_FOR_STATE', { action, field: machine.field, current, target, allowedTargets });
}

/** The first column whose condition fails in a part of the rule that the caller's roles leave open. */
function obstacle(columns: Resource['columns'], access: Access<AnyRow>, row: RawRow, ctx: AnyContext): { readonly open: boolean; readonly field?: string | undefined } {
  if (access.roles) return { open: hasRole(ctx, access.roles) };
  if (access.userRole) return { open: hasUserRole(ctx, access.userRole) };
  if (access.where) {
    // Conditions on who is calling are not told: their column names another person.
    const told = Object.entries(access.where).filter(([, condition]) => !JSON.stringify(condition).includes('"$ctx.'));
    const failing = told.find(([name, condition]) => {
      const column = columns.get(name);
      return column && !conditionOf(column, condition as Readonly<Record<string, unknown>>, name).js(row, ctx);
    });
    return { open: true, field: failing?.[0] };
  }
  const parts = (access.any ?? access.all ?? []).map((part) => obstacle(columns, part, row, ctx));
  const open = access.all ? parts.every((p) => p.open) : parts.some((p) => p.open);
  return { open, field: open ? parts.find((p) => p.open && p.field !== undefined)?.field : undefined };
}
