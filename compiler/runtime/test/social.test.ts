import { expect, test } from 'bun:test';
import { auth } from '../app/auth.ts';
import * as authSchema from '../app/auth.schema.ts';
import type { AppOptions } from '../lib/app.ts';
import { socialLogin } from '../lib/auth-social.ts';
import { backendOf } from './backend.ts';

const options: AppOptions = {
  name: 'shop', schema: authSchema, resources: [], routes: new Map(),
  auth: { ...auth, plugins: [socialLogin({ github: { id: 'GITHUB_CLIENT_ID', secret: 'GITHUB_CLIENT_SECRET' }, google: { id: 'OUR_ID', secret: 'OUR_SECRET' } })] },
};
const given = { GITHUB_CLIENT_ID: 'id', GITHUB_CLIENT_SECRET: 'the secret of github' };
const production = { NODE_ENV: 'production', BETTER_AUTH_URL: 'https://shop.example' };

test('in production it does not start without a provider\'s variables, and names them', () => {
  expect(() => backendOf(options, { ...production, ...given })).toThrow('MISSING_ENV: OUR_ID, OUR_SECRET must be set');
  expect(() => backendOf(options, { ...production, ...given, OUR_ID: 'a', OUR_SECRET: 'b' })).not.toThrow();
});

test('in development a provider without them is left out, and the others work', async () => {
  const backend = backendOf(options, given);
  const to = async (provider: string) => backend.call('POST', '/api/auth/sign-in/social', { body: { provider } });
  const github = await to('github'), text = await github.text();
  expect(github.status).toBe(200);
  expect(new URL((JSON.parse(text) as { url: string }).url).searchParams.get('client_id')).toBe('id');
  expect(text).not.toContain('the secret');
  expect((await to('google')).status).toBe(404);
});

test('who comes back over https comes back to the address of the backend, with a Secure cookie for the state', async () => {
  const backend = backendOf(options, { ...production, ...given, OUR_ID: 'a', OUR_SECRET: 'b' });
  const answer = await backend.call('POST', '/api/auth/sign-in/social', { body: { provider: 'google' }, headers: { origin: 'https://shop.example' } });
  const { url } = (await answer.json()) as { url: string };
  expect(new URL(url).searchParams.get('redirect_uri')).toBe('https://shop.example/api/auth/callback/google');
  const state = answer.headers.getSetCookie().find((cookie) => cookie.includes('state'));
  expect(state).toStartWith('__Secure-');
  expect(state).toContain('Secure');
});
