import type { ActionExecutor } from '../../../../lib/definition.ts';
import { things } from '../things.ts';

export const execute: ActionExecutor = async ({ db, input, whereRecord }) => {
  const [thing] = await db.update(things).set({ count: input.to }).where(whereRecord()).returning();
  return thing;
};
