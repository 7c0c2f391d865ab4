// One mail with a link and a code: whichever is used first signs in, and ends the other.
import { createHash } from 'node:crypto';
import type { BetterAuthPlugin } from 'better-auth';
import { createAuthEndpoint } from 'better-auth/api';
import { emailOTP, magicLink } from 'better-auth/plugins';
import * as z from 'zod';
import type { AuthPart, PartGiven } from './auth.ts';
import { codeMail, mailer, VALID } from './mail.ts';

/** An endpoint of another plugin, called from here. With `returnHeaders` it answers its cookies too. */
type Inner<T = Record<string, unknown> | null> = (ctx: object) => Promise<{ readonly headers: Headers; readonly response: T }>;

const VERIFY = '/sign-in/combo-auth/verify';
const hashed = (token: string): Promise<string> => Promise.resolve(createHash('sha256').update(token).digest('base64url'));
const linkOf = (email: string): string => `combo-auth-link-${email.toLowerCase()}`;
const codeOf = (email: string): string => `sign-in-otp-${email.toLowerCase()}`; // as Better Auth calls it

/** Mounts /sign-in/combo-auth, which sends the mail, and signs in when it is given the code. The link leads to its /verify. */
export function codesAndLinks(): AuthPart {
  return (given) => ({ plugins: [combo(given)] });
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
  const inner = { asResponse: false, returnHeaders: true, returnStatus: false };
  const signIn = codes.endpoints.signInEmailOTP as unknown as Inner, open = links.endpoints.magicLinkVerify as unknown as Inner, request = links.endpoints.signInMagicLink as unknown as Inner;
  const issue = codes.endpoints.createVerificationOTP as unknown as Inner<string>;
  const optional = z.string().optional();
  const body = z.object({ email: z.email(), otp: optional, name: optional, callbackURL: optional, newUserCallbackURL: optional, errorCallbackURL: optional });
  const signInComboAuth = createAuthEndpoint('/sign-in/combo-auth', { method: 'POST', requireHeaders: true, body }, async (ctx) => {
    const { otp, ...rest } = ctx.body, { internalAdapter } = ctx.context;
    if (otp === undefined) {
      const { response: made } = await issue({ ...ctx, body: { email: rest.email, type: 'sign-in' }, ...inner });
      return ctx.json((await request({ ...ctx, body: { ...rest, metadata: { otp: made } }, ...inner })).response);
    }
    const { headers, response } = await signIn({ ...ctx, body: { email: rest.email, otp, ...(rest.name === undefined ? {} : { name: rest.name }) }, ...inner });
    const link = await internalAdapter.consumeVerificationValue(linkOf(rest.email));
    if (link) await internalAdapter.deleteVerificationByIdentifier(link.value);
    for (const cookie of headers.getSetCookie()) ctx.responseHeaders.append('set-cookie', cookie);
    return ctx.json(response);
  });
  const verify = links.endpoints.magicLinkVerify.options;
  const comboAuthVerify = createAuthEndpoint(VERIFY, verify, async (ctx) => {
    try {
      const { headers, response } = await open({ ...ctx, ...inner });
      for (const cookie of headers.getSetCookie()) ctx.responseHeaders.append('set-cookie', cookie);
      return ctx.json(response);
    } finally { // it signs in by redirecting, too
      const email = ctx.context.newSession?.user.email;
      if (email) await ctx.context.internalAdapter.deleteVerificationByIdentifier(codeOf(email));
    }
  });
  return {
    id: 'combo-auth',
    endpoints: { signInComboAuth, comboAuthVerify },
    rateLimit: [{ pathMatcher: (path) => path.startsWith('/sign-in/combo-auth'), window: 60, max: 5 }],
  };
}
