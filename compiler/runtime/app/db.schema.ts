// src/db/schema.ts
export * from './auth.schema.ts';
export * from './schema.ts';
