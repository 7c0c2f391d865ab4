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

/** services/embeddings/<name>.ts. */
export declare function defineEmbedding<const D extends { readonly name: string }>(embedding: D): D;
/** services/realtime/<name>.ts. */
export declare function defineRealtime<const D extends { readonly name: string }>(realtime: D): D;
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
