// src/app.ts
import { auth } from './auth.ts';
import * as schema from './db.schema.ts';
import { applicationsResource } from './applications.resource.ts';
import { applicationsRoutes } from './applications.routes.ts';
import { candidatesResource } from './candidates.resource.ts';
import { candidatesRoutes } from './candidates.routes.ts';
import { jobsResource } from './jobs.resource.ts';
import { jobsRoutes } from './jobs.routes.ts';
import { scoresResource } from './scores.resource.ts';
import { defineApp } from '../lib/app.ts';

export const app = defineApp({
  name: 'recruiting',
  auth,
  schema,
  resources: [applicationsResource, candidatesResource, jobsResource, scoresResource],
  features: {
    applications: [applicationsRoutes],
    candidates: [candidatesRoutes],
    jobs: [jobsRoutes],
  },
});
