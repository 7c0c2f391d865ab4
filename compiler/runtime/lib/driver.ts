// What the library asks of a database: one statement, or several that hold or fall together. Everything above speaks this, so a runtime is one file.

/** Rows keyed by the names the statement gave its columns, values as the database returned them. */
export type Rows = Record<string, unknown>[];

/** A statement as text with its parameters in order. */
export interface Statement {
  readonly text: string;
  readonly params: readonly unknown[];
}

/** A database. Errors of the database itself are thrown as they came; `errors` maps constraint violations. */
export interface Driver {
  /** One statement. Waits for an open transaction; answers at once (no promise) where the database is synchronous and nobody holds it. */
  all(text: string, params: readonly unknown[]): Rows | Promise<Rows>;
  /** All statements in order, or none of them. */
  atomic(list: readonly Statement[]): Promise<Rows[]>;
}
