import { defineAuth, defineConfig, defineDatabase, defineEmbedding, defineQueue, defineRealtime, defineRuntime } from 'quickback';

export const keys = defineConfig({
  name: 'depot',
  // @ts-expect-error no such template
  template: 'express',
  // @ts-expect-error no such feature
  features: { organisations: true },
  // @ts-expect-error misspelt
  auth: { rolesHierarchy: ['clerk'] },
  // @ts-expect-error versions are text
  build: { dependencies: { nanoid: 5 } },
  // @ts-expect-error no such mode
  compiler: { securityContracts: { failMode: 'ignore' } },
  // @ts-expect-error no such documentation
  openapi: { docs: 'redoc' },
  providers: {
    // @ts-expect-error no such runtime
    runtime: defineRuntime('deno'),
    // @ts-expect-error no such way to make ids
    database: defineDatabase('libsql', { generateId: 'ulid' }),
    // @ts-expect-error no such provider
    auth: { name: 'lucia' },
  },
});
// @ts-expect-error bindings are of D1
defineDatabase('libsql', { binding: 'DB' });
// @ts-expect-error no such option
defineAuth('better-auth', { emailPassword: { enabled: true } });
// @ts-expect-error a queue answers whether it succeeded
defineQueue({ name: 'q', messageType: 'm', execute: async () => ({ ok: true }) });
// @ts-expect-error the name is missing
defineConfig({ template: 'hono' });
// @ts-expect-error misspelt, and told last of several mistakes in one object
defineConfig({ name: 'depot', bulid: {} });
// @ts-expect-error the table is missing
defineEmbedding({ name: 'alike', search: { limit: 3 } });
// @ts-expect-error events are a list
defineRealtime({ name: 'depot', events: 'arrived' });
// @ts-expect-error no such plugin
defineAuth('better-auth', { plugins: ['teleport'] });
// @ts-expect-error no such option of the plugin
defineAuth('better-auth', { plugins: [{ name: 'apiKey', config: { rateLimit: { maximum: 5 } } }] });
// @ts-expect-error the plugin takes no options
defineAuth('better-auth', { plugins: [{ name: 'admin', config: { roles: [] } }] });
// @ts-expect-error no such provider of accounts
defineAuth('better-auth', { socialProviders: { gihub: true } });
