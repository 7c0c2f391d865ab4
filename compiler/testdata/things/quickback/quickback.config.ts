import { defineAuth, defineConfig, defineDatabase, defineRuntime } from '@quickback/compiler';

export default defineConfig({
  name: 'things',
  features: { organizations: true },
  auth: { roleHierarchy: ['member', 'editor', 'owner'] },
  providers: { runtime: defineRuntime('bun'), database: defineDatabase('better-sqlite3'), auth: defineAuth('better-auth', {}) },
  build: { outputDir: 'backend', dependencies: { nanoid: '5.1.6' } },
});
