// What must leave a trace: calls to PUBLIC writes and actions, and of unsafe actions. The trail is written ahead: before anything is done there is
// a row in audit_events that says "error, UNFINISHED", and the end of the call corrects it. So whatever was written has its row, also when the
// process dies; and where the row cannot be written nothing else is, on databases with and without transactions that span both.
import type { AuditTrail, Clocked } from './app.ts';
import type { AnyContext } from './context.ts';
import { ApiError, fail } from './errors.ts';
import type { Access, AnyRow, BatchOperation, Operation, Policy } from './policy.ts';
import type { Resource } from './resource.ts';
import type { Call, Runtime } from './routes.ts';

/** What is known of one call. One event says that it begins, another how it ended. */
interface Facts {
  readonly event: string;
  readonly resource: string;
  readonly operation: string;
  readonly ctx: AnyContext;
  readonly requestId?: string;
  readonly method?: string;
  readonly recordId?: string;
  /** Of unsafe actions: why, and whose rows. */
  readonly reason?: string;
  readonly targetScope?: string;
  readonly targetOrgId?: string;
  /** How many rows a successful action answered with. */
  readonly rowCount?: number;
  readonly errorCode?: string;
  readonly errorMessage?: string;
}
export interface AuditEvent extends Facts {
  /** Of the call: what is said of it later belongs to the same row. */
  readonly id: string;
  readonly outcome: 'begun' | 'success' | 'denied' | 'error';
}
/** The row of one call. */
export interface Trail {
  /** Writes the row ahead: from here on something may be done. Rejects when it cannot be written. */
  begin(more?: Partial<Facts>): Promise<void>;
  /** Adds what the end of the call will say. */
  note(more: Partial<Facts>): void;
}
/** Where what must leave a trace goes. Rejects when the row cannot be written. */
export type Audit = (event: AuditEvent) => void | Promise<void>;

const COLUMNS = [
  'id', 'request_id', 'actor_user_id', 'actor_user_role', 'actor_org_id', 'action_name', 'resource', 'operation', 'target_scope', 'target_org_id', 'target_record_id',
  'unsafe_reason', 'result', 'row_count', 'error_code', 'error_message', 'metadata', 'created_at',
];
/** What the end of a call corrects. */
const END = ['result', 'row_count', 'error_code', 'error_message'];
const WRITE = `insert into "audit_events" (${COLUMNS.map((c) => `"${c}"`).join(', ')}) values (${COLUMNS.map(() => '?').join(', ')})`
  + ` on conflict ("id") do update set ${END.map((c) => `"${c}" = excluded."${c}"`).join(', ')}`;

/** Writes each event to its row: the first one of a call makes it, the last one says how it ended. */
export const writerOf = ({ driver, now }: Pick<Clocked, 'driver' | 'now'>): Audit => async (e) => {
  const begun = e.outcome === 'begun';
  const values = [
    e.id, e.requestId, e.ctx.userId, e.ctx.userRole, e.ctx.activeOrgId, e.event.slice(e.event.indexOf('.') + 1), e.resource, e.operation, e.targetScope, e.targetOrgId, e.recordId,
    e.reason, begun ? 'error' : e.outcome, e.rowCount, begun ? 'UNFINISHED' : e.errorCode, e.errorMessage, JSON.stringify({ event: e.event, method: e.method }), Number(now()),
  ];
  await driver.all(WRITE, values.map((value) => value ?? null));
};
export const auditTrail: AuditTrail = (trail) =>
  tracedBy(writerOf(trail), async (id) => (await trail.accounts.all('select 1 from "organization" where "id" = ?', [id])).length > 0);

/** Runs work that leaves a trace whatever becomes of it. Rejects with what the audit store threw when the row cannot be written. */
export async function recorded<T>(audit: Audit, facts: Facts, work: (trail: Trail) => Promise<T>): Promise<T> {
  const id = crypto.randomUUID();
  let known = facts;
  const trail: Trail = {
    begin: async (more) => {
      trail.note(more ?? {});
      await audit({ id, ...known, outcome: 'begun' });
    },
    note: (more) => { known = { ...known, ...more }; },
  };
  let done: T;
  try {
    done = await work(trail);
  } catch (error) {
    // Of errors that are not the API's nothing is told, because their text may hold values of rows.
    const { status, code, message } = error instanceof ApiError ? error : new ApiError('INTERNAL_ERROR');
    await audit({ id, ...known, outcome: outcomeOf(status), errorCode: code, errorMessage: message });
    throw error;
  }
  // An action may answer its own refusal.
  const refused = done instanceof Response && done.status >= 400 ? done.status : undefined;
  await audit({ id, ...(refused === undefined ? {} : { errorCode: `HTTP_${refused}` }), ...known, outcome: outcomeOf(refused) });
  return done;
}

function outcomeOf(status: number | undefined): 'success' | 'denied' | 'error' {
  return status === undefined ? 'success' : status < 500 ? 'denied' : 'error';
}

/** What is known of a call before it is looked at. */
export function factsOf(c: Call, r: Resource, ctx: AnyContext | undefined, kind: 'public' | 'unsafe', operation: string): Facts {
  const action = operation.startsWith('action:');
  return {
    event: `${kind}.${action ? operation.slice(7) : operation}`, resource: r.name, operation: action ? 'action' : operation, requestId: c.get('requestId'), method: c.req.method,
    ctx: ctx ?? { authenticated: false, isAnonymous: false, roles: [] },
  };
}

/** Runs a write. What is open to the public, and whoever calls without a session, leaves a trace, and `founded` says whether the organisation that they name exists. */
export function tracedBy(audit: Audit, founded: (organizationId: string) => Promise<boolean> = async () => true): Runtime['traced'] {
  return async (c, r, ctx, operation, write) => {
    if (ctx.authenticated && !isPublic(accessOf(r.policy, operation))) return write();
    return recorded(audit, factsOf(c, r, ctx, 'public', operation), async (trail) => {
      const { activeOrgId } = ctx;
      if (!ctx.authenticated && r.firewall.organisation && activeOrgId !== undefined && !(await founded(activeOrgId))) {
        fail('QUERY_INVALID', { parameter: 'organizationId', reason: 'names no organization' }, { error: 'Invalid query parameter: organizationId' });
      }
      await trail.begin();
      return write(trail.note);
    });
  };
}

function accessOf({ access, batch, actions }: Policy<AnyRow>, operation: string): Access<AnyRow> | undefined {
  if (operation.startsWith('action:')) return actions?.[operation.slice(7)]?.access;
  if (!operation.startsWith('batch.')) return access[operation as Operation];
  const name = operation.slice(6) as BatchOperation;
  return batch?.[name]?.access ?? access[name];
}

function isPublic(access: Access<AnyRow> | undefined): boolean {
  return access !== undefined && (access.roles?.includes('PUBLIC') || (access.any ?? access.all ?? []).some(isPublic));
}
