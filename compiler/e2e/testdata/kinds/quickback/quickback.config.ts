import { defineAuth, defineConfig, defineDatabase, defineRuntime } from '@quickback/compiler';

export default defineConfig({
  name: 'kinds',
  features: { organizations: true },
  providers: {
    runtime: defineRuntime('bun'),
    database: defineDatabase('better-sqlite3', { generateId: false }),
    auth: defineAuth('better-auth', { emailAndPassword: { enabled: true }, plugins: ['organization'] }),
  },
});
