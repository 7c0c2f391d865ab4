// src/index.ts
import { app } from './app.ts';
import { open } from './db.ts';
import { http } from '../lib/bun.ts';
import { serve } from '../lib/server.ts';

await serve({ app, open, http, migrations: new URL('../quickback/drizzle', import.meta.url), openapi: new URL('../openapi.json', import.meta.url) });
