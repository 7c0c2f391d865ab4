import { expect, spyOn, test } from 'bun:test';
import { auth } from '../app/auth.ts';
import * as authSchema from '../app/auth.schema.ts';
import type { AppOptions } from '../lib/app.ts';
import { emailCodes } from '../lib/auth-email-otp.ts';
import { MissingEnv, type MailTransport } from '../lib/auth.ts';
import { cloudflareMail } from '../lib/mail-cloudflare.ts';
import { sesMail } from '../lib/mail-ses.ts';
import { backendOf } from './backend.ts';

const sender = { from: 'noreply@example.com', fromName: 'Test' };
const options = (mail?: MailTransport): AppOptions => ({
  name: 'shop', auth: { ...auth, ...(mail ? { mail } : {}), plugins: [emailCodes()] }, schema: authSchema, resources: [], routes: new Map(),
});
const transports = { cloudflare: cloudflareMail(sender), ses: sesMail({ ...sender, region: 'eu-west-1' }) };

for (const [name, transport] of Object.entries(transports)) {
  test(`${name}: in development, where nothing is set up to send it, mail is logged`, async () => {
    const logged = spyOn(console, 'info').mockImplementation(() => {});
    try {
      const backend = backendOf(options(transport));
      const answer = await backend.call('POST', '/api/auth/email-otp/send-verification-otp', { body: { email: 'ada@example.com', type: 'sign-in' } });
      expect(answer.status).toBe(200);
      const [line] = logged.mock.calls.map(([text]) => JSON.parse(text as string) as Record<string, string>);
      expect(line).toMatchObject({ message: 'mail', to: 'ada@example.com', subject: 'Sign in to shop' });
      const otp = /this code: (\d{6})/.exec(line?.['text'] ?? '')?.[1];
      expect((await backend.call('POST', '/api/auth/sign-in/email-otp', { body: { email: 'ada@example.com', otp } })).status).toBe(200);
    } finally {
      logged.mockRestore();
    }
  });
  test(`${name}: in production it does not start without what it sends with, and names it`, () => {
    expect(() => backendOf(options(transport), { NODE_ENV: 'production', BETTER_AUTH_URL: 'https://shop.example' })).toThrow(MissingEnv);
    expect(() => backendOf(options(transport), { NODE_ENV: 'production', BETTER_AUTH_URL: 'https://shop.example' })).toThrow(name === 'ses' ? 'AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY' : 'EMAIL');
  });
}

test('a part that sends mail does not start without any', () => {
  expect(() => backendOf(options())).toThrow('needs mail');
});

test('what SES refuses is an error without the address, and nobody is signed in', async () => {
  const server = Bun.serve({ port: 0, fetch: () => new Response('{"message":"Email address is not verified: ada@example.com"}', { status: 400, headers: { 'x-amzn-errortype': 'MessageRejected' } }) });
  const errors = spyOn(console, 'error').mockImplementation(() => {});
  try {
    const send = transports.ses({
      env: { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b', AWS_ENDPOINT_URL_SESV2: server.url.origin }, now: Date.now,
      settings: { secret: '', baseURL: undefined, development: false, secureCookies: false, origins: [] },
    });
    await expect(send({ to: 'ada@example.com', subject: 's', text: 't', html: 'h' })).rejects.toThrow(/^SES refused a mail: 400 MessageRejected$/);
  } finally {
    errors.mockRestore();
    await server.stop();
  }
});

test('the configured limit holds in development, too, and the refusal has the headers of all answers', async () => {
  const limited = options(transports.ses);
  const backend = backendOf({ ...limited, auth: { ...limited.auth, rateLimit: { enabled: true, window: 60, max: 2 } } });
  const statuses: number[] = [];
  for (let i = 0; i < 3; i++) statuses.push((await backend.call('GET', '/api/auth/get-session')).status);
  expect(statuses).toEqual([200, 200, 429]);
  const refusedBy = await backend.call('GET', '/api/auth/get-session');
  expect(await refusedBy.json()).toMatchObject({ layer: 'authentication', code: 'AUTH_RATE_LIMITED' });
  expect(refusedBy.headers.get('x-content-type-options')).toBe('nosniff');
});

test('a body of a plugin\'s route has the limit of all others', async () => {
  const answer = await backendOf(options(transports.ses)).call('POST', '/api/auth/sign-in/email-otp', { body: { email: 'x'.repeat(1 << 20), otp: '1' }, headers: { 'content-length': String((1 << 20) + 30) } });
  expect(answer.status).toBe(413);
  expect(await answer.json()).toMatchObject({ code: 'PAYLOAD_TOO_LARGE' });
});
