import {
  defineAuth,
  defineConfig,
  defineDatabase,
  defineRuntime,
} from '@quickback/compiler';

export default defineConfig({
  name: 'recruiting',
  template: 'hono',

  // Every agency is an organization, and every row belongs to one.
  features: { organizations: true },

  auth: {
    // Lowest first: 'recruiter+' means recruiter, hiring-manager and owner.
    roleHierarchy: ['interviewer', 'recruiter', 'hiring-manager', 'owner'],
  },

  providers: {
    runtime: defineRuntime('bun'),
    database: defineDatabase('better-sqlite3'),
    auth: defineAuth('better-auth', {
      emailAndPassword: { enabled: true },
      plugins: ['organization'],
    }),
  },

  build: { outputDir: 'backend' },
});
