// Links by mail that sign in. Their tokens are stored hashed and work once.
import { magicLink } from 'better-auth/plugins';
import type { AuthPart } from './auth.ts';
import { proven } from './auth-proven.ts';
import { codeMail, mailer, VALID } from './mail.ts';

/** Mounts /sign-in/magic-link and /magic-link/verify. */
export function magicLinks(): AuthPart {
  return (given) => {
    const send = mailer(given);
    return { plugins: [proven(given), magicLink({ storeToken: 'hashed', expiresIn: VALID, sendMagicLink: ({ email, url }) => send(codeMail(given, email, { purpose: 'sign-in', url })) })] };
  };
}
