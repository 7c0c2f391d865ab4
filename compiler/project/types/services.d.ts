// services/* and pages/*: what runs beside the tables.
import type { RawDb } from './actions';
import type { Registered } from './rows';

interface QueueParams<M> {
  readonly message: M;
  readonly db: RawDb;
  readonly env: Registered<'env', { readonly [name: string]: any }>;
  readonly services: Registered<'services', { readonly [name: string]: any }>;
  ack(): void;
  retry(): void;
}
interface QueueResult {
  readonly success: boolean;
  readonly error?: string;
}
export interface Queue<M> {
  readonly name: string;
  readonly messageType: string;
  readonly description?: string;
  readonly execute: (params: QueueParams<M>) => QueueResult | Promise<QueueResult>;
}
/** A handler of queued messages: services/queues/<name>.ts. */
export declare function defineQueue<M = any>(queue: Queue<M>): Queue<M>;

export interface EmbeddingSearch {
  readonly name: string;
  readonly description?: string;
  /** The table that is searched. */
  readonly source: string;
  readonly vectorIndex?: string;
  readonly model?: string;
  readonly search?: {
    readonly threshold?: number;
    readonly limit?: number;
    readonly classify?: { readonly [label: string]: number };
    readonly filters?: readonly string[];
  };
  /** What makes embeddings besides creating and updating records. */
  readonly triggers?: { readonly onQueueMessage?: string };
}
/** A search by similarity: services/embeddings/<name>.ts. */
export declare function defineEmbedding(search: EmbeddingSearch): EmbeddingSearch;
export interface EventNamespace {
  readonly name: string;
  readonly events: readonly string[];
  readonly description?: string;
}
/** A namespace of events: services/realtime/<name>.ts. */
export declare function defineRealtime(events: EventNamespace): EventNamespace;
/** A service that executors get under its name: services/<name>.ts. */
export declare function defineService<D>(service: D): D;

interface DataSource {
  readonly table: string;
  readonly defaultSort?: object | string;
  readonly displayColumns?: readonly string[];
}
interface Panel {
  readonly id: string;
  readonly title: string;
  readonly dataSource: string;
  readonly position: string;
  readonly features?: readonly ('drag-source' | 'drop-target')[];
}
interface MatchingRule {
  readonly name: string;
  readonly weight: number;
  readonly condition: {
    readonly left: string;
    readonly right: string;
    readonly operator: 'abs-equals' | 'within-days' | 'fuzzy-match';
    readonly value?: number | string;
  };
}
export interface Page {
  readonly slug: string;
  readonly title: string;
  readonly description?: string;
  readonly icon?: string;
  readonly feature: string;
  readonly access: { readonly roles?: readonly string[]; readonly userRole?: readonly string[] };
  readonly dataSources: { readonly [name: string]: DataSource };
  readonly layout: { readonly type: 'split-panel'; readonly panels: readonly Panel[] };
  readonly matching?: { readonly enabled?: boolean; readonly confidenceThreshold?: number; readonly rules?: readonly MatchingRule[] };
  readonly pageActions?: { readonly [name: string]: object };
}
/** A page of the admin interface: features/<feature>/pages/<slug>.ts. */
export declare function definePage<const P extends Page>(page: P): P;
