// A forgotten password is replaced by way of a link by mail, and every session of the user ends with it.
import type { AuthPart } from './auth.ts';
import { codeMail, mailer, VALID } from './mail.ts';

/** Opens /request-password-reset and /reset-password. */
export function passwordReset(): AuthPart {
  return (given) => {
    const send = mailer(given);
    return {
      emailAndPassword: {
        resetPasswordTokenExpiresIn: VALID, revokeSessionsOnPasswordReset: true,
        sendResetPassword: ({ user, url }) => send(codeMail(given, user.email, { purpose: 'forget-password', url })),
      },
    };
  };
}
