import { defineAuth, defineConfig, defineDatabase, defineEmbedding, defineFileStorage, definePage, defineQueue, defineRealtime, defineRuntime } from '@quickback/types';

export default defineConfig({
  name: 'depot',
  template: 'hono',
  features: ['organizations'],
  auth: { roleHierarchy: ['clerk', 'owner'] },
  providers: {
    runtime: defineRuntime('cloudflare', { compatibilityDate: '2026-01-01', placement: { mode: 'smart' }, routes: [{ pattern: 'api.example.com', custom_domain: true }] }),
    database: defineDatabase('cloudflare-d1', { generateId: false, namingConvention: 'snake_case', splitDatabases: true, binding: 'DB' }),
    auth: defineAuth('better-auth', { emailAndPassword: { enabled: true }, plugins: ['organization', 'admin'], session: { expiresInDays: 7 } }),
    fileStorage: defineFileStorage('cloudflare-r2', { managed: true }),
  },
  build: { outputDir: 'backend', packageManager: 'npm', dependencies: { nanoid: '5.1.6' } },
  compiler: { features: { auditFields: true }, migrations: { renames: { tables: { b: 'a' }, columns: { b: { y: 'x' } } } }, securityContracts: { failMode: 'warn', report: { signature: { enabled: true } } } },
  openapi: { generate: true, publish: false },
  schemaRegistry: { generate: false },
  etag: { enabled: false },
  cms: { domain: 'cms.example.com', access: 'admin' },
  account: true,
  trustedOrigins: ['https://app.example.com'],
  email: { provider: 'aws-ses', region: 'eu-central-1', from: 'a@example.com' },
});
export const plain = defineConfig({ name: 'plain', features: { organizations: true }, providers: { runtime: { name: 'bun' }, database: { name: 'libsql', config: { generateId: 'uuid' } }, auth: { name: 'better-auth', config: {} } } });
export const rls = defineConfig({ name: 'rls', providers: { runtime: defineRuntime('supabase'), database: defineDatabase('supabase'), auth: defineAuth('supabase-auth') } });

export const queue = defineQueue<{ type: 'weigh'; id: string }>({ name: 'weigh', messageType: 'weigh', execute: async ({ message, ack }) => (ack(), { success: message.id !== '' }) });
export const page = definePage({ slug: 'match', title: 'Match', feature: 'parcels', access: { roles: ['owner'] }, dataSources: { left: { table: 'parcels' } }, layout: { type: 'split-panel', panels: [{ id: 'a', title: 'A', dataSource: 'left', position: 'left', features: ['drag-source'] }] } });
export const search = defineEmbedding({ name: 'alike', source: 'parcels', search: { threshold: 0.5, limit: 3, classify: { SAME: 0.9 }, filters: ['state'] }, triggers: { onQueueMessage: 'weigh' } });
export const events = defineRealtime({ name: 'depot', events: ['arrived', 'left'] });
export const neon = defineConfig({ name: 'neon', providers: { runtime: defineRuntime('node'), database: defineDatabase('neon', { connectionMode: 'http', pooled: true }) }, account: { build: false } });
export const accounts = defineConfig({
  name: 'accounts',
  email: { from: 'a@example.com', fromName: 'Accounts' },
  providers: {
    runtime: defineRuntime('cloudflare'),
    auth: defineAuth('better-auth', {
      plugins: [
        'organization', 'admin', 'bearer', 'emailOtp', 'magicLink', 'comboAuth', 'anonymous', { name: 'apiKey', config: { rateLimit: { max: 5, window: 60 } } },
        { name: 'deviceAuthorization', config: { verificationUri: 'https://app.example.com/device', interval: 10 } }, { name: 'passkey', config: { rpID: 'example.com' } }, { name: 'admin' },
      ],
      rateLimit: { enabled: true, window: 60, max: 10 },
      socialProviders: { github: true, google: { clientId: process.env.OUR_ID, clientSecret: process.env['OUR_SECRET'], scope: ['openid'] } },
    }),
  },
});
