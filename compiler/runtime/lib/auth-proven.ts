// A code or a link by mail may prove the address of an account that somebody else has registered: Better Auth removes its passwords and sessions
// then, and what parts have added goes with them.
import type { BetterAuthPlugin } from 'better-auth';
import type { PartGiven } from './auth.ts';

const BY_MAIL = /^\/(sign-in\/(email-otp|combo-auth)|magic-link\/verify)/;

/** Stands beside every plugin that signs in by mail. */
export function proven({ forget }: PartGiven): BetterAuthPlugin {
  const calls = new WeakSet<object>();
  return { id: 'proven', init: () => ({ options: { databaseHooks: { user: { update: {
    before: async ({ emailVerified }, call) => {
      if (call && emailVerified === true && BY_MAIL.test(call.path ?? '')) calls.add(call);
    },
    after: async ({ id }, call) => {
      if (call && calls.delete(call)) await forget?.(id);
    },
  } } } } }) };
}
