// src/db/tables.ts: what definitions import as drizzle-orm/sqlite-core.
import * as schema from './db.schema.ts';
import { registerTables } from '../lib/definition-sqlite.ts';

declare module '../lib/definition.ts' {
  interface Register { schema: typeof schema }
}
registerTables(schema);
export * from '../lib/definition-sqlite.ts';
