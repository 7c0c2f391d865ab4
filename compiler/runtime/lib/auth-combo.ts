// One mail with a link and a code: whichever is used first signs in, and ends the other.
import { createHash } from 'node:crypto';
import type { BetterAuthPlugin } from 'better-auth';
import { createAuthEndpoint } from 'better-auth/api';
import { emailOTP, magicLink } from 'better-auth/plugins';
import * as z from 'zod';
import { call, inPlaceOf } from './auth-endpoint.ts';
import type { AuthPart, PartGiven } from './auth.ts';
import { proven } from './auth-proven.ts';
import { codeMail, mailer, VALID } from './mail.ts';

const VERIFY = '/sign-in/combo-auth/verify';
const hashed = (token: string): Promise<string> => Promise.resolve(createHash('sha256').update(token).digest('base64url'));
const linkOf = (email: string): string => `combo-auth-link-${email.toLowerCase()}`;
const codeOf = (email: string): string => `sign-in-otp-${email.toLowerCase()}`; // as Better Auth calls it

/** Mounts /sign-in/combo-auth, which sends the mail, and signs in when it is given the code. The link leads to its /verify. */
export function codesAndLinks(): AuthPart {
  return (given) => ({ plugins: [proven(given), combo(given)] });
}

function combo(given: PartGiven): BetterAuthPlugin {
  const send = mailer(given);
  const codes = emailOTP({ storeOTP: 'hashed', expiresIn: VALID, sendVerificationOTP: () => Promise.reject(new Error('codes are sent with their links')) });
  const links = magicLink({
    storeToken: { type: 'custom-hasher', hash: hashed }, expiresIn: VALID,
    async sendMagicLink({ email, url, token, metadata }, ctx) {
      const expiresAt = new Date(Date.now() + VALID * 1000);
      await ctx?.context.internalAdapter.createVerificationValue({ identifier: linkOf(email), value: await hashed(token), expiresAt });
      await send(codeMail(given, email, { purpose: 'sign-in', code: metadata?.['otp'] as string, url: url.replace('/magic-link/verify', VERIFY) }));
    },
  });
  const optional = z.string().optional();
  const body = z.object({ email: z.email(), otp: optional, name: optional, callbackURL: optional, newUserCallbackURL: optional, errorCallbackURL: optional });
  const signInComboAuth = createAuthEndpoint('/sign-in/combo-auth', { method: 'POST', requireHeaders: true, body }, async (ctx) => {
    const { otp, ...rest } = ctx.body, { email, name } = rest, { internalAdapter } = ctx.context;
    if (otp === undefined) {
      const made = await call<string>(codes.endpoints.createVerificationOTP, ctx, { body: { email, type: 'sign-in' } });
      return ctx.json(await call(links.endpoints.signInMagicLink, ctx, { body: { ...rest, metadata: { otp: made } } }));
    }
    const answer = await call(codes.endpoints.signInEmailOTP, ctx, { body: { email, otp, ...(name === undefined ? {} : { name }) } });
    const link = await internalAdapter.consumeVerificationValue(linkOf(email));
    if (link) await internalAdapter.deleteVerificationByIdentifier(link.value);
    return ctx.json(answer);
  });
  const comboAuthVerify = inPlaceOf(links.endpoints.magicLinkVerify, async (ctx) => {
    try {
      return await call(links.endpoints.magicLinkVerify, ctx);
    } finally { // it signs in by redirecting, too
      const email = ctx.context.newSession?.user.email;
      if (email) await ctx.context.internalAdapter.deleteVerificationByIdentifier(codeOf(email));
    }
  }, VERIFY);
  return {
    id: 'combo-auth',
    endpoints: { signInComboAuth, comboAuthVerify },
    rateLimit: [{ pathMatcher: (path) => path.startsWith('/sign-in/combo-auth'), window: 60, max: 5 }],
  };
}
