// Whether a record's state allows an action, and what to tell a caller whose role allows it but whose record does not.
import { answersFor } from './answer.ts';
import { hasRole, hasUserRole } from './caller.ts';
import { conditionOf, type RawRow } from './conditions.ts';
import type { AnyContext } from './context.ts';
import type { Entry } from './entry.ts';
import { fail } from './errors.ts';
import type { Access, ActionRule, AnyRow } from './policy.ts';
import type { Resource } from './resource.ts';

/** The record part of an action's access. Throws 409 with the column that stands in the way, and its value where answers show the caller that column. */
export async function requireState(r: Resource, rule: ActionRule<AnyRow>, { ctx, grant }: Entry, row: RawRow, action: string): Promise<void> {
  const answers = answersFor(r);
  if (await grant.test(row, answers.record(row), ctx)) return;
  const field = obstacle(r, rule.access, row, ctx).field;
  fail('ACCESS_ACTION_NOT_ALLOWED_FOR_STATE', { action, ...(field === undefined ? {} : { field }), ...(field === undefined || !answers.fields(ctx, 'write').includes(field) ? {} : { current: answers.one(ctx, row, [field])[field] }) });
}

/** A step of the action's state machine. Throws 409 with where the record may go. */
export function requireTransition({ transition: machine }: ActionRule<AnyRow>, row: RawRow, target: unknown, action: string): void {
  if (!machine) return;
  const current = row[machine.field];
  const allowedTargets = typeof current === 'string' && Object.hasOwn(machine.fromTo, current) ? machine.fromTo[current] ?? [] : [];
  if (!allowedTargets.some((state) => state === target)) fail('ACCESS_ACTION_NOT_ALLOWED_FOR_STATE', { action, field: machine.field, current, target, allowedTargets });
}

interface Obstacle {
  /** False when the caller's roles rule this part out. */
  readonly open: boolean;
  readonly field?: string;
}

/** The first column whose condition fails in a part of the rule that the caller's roles leave open. */
function obstacle(r: Resource, access: Access<AnyRow>, row: RawRow, ctx: AnyContext): Obstacle {
  if (access.roles) return { open: hasRole(ctx, access.roles) };
  if (access.userRole) return { open: hasUserRole(ctx, access.userRole) };
  if (access.where) {
    const field = Object.entries(access.where).find(([name, condition]) => fails(r, name, condition, row, ctx))?.[0];
    return { open: true, ...(field === undefined ? {} : { field }) };
  }
  const parts = (access.any ?? access.all ?? []).map((part) => obstacle(r, part, row, ctx));
  const field = parts.find((p) => p.open && p.field !== undefined)?.field;
  const open = access.all ? parts.every((p) => p.open) : parts.some((p) => p.open);
  return { open, ...(open && field !== undefined ? { field } : {}) };
}

/** Conditions on who is calling are not told: their column names another person. */
function fails(r: Resource, name: string, condition: unknown, row: RawRow, ctx: AnyContext): boolean {
  const column = r.columns.get(name);
  if (!column || JSON.stringify(condition).includes('"$ctx.')) return false;
  return !conditionOf(column, condition as Readonly<Record<string, unknown>>, name).js(row, ctx);
}
