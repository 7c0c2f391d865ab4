import type { ActionExecutor } from '../../lib/definition.ts';
import { candidates } from '../definitions/candidates.ts';

export const execute: ActionExecutor<{ people: { name: string; email: string }[] }> = async ({ db, input }) => {
  const rows = await db.insert(candidates).values(input.people).returning();
  return { imported: rows.length };
};
