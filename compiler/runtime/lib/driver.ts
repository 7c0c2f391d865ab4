// What the library asks of a database: one statement, or several that hold or fall together. Everything above speaks this, so a runtime is one file.

import type { Level, Native } from './transaction.ts';

/** Rows keyed by the names the statement gave its columns, values as the database returned them. */
export type Rows = Record<string, unknown>[];

/** A statement as text with its parameters in order. */
export interface Statement {
  readonly text: string;
  readonly params: readonly unknown[];
}

/** A database for CRUD and sessions. Errors of the database itself are thrown as they came. */
export interface Driver {
  /** One statement. Waits for an open transaction; answers at once (no promise) where the database is synchronous and nobody holds it. */
  all(text: string, params: readonly unknown[]): Rows | Promise<Rows>;
  /** All statements in order, or none of them. */
  atomic(list: readonly Statement[]): Promise<Rows[]>;
}

/** An open database, as a runtime's module makes it. */
export interface Database {
  readonly driver: Driver;
  /** The connection and its lock, on which the gated database of handlers is built. */
  readonly native: Native;
  readonly level: Level;
  /** Drizzle without a gate, for Better Auth's adapter only. Its statements take turns with all others. */
  readonly plain: object;
  /** Applies the migrations of a folder in drizzle's own format that the database has not seen. */
  migrate(folder: string): Promise<void>;
  close(): void;
}
