// src/db/index.ts
import { openSqlite } from '../lib/sqlite.ts';
import type { Environment } from '../lib/auth.ts';

export const open = (env: Environment) => openSqlite(env['DATABASE_PATH'] ?? './data/app.db');
