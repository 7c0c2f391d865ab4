import { defineAuth, defineConfig, defineDatabase, defineRuntime } from '@quickback/compiler';

export default defineConfig({
  name: 'scores',
  features: { organizations: false },
  providers: {
    runtime: defineRuntime('bun'),
    database: defineDatabase('better-sqlite3'),
    auth: defineAuth('better-auth', { emailAndPassword: { enabled: true } }),
  },
});
