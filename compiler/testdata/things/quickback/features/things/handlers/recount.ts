import type { ActionExecutor } from '@quickback/compiler';
import { things } from '../things';

export const execute: ActionExecutor = async ({ db, input, whereRecord }) => {
  const [thing] = await db.update(things).set({ count: input.to }).where(whereRecord()).returning();
  return thing;
};
