// src/db/tables.ts: what definitions import as drizzle-orm/sqlite-core.
import * as schema from './db.schema.ts';
import { registerTables } from '../lib/definition-sqlite.ts';

registerTables(schema);
export * from '../lib/definition-sqlite.ts';
