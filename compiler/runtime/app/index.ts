// src/index.ts
import { app } from './app.ts';
import { open } from './db.ts';
import { serve } from '../lib/server.ts';

await serve({
  app,
  open,
  migrations: new URL('../quickback/drizzle', import.meta.url),
  openapi: new URL('../openapi.json', import.meta.url),
});
