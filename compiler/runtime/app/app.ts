// src/app.ts
import { auth } from './auth.ts';
import * as schema from './db.schema.ts';
import { applicationsResource } from './applications.resource.ts';
import { candidatesResource } from './candidates.resource.ts';
import { jobsResource } from './jobs.resource.ts';
import { scoresResource } from './scores.resource.ts';
import { action } from '../lib/action.ts';
import { defineApp } from '../lib/app.ts';
import { batchCreate, batchDelete, batchUpdate } from '../lib/batch.ts';
import { get, list, view } from '../lib/read.ts';
import { create, remove, update } from '../lib/write.ts';

export const app = defineApp({
  name: 'recruiting',
  auth,
  schema,
  resources: [applicationsResource, candidatesResource, jobsResource, scoresResource],
  operations: { list, get, create, update, delete: remove, 'batch:create': batchCreate, 'batch:update': batchUpdate, 'batch:delete': batchDelete, view, action },
});
