import { defineAuth, defineConfig, defineDatabase, defineRuntime } from '@quickback/compiler';

export default defineConfig({
  name: 'signin',
  features: { organizations: true },
  email: { provider: 'aws-ses', region: 'eu-west-1', from: 'noreply@example.com', fromName: 'Sign-in „Test“' },
  providers: {
    runtime: defineRuntime('bun'),
    database: defineDatabase('better-sqlite3'),
    auth: defineAuth('better-auth', {
      emailAndPassword: { enabled: true },
      plugins: [
        'organization', 'admin', { name: 'apiKey', config: { rateLimit: { max: 50, window: 3600 } } },
        'emailOtp', 'magicLink', 'comboAuth', 'passkey', 'deviceAuthorization', 'anonymous',
      ],
      session: { expiresInDays: 3, updateAgeInDays: 1 },
      rateLimit: { window: 60, max: 1000 },
      socialProviders: {
        github: true,
        google: { clientId: process.env.OUR_GOOGLE_ID, clientSecret: process.env['OUR_GOOGLE_SECRET'], scope: ['https://www.googleapis.com/auth/calendar.readonly'] },
        discord: true,
      },
    }),
  },
});
