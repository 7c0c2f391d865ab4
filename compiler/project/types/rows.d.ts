// What a row of a table looks like, and which of its columns may be named where.
import type { Register } from './index';

/** What the project registered under a name, or D. */
export type Registered<K extends string, D> = Register extends { readonly [P in K]: infer V } ? V : D;

/** An unknown table has any column: it is checked by qbls alone. */
export type Unknown = { readonly [column: string]: any };
type IsAny<T> = 0 extends 1 & T ? true : false;

/** The columns that a table declares, with their types. Read from what Drizzle and `q` infer, so that any version of Drizzle will do. */
export type RowOf<T> = IsAny<T> extends true ? Unknown
  : T extends { readonly $infer: infer R } ? R
  : T extends { readonly $inferSelect: infer R } ? (IsAny<R> extends true ? Unknown : R)
  : Unknown;

/** The columns that every table gets. */
export interface AuditRow {
  readonly createdAt: string;
  readonly createdBy: string | null;
  readonly modifiedAt: string;
  readonly modifiedBy: string | null;
  readonly deletedAt: string | null;
  readonly deletedBy: string | null;
}

/** A row with its injected columns. */
export type Row<T> = WithAudit<RowOf<T>>;
export type WithAudit<R> = R & Omit<AuditRow, keyof R>;

/** A column that can be read. */
export type Column<R> = keyof R & string;
/** A column that callers may be allowed to write. */
export type WritableColumn<R> = Exclude<keyof R & string, keyof AuditRow>;
export type ColumnList<R> = readonly Column<R>[];
