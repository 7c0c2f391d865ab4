import { defineAuth, defineConfig, defineDatabase, defineRuntime } from '@quickback/compiler';

export default defineConfig({
  name: 'support',
  features: { organizations: true },
  providers: {
    runtime: defineRuntime('bun'),
    database: defineDatabase('better-sqlite3'),
    auth: defineAuth('better-auth', { emailAndPassword: { enabled: true }, plugins: ['organization'] }),
  },
});
