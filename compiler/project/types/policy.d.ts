// The policy of a table: which fields, which operations, what is redacted.
import type { Access, ErrorMode, Firewall, Role } from './access';
import type { Column, ColumnList, WithAudit, WritableColumn } from './rows';

export interface Guards<R> {
  /** Fields of a POST. */
  readonly createable?: readonly WritableColumn<R>[];
  /** Fields of a PATCH. */
  readonly updatable?: readonly WritableColumn<R>[];
  /** Fields of a POST that never change afterwards. */
  readonly immutable?: readonly WritableColumn<R>[];
  /** Fields that only the named actions change; in a list, any action. */
  readonly protected?: { readonly [C in WritableColumn<R>]?: readonly string[] } | readonly WritableColumn<R>[];
}

export type MaskType = 'email' | 'phone' | 'ssn' | 'creditCard' | 'name' | 'redact';
interface Unmasked {
  readonly show?: {
    readonly roles?: readonly (Role | 'everyone')[];
    /** The owner of the record sees it too. */
    readonly or?: 'owner';
  };
  /** Who may filter and sort by the column in spite of its mask. */
  readonly query?: { readonly roles?: readonly Role[] };
}
interface TypedMask extends Unmasked {
  readonly type: MaskType;
  readonly mask?: undefined;
}
interface CustomMask<V> extends Unmasked {
  readonly type: 'custom';
  readonly mask: (value: V) => unknown;
}
/** The oldest form. */
interface OldMask extends Unmasked {
  readonly type?: undefined;
  readonly mask: MaskType;
}
export type Mask<V> = TypedMask | CustomMask<NonNullable<V>> | OldMask;
export type Masking<R> = { readonly [C in Column<R>]?: Mask<R[C]> };

export interface Query<R> {
  readonly filterable?: ColumnList<R>;
  readonly searchable?: ColumnList<R>;
  readonly sortable?: ColumnList<R>;
  readonly defaultSort?: Column<R> | `-${Column<R>}`;
}
/** A named projection: GET /<resource>/views/<name>. */
export interface View<R> {
  readonly fields: ColumnList<R>;
  readonly access: Access<R>;
  readonly query?: Query<R>;
}
export type Views<R> = { readonly [name: string]: View<R> };

interface Operation<R> {
  readonly access?: Access<R>;
}
export interface ListOperation<R> extends Operation<R> {
  readonly pageSize?: number;
  readonly maxPageSize?: number;
  readonly fields?: ColumnList<R>;
}
export interface GetOperation<R> extends Operation<R> {
  readonly fields?: ColumnList<R>;
}
export interface CreateOperation<R> extends Operation<R> {
  /** Values of fields that the body leaves out. */
  readonly defaults?: { readonly [C in WritableColumn<R>]?: Literal<R[C]> };
}
type Literal<V> = V extends Date ? string | number : V extends bigint ? number : V;
export interface DeleteOperation<R> extends Operation<R> {
  readonly mode?: 'soft' | 'hard';
}
export interface BatchOperation<R> extends Operation<R> {
  readonly maxBatchSize?: number;
  readonly allowAtomic?: boolean;
  readonly allowFailFast?: boolean;
}
export interface BatchDeleteOperation<R> extends BatchOperation<R> {
  readonly mode?: 'soft' | 'hard';
}
/** The operations, each with its route. `false` switches one off that would be derived. */
export interface Operations<R> {
  readonly list?: ListOperation<R> | false;
  readonly get?: GetOperation<R> | false;
  readonly create?: CreateOperation<R> | false;
  readonly update?: Operation<R> | false;
  readonly delete?: DeleteOperation<R> | false;
  /** Needs generateId: false and guards: false. */
  readonly put?: Operation<R> | false;
  readonly batchCreate?: BatchOperation<R> | false;
  readonly batchUpdate?: BatchOperation<R> | false;
  readonly batchDelete?: BatchDeleteOperation<R> | false;
  readonly batchUpsert?: BatchOperation<R> | false;
}
/** list and get in one. */
export interface Read<R> extends ListOperation<R> {
  readonly views?: Views<R>;
  readonly defaultView?: string;
}

interface TextRules<V> {
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string | RegExp;
  readonly enum?: readonly V[];
  readonly email?: boolean;
}
interface NumberRules {
  readonly min?: number;
  readonly max?: number;
}
type Rules<V> = unknown extends V ? TextRules<any> & NumberRules : V extends string ? TextRules<V> : V extends number | bigint ? NumberRules : never;
export type Validation<R> = { readonly [C in WritableColumn<R>]?: Rules<NonNullable<R[C]>> };

export type InputHint =
  | 'select' | 'multi-select' | 'radio' | 'checkbox' | 'textarea' | 'richtext' | 'lookup' | 'hidden' | 'color' | 'date' | 'datetime' | 'time' | 'currency';

export interface Layout<R> {
  readonly sections: readonly {
    readonly label: string;
    readonly fields: ColumnList<R>;
    readonly columns?: 1 | 2;
    readonly collapsed?: boolean;
  }[];
}
export interface Realtime<R> {
  readonly enabled?: boolean;
  readonly onInsert?: boolean;
  readonly onUpdate?: boolean;
  readonly onDelete?: boolean;
  readonly requiredRoles?: readonly Role[];
  readonly fields?: ColumnList<R>;
}
export interface Embeddings<R> {
  readonly fields: ColumnList<R>;
  readonly model?: string;
  readonly onInsert?: boolean;
  readonly onUpdate?: boolean | ColumnList<R>;
  readonly embeddingColumn?: Column<R>;
  readonly metadata?: ColumnList<R>;
  readonly separator?: string;
}

/** Everything that a resource may declare, whatever the generation. */
export interface TablePolicy<R> extends Operations<R> {
  readonly firewall?: Firewall<R>;
  readonly firewallErrorMode?: ErrorMode;
  /** `false` opens all but what the system manages. */
  readonly guards?: Guards<R> | false;
  readonly masking?: Masking<R>;
  readonly crud?: Operations<R>;
  readonly read?: Read<R>;
  readonly views?: Views<R>;
  readonly validation?: Validation<R>;
  readonly unique?: readonly { readonly columns: ColumnList<R> }[];
  /** Tables that foreign keys refer to, where their names do not say it. */
  readonly references?: { readonly [C in Column<R>]?: string };
  /** The column that stands for a record where another one refers to it. */
  readonly displayColumn?: Column<R>;
  readonly defaultSort?: { readonly field: Column<R>; readonly order?: 'asc' | 'desc' };
  readonly inputHints?: { readonly [C in Column<R>]?: InputHint };
  readonly layouts?: { readonly [name: string]: Layout<R> };
  readonly realtime?: Realtime<R>;
  readonly embeddings?: Embeddings<R>;
}
export type FeaturePolicy<R> = TablePolicy<WithAudit<R>>;
