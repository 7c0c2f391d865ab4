// Codes by mail: signing in with one, confirming an address, and resetting a password. They are stored hashed.
import { emailOTP } from 'better-auth/plugins';
import type { AuthPart } from './auth.ts';
import { proven } from './auth-proven.ts';
import { codeMail, mailer, VALID } from './mail.ts';

/** Mounts /email-otp/* and /sign-in/email-otp. */
export function emailCodes(): AuthPart {
  return (given) => {
    const send = mailer(given);
    return { plugins: [proven(given), emailOTP({ storeOTP: 'hashed', expiresIn: VALID, sendVerificationOTP: ({ email, otp, type }) => send(codeMail(given, email, { purpose: type, code: otp })) })] };
  };
}
